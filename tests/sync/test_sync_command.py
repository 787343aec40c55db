"""`costbot sync` as it is typed."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from analysis.clock import system_clock
from bot.cli.sync import sync
from playground.bigquery.server import running
from playground.bigquery.warehouse import TableField, Warehouse
from queries.request_table import DEFAULT_COLUMNS
from tests.road.processes import costbot
from tests.sync.world import FIELDS, PROJECT, TABLE, row

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Terminal:
    """Where the command is typed, and the warehouse that it asks."""

    warehouse: Warehouse
    environment: Mapping[str, str]
    today: date

    def type(self, *words: str) -> str:
        """What the command prints."""
        app = typer.Typer()
        app.command()(sync)
        runner = CliRunner(env=self.environment)
        result = runner.invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    def fail(self, *words: str, **environment: str) -> tuple[int, str]:
        """The exit code of a process of its own, and what it prints on standard error."""
        variables = {**self.environment, **environment}
        found = costbot(Path(variables["COSTBOT_HOME"]), "sync", *words, typed=None, **variables)
        assert found.stdout == ""
        assert "Traceback" not in found.stderr
        return found.returncode, found.stderr

    def replace(self, days_ago: int, *costs: float | None) -> None:
        """Writes a day anew."""
        day = self.today - timedelta(days=days_ago)
        self.warehouse.replace_partition(TABLE, day, [row(0, cost, dt=day) for cost in costs])


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncGenerator[Terminal]:
    warehouse = Warehouse(system_clock)
    fields = [TableField(column, kind) for column, kind in FIELDS.items()]
    warehouse.add_table(TABLE, fields, "dt", [])
    async with running(warehouse) as server:
        environment = {
            "COSTBOT_HOME": str(tmp_path / "home"),
            "COSTBOT_BIGQUERY_PROJECT": PROJECT,
            "COSTBOT_BIGQUERY_TABLE": TABLE,
            "COSTBOT_BIGQUERY_ENDPOINT": server.url,
        }
        found = Terminal(warehouse, environment, system_clock().date())
        for days_ago in range(1, 9):
            found.replace(days_ago, 1.0, None)
        yield found


def test_the_report_says_what_was_read_and_what_it_cost(terminal: Terminal) -> None:
    printed = terminal.type()
    assert f"{TABLE}: 8 days read (8 new, 0 unchanged), 0 not read" in printed
    assert "Rows: 16 of the table, 16 in the mart." in printed
    assert "negative): 8 inference rows" in printed
    assert "BigQuery bills" in printed


def test_a_restated_day_is_printed_with_its_difference(terminal: Terminal) -> None:
    terminal.type()
    terminal.replace(6, 12.5, 1.0)
    printed = terminal.type()
    day = terminal.today - timedelta(days=6)
    assert "Restated: 1 day that had been over." in printed
    assert (
        f"  {day}: fully loaded $1.00 → $13.50 (+$12.50), "
        "infrastructure $1.00 → $13.50 (+$12.50), requests 2 → 2"
    ) in printed
    terminal.replace(6, 2.0)
    (restated,) = json.loads(terminal.type("--json"))["restated"]
    assert restated == {
        "day": day.isoformat(),
        "requests_before": 2,
        "requests_after": 1,
        "fully_loaded_before": "13.5",
        "fully_loaded_after": "2",
        "infrastructure_before": "13.5",
        "infrastructure_after": "2",
    }


def test_a_dry_run_says_what_would_be_read_and_why_and_changes_nothing(terminal: Terminal) -> None:
    day = [terminal.today - timedelta(days=ago) for ago in range(9)]
    printed = terminal.type("--dry-run")
    assert f"{TABLE}: 8 days would be read by 1 query" in printed
    assert f"  {day[8]} to {day[1]} (8 days): new, 16 rows" in printed
    assert not (Path(terminal.environment["COSTBOT_HOME"]) / "mart" / "manifest.json").exists()
    terminal.type()
    terminal.replace(7, 2.0)
    found = json.loads(terminal.type("--dry-run", "--json"))
    assert found["reasons"] == {"within the lookback": 3, "changed": 1}
    assert [one["day"] for one in found["days"] if one["reason"] == "changed"] == [str(day[7])]
    assert found["unchanged"] == 4
    assert found["bytes"] > 0


def test_named_days_are_read_alone(terminal: Terminal) -> None:
    days = [str(terminal.today - timedelta(days=ago)) for ago in (5, 4)]
    printed = terminal.type("--from", days[0], "--to", days[1])
    assert "2 days read (2 new" in printed


def test_a_fault_ends_with_a_sentence_and_a_hint(terminal: Terminal) -> None:
    terminal.warehouse.forbid(project=PROJECT)
    code, errors = terminal.fail()
    assert code == 2
    assert "The mart has no GPU costs yet." in errors
    assert "roles/bigquery.jobUser" in errors


@pytest.mark.parametrize(
    ("words", "sentence", "hint"),
    [
        (["--full", "--from", "2026-01-01"], "reads every day already", "Leave"),
        (["--from", "2026-01-01"], "has two ends", "--from and --to"),
        (["--from", "soon", "--to", "2026-01-01"], "`--from soon` is no day", "2026-01-31"),
    ],
)
def test_what_makes_no_sense_is_refused(
    terminal: Terminal, words: list[str], sentence: str, hint: str
) -> None:
    code, errors = terminal.fail(*words)
    assert code == 2
    assert sentence in errors
    assert hint in errors


def test_without_a_project_it_says_what_to_set(terminal: Terminal) -> None:
    code, errors = terminal.fail(COSTBOT_BIGQUERY_PROJECT="")
    assert code == 2
    assert "Set COSTBOT_BIGQUERY_PROJECT" in errors


def test_the_page_on_bigquery_lists_every_column_that_can_be_mapped() -> None:
    page = (ROOT / "docs" / "bigquery.md").read_text(encoding="utf-8")
    part = page.split("## Columns")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*)\| ([^|]*) \|", part, re.MULTILINE)
    listed = {
        name: "" if default == "none" else name
        for names, default in cells
        for name in re.findall(r"`([a-z_]+)`", names)
    }
    assert listed == dict(DEFAULT_COLUMNS)
