"""What drove a change as a file: in Slack by word and button, and in the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.assembly import mart_of
from bot.cli.commands import app
from bot.settings import Settings
from tests.facts import add
from tests.slack.conftest import Play
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, click
from tests.why.test_why import FACTS, gpu

ONE_DAY = ("--from", "2026-11-19", "--to", "2026-11-19")
THE_OTHER = ("--vs-from", "2026-11-18", "--vs-to", "2026-11-18")


def rows_of(text: str) -> list[Mapping[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_every_driver_comes_as_a_file_by_word_and_by_button(play: Play):
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost why yesterday csv", "ada")
        message = await asked(playing, "/cost why yesterday", "ada")
        await click(playing, message, "CSV", "ada")
        files = playing.stage.slack.workspace.files.values()
        one, other = [f for f in files if f.completed and f.name.endswith(".csv")]
    assert "it is in your direct messages with me" in heard.ack["text"]
    assert one.name == other.name == "why-2026-11-19-2026-11-19-vs-2026-11-18-2026-11-18.csv"
    assert one.content == other.content
    first, driver, *_ = rows_of((one.content or b"").decode())
    assert (first["dimension"], first["member"]) == ("total", "")
    assert Decimal(first["change"]) == 18
    assert (driver["dimension"], driver["member"]) == ("endpoint", "/v1/text-to-video")
    assert (driver["kind"], driver["is_cause"]) == ("volume", "true")
    assert (driver["requests_before"], driver["requests_now"]) == ("150", "330")
    assert (Decimal(driver["cost_before"]), Decimal(driver["cost_now"])) == (15, 33)


async def test_a_customers_file_holds_its_own_drivers_alone(play: Play):
    async with play(FACTS) as playing:
        await playing.stage.say("/cost why yesterday csv", "gil")
        (file,) = [f for f in playing.stage.slack.workspace.files.values() if f.completed]
    assert Decimal(rows_of((file.content or b"").decode())[0]["change"]) == 6
    assert b"acme" not in (file.content or b"")


def test_the_parts_of_every_row_add_up_to_its_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))
    formula = [
        gpu(day, 10 + day, str(day * day), endpoint="=SUM(A1)", organization=str(day % 2))
        for day in (18, 19, 19)
    ]
    add(mart_of(Settings(home=tmp_path)), [*FACTS, *formula])
    run = CliRunner().invoke(app, ["why", *ONE_DAY, *THE_OTHER, "--csv"], catch_exceptions=False)
    rows = rows_of(run.stdout)
    assert len(rows) > 3
    for row in rows:
        parts = [Decimal(row[name]) for name in ("volume", "mix", "rate")]
        assert sum(parts) == Decimal(row["change"])
        assert Decimal(row["cost_now"]) - Decimal(row["cost_before"]) == Decimal(row["change"])
    # A spreadsheet takes no name for a formula.
    assert "'=SUM(A1)" in {row["member"] for row in rows}
