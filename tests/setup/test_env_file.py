"""Settings are put into `.env`, and every other line stays as it was."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import BadInput
from bot.setup.env_file import is_open_to_others, values_in, write
from tests.house.project import ROOT

KEYS = st.sampled_from(["COSTBOT_A", "COSTBOT_AB", "COSTBOT_B"])
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=20)
LINES = st.sampled_from(
    [
        "",
        "# a comment",
        "COSTBOT_A=1",
        "export COSTBOT_A='2 3'",
        "# COSTBOT_B=",
        "OTHER=x y",
        "  C=1",
    ]
)


def test_settings_stand_where_they_stood_or_were_named_and_others_at_the_end(
    tmp_path: Path,
) -> None:
    path = tmp_path / ".env"
    path.write_text("# mine\nCOSTBOT_A=old\n\n# COSTBOT_B=\nCOSTBOT_AB=keep\n")
    write(path, {"COSTBOT_A": "new", "COSTBOT_B": "b", "COSTBOT_C": "a b"})
    assert path.read_text() == (
        "# mine\nCOSTBOT_A=new\n\nCOSTBOT_B=b\nCOSTBOT_AB=keep\nCOSTBOT_C='a b'\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_example_of_the_project_is_filled_in_at_its_places(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    path.write_text(example, encoding="utf-8")
    write(path, {"COSTBOT_SLACK_BOT_TOKEN": "xoxb-1"})
    assert path.read_text(encoding="utf-8") == example.replace(
        "# COSTBOT_SLACK_BOT_TOKEN=\n", "COSTBOT_SLACK_BOT_TOKEN=xoxb-1\n"
    )


@settings(max_examples=30)
@given(lines=st.lists(LINES, max_size=6), new=st.dictionaries(KEYS, VALUES, max_size=3))
def test_what_was_written_is_read_by_the_settings_and_the_rest_is_untouched(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], new: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    before = dotenv_values(path)
    try:
        write(path, new)
    except BadInput:
        assert any(mark in value for value in new.values() for mark in ("'", "\\", "${"))
        assert path.read_text(encoding="utf-8") == "\n".join(lines) + "\n"
        return
    assert dotenv_values(path) == {**before, **new}
    assert values_in(path) == {**before, **new}


@pytest.mark.parametrize("value", ["it's", "a\nB=1", "a\rB=1", "a\\", "a\\\\b", "${HOME}", "a\0b"])
def test_what_would_be_read_otherwise_is_refused(tmp_path: Path, value: str) -> None:
    path = tmp_path / ".env"
    with pytest.raises(BadInput, match="A value for COSTBOT_A cannot have"):
        write(path, {"COSTBOT_A": value})
    assert not path.exists()


def test_a_value_with_a_line_end_of_unicode_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A='x\u2028y\x0bz'\nB=1\n", encoding="utf-8")
    write(path, {"B": "2", "COSTBOT_A": "x\u2028y"})
    assert dotenv_values(path) == {"A": "x\u2028y\x0bz", "B": "2", "COSTBOT_A": "x\u2028y"}
    assert values_in(path) == dotenv_values(path)


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / ".env"
    real.write_text("A=1\n")
    link.symlink_to(real)
    write(link, {"COSTBOT_A": "1"})
    assert link.is_symlink()
    assert real.read_text() == "A=1\nCOSTBOT_A=1\n"


def test_a_file_that_others_may_read_is_seen(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert not is_open_to_others(path)
    path.write_text("A=1\n")
    path.chmod(0o644)
    assert is_open_to_others(path)


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written: No such file or directory") as refused:
        write(tmp_path / "nowhere" / ".env", {"COSTBOT_A": "secret"})
    assert "secret" not in str(refused.value)
