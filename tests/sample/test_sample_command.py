from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from analysis.errors import BadInput
from bot.cli.commands import app
from bot.cli.sample import closing_text
from handlers.sample import Outcome, SampleResult
from tests.sample.rows import make

SMALL = ["sample", "--days", "2", "--orgs", "4", "--scale", "0.1"]


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    return CliRunner(env={"COSTBOT_HOME": str(tmp_path / "home")})


def as_json(runner: CliRunner, *arguments: str) -> dict[str, object]:
    result = runner.invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    return cast("dict[str, object]", json.loads(result.stdout))


def test_the_command_loads_once_and_says_so(runner: CliRunner, tmp_path: Path) -> None:
    loaded = as_json(runner, *SMALL, "--if-needed")
    assert loaded["outcome"] == "loaded"
    assert (tmp_path / "home" / "sample" / "truth.md").exists()
    imported = cast("dict[str, dict[str, object]]", loaded["imported"])
    assert all(cast("int", source["taken"]) > 0 for source in imported.values())
    assert all(source["rejected"] == 0 for source in imported.values())
    assert as_json(runner, *SMALL, "--if-needed")["outcome"] == "current"
    assert as_json(runner, *SMALL)["outcome"] == "extended"


def test_a_person_reads_what_is_planted_and_what_to_type(runner: CliRunner) -> None:
    result = runner.invoke(app, SMALL, catch_exceptions=False)
    assert result.exit_code == 0
    assert "a looping key" in result.stdout
    assert "a storm of retries" in result.stdout
    assert "/cost " in result.stdout
    assert "USD too much" in result.stdout


def test_an_option_out_of_bounds_is_refused(runner: CliRunner, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Choose 1 to 100"):
        runner.invoke(app, ["sample", "--orgs", "1000"], catch_exceptions=False)
    assert not (tmp_path / "home" / "sample").exists()


def test_a_later_start_says_in_short_what_was_added(tmp_path: Path) -> None:
    truth = make(tmp_path, days=2).truth
    lines = closing_text(SampleResult(Outcome.EXTENDED, tmp_path, truth), brief=True)
    assert lines == ["The sample was extended: 2026-11-16 to 2026-11-18 09:41 UTC."]


def test_a_mart_with_other_data_is_said_to_be_left_alone(tmp_path: Path) -> None:
    (line,) = closing_text(SampleResult(Outcome.NOT_WANTED, tmp_path, None), brief=True)
    assert "no sample was added" in line
