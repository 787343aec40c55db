"""Recommendations in the terminal, over imported rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner, Result

from analysis.clock import system_clock
from analysis.errors import BadInput, NotFound, Outdated
from bot.cli.commands import app

FIELDS = {
    "type",
    "title",
    "description",
    "current_monthly_cost",
    "projected_monthly_cost",
    "estimated_savings",
    "savings_percentage",
    "priority",
    "confidence",
    "difficulty",
    "quality_impact",
    "quality_change",
    "recommended_action",
    "analysis_data",
    "status",
    "actual_savings",
    "verified_at",
    "valid_until",
}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["recs", *words], catch_exceptions=False)


def told(*words: str) -> Mapping[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return cast("Mapping[str, Any]", json.loads(result.stdout))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Costbot's own folder, with three weeks of small requests to a dear model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COSTBOT_ZONE", "UTC")
    midnight = system_clock().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = ["id,time,provider,model,organization,endpoint,input_tokens,output_tokens"]
    for number in range(21 * 30 + 1):
        back, nth = divmod(number, 30)
        # The last row is of today: a day is complete once something came behind it.
        at = midnight - timedelta(days=back) + timedelta(minutes=10 * nth)
        lines.append(f"r{number},{at.isoformat()},openai,gpt-4-turbo,acme,/v1/chat,2000,400")
    usage = tmp_path / "usage.csv"
    usage.write_text("\n".join(lines) + "\n", encoding="utf-8")
    imported = CliRunner().invoke(app, ["import", "usage", str(usage)], catch_exceptions=False)
    assert imported.exit_code == 0, imported.output
    return tmp_path


def test_recommendations_are_drawn_decided_on_and_tracked() -> None:
    drawn = told("generate", "--days", "14")
    assert drawn["created"] >= 1
    assert drawn["failed"] == []
    found = told("list")
    (row,) = [one for one in found["recommendations"] if one["type"] == "model_downgrade"]
    assert row.keys() >= FIELDS
    current, projected = (Decimal(row[f"{name}_monthly_cost"]) for name in ("current", "projected"))
    assert current - projected == Decimal(row["estimated_savings"])
    key = row["id"][:8]

    assert told("accept", key, "--reason", "as good")["status"] == "accepted"
    with pytest.raises(Outdated, match="the operator accepted this recommendation"):
        run("reject", key, "--reason", "late")
    assert told("undo", key)["status"] == "pending"
    assert told("implement", key)["status"] == "implemented"
    verified = told("verify", key, "12.50", "--reason", "the invoice")
    assert (verified["status"], verified["actual_savings"]) == ("verified", "12.5")
    assert told("tracker")["total"]["counted"] == 1
    assert [one["status"] for one in told("list", "--state", "all")["recommendations"]]
    shown = told("show", row["id"])
    assert [entry["action"] for entry in shown["entries"]][:2] == [
        "recommendation.verify",
        "recommendation.implement",
    ]
    again = told("generate", "--days", "14")
    assert again["created"] == 0


def test_the_same_is_read_by_people() -> None:
    assert run("generate", "--days", "14").exit_code == 0
    listed = run("list").stdout
    assert "Saves $" in listed
    (row,) = told("list", "--kind", "model_downgrade")["recommendations"]
    key = row["id"][:6]
    assert "How it was reckoned" in run("show", key).stdout
    assert "Snoozed by the operator" in run("snooze", key).stdout
    assert "Rejected by the operator" in run("reject", key, "--reason", "no").stdout
    assert "Opportunities: " in run("opportunities").stdout
    assert "Nothing is accepted yet" in run("tracker").stdout


def test_opportunities_are_taken_up_and_settled() -> None:
    run("generate", "--days", "14")
    found = told("opportunities")
    key = found["opportunities"][0]["id"]
    assert found["summary"]["by_status"] == {"open": len(found["opportunities"])}
    opportunities = ("opportunities", "status", key)
    done = told(*opportunities, "implemented", "--saved", "5", "--resolution", "done")
    assert (done["status"], done["verified_savings"]) == ("implemented", "5")
    shown = told("opportunities", "show", key)
    assert shown["entries"][0]["action"] == "opportunity.implemented"
    assert told("opportunities", "assign", key, "U0123ABCD")["assigned_to"] == "U0123ABCD"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--kind", "cachng"), "There is no type `cachng`"),
        (("list", "--state", "opn"), "There is no state `opn`"),
        (("list", "--after", "x"), "`x` is no id"),
        (("list", "--min", "much"), "`much` is no amount"),
        (("snooze", "1a2b", "--until", "soon"), "`soon` is no day"),
        (("assign", "1a2b"), "Name a person"),
        (("assign", "1a2b", "U0123ABCD", "--nobody"), "Name a person"),
        (("generate", "--days", "5"), "cannot be drawn from 5 days"),
    ],
)
def test_what_cannot_be_used_is_told(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        run(*words)


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(NotFound, match="There is no recommendation `1a2b3c4d`"):
        run("show", "1a2b3c4d")
