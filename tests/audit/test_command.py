"""`costbot audit` as it is typed."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.errors import BadInput
from bot.cli.audit import app
from tests.audit.entries import decided
from tests.stores import TestClock, sqlite_store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(home))

    async def fill() -> None:
        clock = TestClock(datetime(2020, 1, 1, 12, tzinfo=UTC))
        async with sqlite_store(home, clock) as store:
            await decided(store, clock)

    asyncio.run(fill())
    return home


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def actions(*words: str) -> list[str]:
    found = run(*words)
    assert found.exit_code == 0, found.output
    return [row["action"] for row in csv.DictReader(io.StringIO(found.stdout, newline=""))]


def test_decisions_are_written_in_their_order_and_narrowed() -> None:
    all_of_them = ["budget.create", "budget.edit", "budget.create", "rate.set"]
    assert actions() == all_of_them
    assert actions("--organization", "acme") == all_of_them[:2]
    assert actions("--since", "2020-01-02", "--until", "2020-01-03") == all_of_them[1:3]
    assert actions("--since", "2020-01-02T12:00:01Z") == all_of_them[2:]
    assert actions("--until", "2020-01-02T13:00:00+01:00") == all_of_them[:1]
    assert actions("--action", "rate") == ["rate.set"]
    assert actions("--after", "3") == ["rate.set"]


def test_a_file_is_written_as_its_name_says(tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    assert run("-o", str(file)).stdout == f"{file}: 4 decisions.\n"
    assert [json.loads(line)["id"] for line in file.read_text().splitlines()] == [1, 2, 3, 4]
    assert "4 decisions" in run("--format", "csv", "-o", str(file)).stdout
    assert file.read_text().startswith("id,at,")
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["trail.jsonl"]


@pytest.mark.parametrize("words", [("--since", "yesterday"), ("--until", "2020-01-01T09:00:00")])
def test_what_is_no_instant_is_refused(words: tuple[str, str]) -> None:
    assert isinstance(run(*words).exception, BadInput)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert isinstance(run("-o", str(tmp_path / "none" / "trail.csv")).exception, BadInput)


def test_what_is_old_is_forgotten_after_asking() -> None:
    asked = CliRunner().invoke(app, ["forget", "--before", "2020-01-03"], input="n\n")
    assert asked.exit_code == 1
    assert len(actions()) == 4
    assert "Forgotten: 2 decisions" in run("forget", "--before", "2020-01-03", "--yes").stdout
    assert actions() == ["budget.create", "rate.set", "audit.forget"]
