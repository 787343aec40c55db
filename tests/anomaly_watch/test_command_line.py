"""Anomalies in the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner, Result

from analysis.clock import system_clock
from analysis.errors import NotFound
from bot.assembly import mart_of
from bot.cli.commands import app
from bot.settings import Settings
from tests.anomaly_watch.makers import DAY, WEEKS, day_of
from tests.facts import add
from tests.stores import lay_store

B3 = {
    "timestamp",
    "what",
    "actual",
    "expected",
    "deviation_percentage",
    "severity",
    "description",
}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["anomalies", *words], catch_exceptions=False)


def told(*words: str) -> Mapping[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return cast("Mapping[str, Any]", json.loads(result.stdout))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Costbot's own folder, with an incident yesterday."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))
    monkeypatch.setenv("COSTBOT_ZONE", "UTC")
    lay_store(tmp_path)
    yesterday = system_clock().date() - DAY
    days = [yesterday - number * DAY for number in range(WEEKS * 7, 0, -1)]
    facts = [one for day in days for one in day_of(day)] + day_of(yesterday, 5.0)
    add(mart_of(Settings()), facts)
    return tmp_path


def test_what_is_looked_for_is_listed_labelled_and_taken_back() -> None:
    looked = told("look")
    assert (looked["told"], looked["day"]) == (1, str(system_clock().date() - DAY))
    assert "Nothing has changed" in run("look").stdout
    (anomaly,) = told("list", "30d")["anomalies"]
    assert anomaly.keys() >= B3
    assert anomaly["state"] == "open"
    assert anomaly["deviation_percentage"] > 50
    said = told("label", anomaly["id"], "expected")
    assert "You will not hear of Cost of everything" in said["promise"]
    (labelled,) = told("list")["anomalies"]
    assert (labelled["state"], labelled["label"]) == ("over", "expected")
    assert told("undo", anomaly["id"][:8])["promise"].startswith("Taken back")
    assert "Cost of everything" in run("show", anomaly["id"][:8]).stdout


def test_a_replay_holds_other_settings_beside_those_in_force() -> None:
    replay = told("replay", "3d", "least", "100000")
    assert (replay["messages_would"], replay["messages_did"]) == (0, 1)
    assert [len(day["gone"]) for day in replay["days"]] == [0, 0, 1]
    noon = datetime.combine(system_clock().date(), time(12))
    assert replay["last_day"] == str((noon - timedelta(days=1)).date())


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(NotFound, match="There is no anomaly"):
        run("show", "deadbeef")
