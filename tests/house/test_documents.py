"""What can be set or made is written down, and what is written down can be set or made."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pytest
from inline_snapshot import external_file
from pydantic_core import PydanticUndefined

from bot.settings import Settings
from tests.house.project import ROOT

HEADING = """# Settings

Everything that a deployment can set, as environment variables or as lines of a file `.env` in the
folder in which costbot is started (`.env.example` is one to begin with). A variable goes before the
file, and an option of a command before both. A value that does not fit stops costbot at its start,
with a sentence that names the setting.

| Setting | Default | Meaning |
| --- | --- | --- |
"""
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}


def as_written(default: object) -> str:
    """A default as it stands in the table; empty where a setting has none."""
    if default is None or default is PydanticUndefined or default == ():
        return ""
    return f"`{default.value if isinstance(default, Enum) else default}`"


def settings_page() -> str:
    """docs/settings.md, as the settings themselves tell it."""
    rows = (
        f"| `COSTBOT_{name.upper()}` | {as_written(field.default)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )
    return HEADING + "".join(rows)


def known_variables() -> set[str]:
    return {f"COSTBOT_{name.upper()}" for name in Settings.model_fields}


def variables_in(file: str) -> set[str]:
    """The settings that a file of the project names."""
    return set(re.findall(r"\bCOSTBOT_[A-Z_]*[A-Z]\b", (ROOT / file).read_text(encoding="utf-8")))


def made_by_make() -> set[str]:
    """The targets that `make help` tells of."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


def test_every_setting_has_a_meaning() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []


def test_the_page_of_settings_is_what_the_settings_say() -> None:
    # After a change of the settings: pytest tests/house --inline-snapshot=fix
    assert settings_page() == external_file(ROOT / "docs" / "settings.md", format=".txt")


def test_the_example_of_an_environment_holds_every_setting_and_no_other() -> None:
    assert variables_in(".env.example") == known_variables()


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml", "manifest.yaml", "README.md"])
def test_files_of_operation_name_settings_that_exist(file: str) -> None:
    assert variables_in(file) <= known_variables()


def test_an_unedited_copy_of_the_example_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in known_variables():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    without = Settings()
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"))
    assert Settings() == without


def test_the_defaults_of_the_example_are_the_true_ones() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    written = dict(re.findall(r"^# COSTBOT_([A-Z_]+)=(.*)$", example, re.MULTILINE))
    defaults = {
        name.upper(): as_written(field.default).strip("`")
        for name, field in Settings.model_fields.items()
    }
    assert {name: written[name] for name, value in defaults.items() if value} == {
        name: value for name, value in defaults.items() if value
    }


def test_the_composition_asks_for_no_other_variables() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert asked == COMPOSE_ONLY
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert all(f"{name}=" in example for name in asked)


def test_every_link_between_the_documents_leads_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("target", sorted(made_by_make()))
def test_the_readme_tells_what_make_can_make(target: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\bmake {target}\b", readme)
