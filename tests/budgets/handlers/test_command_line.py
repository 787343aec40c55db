"""Budgets in the terminal, over imported rows."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner, Result

from analysis.errors import NotAllowed
from bot.cli.budget_faults import ARGUMENTS, OPTIONS
from bot.cli.commands import app
from bot.cli.errors import plain_errors
from handlers.budgets.form import BudgetForm

FIRST, LAST, AS_OF = date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 16)
DOLLARS_PER_MILLION = 10
"""Of input tokens of gpt-4-turbo, by the list that a new store has."""

WORKED = ("Worked case", "5000", "custom", "--start", f"{FIRST}", "--end", f"{LAST}")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["budget", *words], catch_exceptions=False)


def told(*words: str) -> Mapping[str, object]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return cast("Mapping[str, object]", json.loads(result.stdout))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Costbot's own folder, with the worked case's spend: 4,250.75 in 75 days, then more."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COSTBOT_ZONE", "UTC")
    lines = ["id,time,provider,model,organization,input_tokens,output_tokens"]
    for number in range(90):
        day = FIRST + timedelta(days=number)
        # 74 days of 56 dollars, what is left on the 75th, and 56 on each day behind it.
        cost = Decimal("4250.75") - 74 * 56 if day == AS_OF else Decimal(56)
        tokens = int(cost * 1_000_000 / DOLLARS_PER_MILLION)
        lines.append(f"r{number},{day}T12:00:00Z,openai,gpt-4-turbo,acme,{tokens},0")
    usage = tmp_path / "usage.csv"
    usage.write_text("\n".join(lines) + "\n", encoding="utf-8")
    imported = CliRunner().invoke(app, ["import", "usage", str(usage)], catch_exceptions=False)
    assert imported.exit_code == 0, imported.output
    return tmp_path


def test_the_worked_case_comes_out_on_imported_rows() -> None:
    created = run("create", *WORKED)
    assert created.exit_code == 0, created.output
    status = told("status", "worked case", "--as-of", f"{AS_OF}")
    assert {name: status[name] for name in EXPECTED} == EXPECTED


EXPECTED = {
    "current_spend": "4250.75",
    "utilization_percentage": 85.015,
    "remaining_budget": "749.25",
    "days_elapsed": 75,
    "days_remaining": 15,
    "daily_burn_rate": "56.676667",
    "projected_total": "5100.9",
    "projected_exhaustion_date": "2026-03-29",
    "status": "warning",
    "is_on_track": False,
}


def test_spend_is_that_of_the_scope_alone(home: Path) -> None:
    run("create", *WORKED, "--scope", "model=gpt-4-turbo", "--org", "acme")
    more = home / "more.csv"
    more.write_text(
        "id,time,provider,model,organization,input_tokens,output_tokens\n"
        "x1,2026-02-01T12:00:00Z,openai,gpt-4,acme,1000000,0\n"
        "x2,2026-02-01T12:00:00Z,openai,gpt-4-turbo,globex,1000000,0\n"
        "x3,2026-02-01T12:00:00Z,openai,aurora,acme,1000000,0\n",
        encoding="utf-8",
    )
    CliRunner().invoke(app, ["import", "usage", str(more)], catch_exceptions=False)
    assert told("status", "Worked case", "--as-of", "2026-03-16")["current_spend"] == "4250.75"
    run("create", "All", "5000", "custom", "--start", f"{FIRST}", "--end", f"{LAST}")
    whole = told("status", "All", "--as-of", "2026-03-16")
    assert whole["current_spend"] == str(Decimal("4250.75") + 30 + 10)
    assert whole["unpriced_requests"] == 1


def test_a_budget_goes_its_whole_way_in_the_terminal() -> None:
    assert run("create", *WORKED, "--org", "acme").exit_code == 0
    assert told("edit", "Worked case", "--limit", "$6k")["changed"] == ["limit"]
    assert told("show", "Worked case")["total_limit"] == "6000"
    listed = told("list")
    assert listed["total"] == 1
    assert "Worked case" in run("list").output
    assert run("pause", "Worked case").output.startswith("The budget Worked case neither")
    assert run("resume", "Worked case").output == "The budget Worked case is watched.\n"
    entries = cast("list[Mapping[str, object]]", told("history", "Worked case")["entries"])
    assert [(entry["action"], entry["surface"]) for entry in entries] == [
        ("budget.resume", "cli"),
        ("budget.pause", "cli"),
        ("budget.edit", "cli"),
        ("budget.create", "cli"),
    ]
    assert (entries[2]["before"], entries[2]["after"]) == ({"limit": "5000"}, {"limit": "6000"})
    deleted = run("delete", "Worked case", "--yes")
    assert told("list")["total"] == 0
    undo = deleted.output.splitlines()[-1].removeprefix("costbot budget ").split()
    assert run(*undo).output == "The budget Worked case is there again.\n"
    assert told("list")["total"] == 1


def test_a_preview_keeps_nothing() -> None:
    periods = cast("list[Mapping[str, object]]", told("create", *WORKED, "--preview")["periods"])
    assert periods[0]["current_spend"] == "5090.75"
    assert "5,090.75" in run("create", *WORKED, "--preview").output
    assert told("list")["total"] == 0


def complaints(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """What is said of a command that is refused, line by line."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended, plain_errors():
        app(["budget", *words], standalone_mode=True)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    lines = said.err.splitlines()
    assert lines[0].startswith("costbot: ")
    assert all(line.startswith(" " * 9) for line in lines[1:])
    return [line[9:] for line in lines]


def test_what_cannot_be_is_told_option_by_option_each_on_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = ("--zone", "Europe/Berln", "--warning", "99%", "--scope", "gpt-4", "--email", "ann")
    lines = complaints(capsys, "create", " ", "5.000", "weekly", *wrong)
    assert [line.split(":")[0] for line in lines] == [
        "--scope",
        "NAME",
        "--zone",
        "PERIOD",
        "LIMIT",
        "--email",
        "--critical",
    ]
    assert lines[0].endswith("Write it as `--scope model=gpt-4`.")
    assert told("list")["total"] == 0
    run("create", *WORKED)
    lines = complaints(capsys, "edit", "Worked case", "--limit", "0", *wrong)
    assert [line.split(":")[0] for line in lines] == [
        "--scope",
        "--zone",
        "--email",
        "--limit",
        "--critical",
    ]
    assert told("show", "Worked case")["total_limit"] == "5000"
    lines = complaints(capsys, "raise", "Worked case", "lots", "--until", "soon", "--reason", "")
    assert [line.split(":")[0] for line in lines] == ["AMOUNT", "--reason", "--until"]


def test_every_field_of_a_form_has_an_option() -> None:
    fields = {one.name for one in dataclasses.fields(BudgetForm)} - {"unseen", "unread"}
    assert set(OPTIONS) == set(ARGUMENTS) == fields
    told_of = run("create", "--help").output + run("edit", "--help").output
    options = set(re.findall("--[a-z-]+", told_of))
    assert {option for option in OPTIONS.values() if option not in options} == set()


def test_a_value_that_no_cost_has_had_is_taken_when_it_is_said_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("create", "New", "5", "monthly", "--scope", "model=gpt-4-turb")
    (line,) = complaints(capsys, *words)
    assert line.endswith("For one that no cost has had yet, add `--anyway`.")
    assert run(*words, "--anyway").exit_code == 0


def test_a_deletion_is_asked_for_first() -> None:
    run("create", *WORKED)
    result = CliRunner().invoke(app, ["budget", "delete", "Worked case"], input="n\n")
    assert result.exit_code == 1
    assert told("list")["total"] == 1


def test_a_raise_is_decided_on_by_somebody_else() -> None:
    run("create", "Prod", "100", "monthly")
    asked = told("raise", "Prod", "500", "--reason", "the launch")
    assert (asked["state"], asked["asked_by"], asked["amount"]) == (
        "pending",
        "the operator",
        "500",
    )
    with pytest.raises(NotAllowed, match="Nobody decides on a raise of their own"):
        run("approve", str(asked["id"]))
    assert run("withdraw", str(asked["id"])).exit_code == 0
    raises = cast("list[Mapping[str, object]]", told("show", "Prod")["raises"])
    assert [one["state"] for one in raises] == ["withdrawn"]
