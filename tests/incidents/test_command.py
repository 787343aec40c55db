"""`costbot routes` and `costbot incidents` as they are typed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from analysis.clock import system_clock
from analysis.errors import NotFound, NotUnderstood
from analysis.incidents.levels import Level
from bot.cli.incidents import app as incidents
from bot.cli.routes import app as routes
from handlers.incidents.desk import IncidentDesk
from storage import Store
from tests.incidents.conftest import Plain, signal_of
from tests.stores import lay_store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    lay_store(home)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(home))
    return home


def run(app: Typer, *words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def test_routes_are_made_listed_and_removed() -> None:
    assert "There is no route" in run(routes, "list").stdout
    told = run(
        routes, "add", "product", "my api", "at", "warning", "to", "C024BE91L", "linear", "eng"
    )
    assert "Route 1 leads to slack:C024BE91L, linear:ENG." in told.stdout
    assert "COSTBOT_LINEAR_TOKEN" in told.stdout
    (listed,) = json.loads(run(routes, "list", "--json").stdout)
    assert (listed["product"], listed["least"]) == ("my api", "warning")
    assert listed["targets"] == ["slack:C024BE91L", "linear:ENG"]
    assert "my api" in run(routes, "list").stdout
    assert "leads nowhere any more" in run(routes, "remove", "1").stdout
    assert json.loads(run(routes, "list", "--json").stdout) == []
    assert isinstance(run(routes, "remove", "9").exception, NotFound)
    assert isinstance(run(routes, "add", "to", "nobody").exception, NotUnderstood)


def test_incidents_are_listed(home: Path) -> None:
    async def report() -> None:
        store = Store(f"sqlite+aiosqlite:///{home}/store.sqlite3", system_clock)
        desk = IncidentDesk(store, Plain(), system_clock)
        await desk.report(
            [signal_of(Level.CRITICAL), signal_of(Level.WARNING, subject="anomaly|b")]
        )
        await desk.report([signal_of(Level.OK, subject="anomaly|b")])
        await store.close()

    assert run(incidents, "list").stdout == "No incident is open.\n"
    asyncio.run(report())
    (listed,) = json.loads(run(incidents, "list", "--json").stdout)
    assert (listed["level"], listed["title"]) == ("critical", "Cost of gpt-4o")
    assert listed["closed_at"] is None
    both = json.loads(run(incidents, "list", "--days", "1", "--json").stdout)
    assert [one["level"] for one in both] == ["critical", "ok"]
    assert "310.00" in run(incidents, "list").stdout
