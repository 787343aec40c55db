"""The rules of cost: nothing is counted twice, and the parts add up, whatever the rows."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.costs import FullyLoaded, Infrastructure
from analysis.periods import Window
from queries.dimensions import Dimensions
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.reconciliation import Reconciled, reconciled
from tests.facts import Fact, add
from tests.templates.conftest import NOW, Asked, Record, gpu

WRONG = Path(__file__).with_name("wrong_sum.py")


def test_the_two_kinds_of_cost_cannot_be_added() -> None:
    loaded, machines = FullyLoaded(Decimal(1)), Infrastructure(Decimal(2))
    assert loaded + loaded == FullyLoaded(Decimal(2))
    assert machines + machines == Infrastructure(Decimal(4))
    mixed: list[Any] = [loaded, machines]
    for one, other in (mixed, mixed[::-1]):
        with pytest.raises(TypeError, match="would count twice"):
            _ = one + other
    assert loaded != FullyLoaded(Decimal(2))
    assert FullyLoaded(Decimal(2)) != machines


def test_the_wrong_sum_does_not_type_check(tmp_path: Path) -> None:
    copy = tmp_path / "wrong_sum.py"
    copy.write_text(
        WRONG.read_text().replace(
            "  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]", ""
        )
    )
    root = Path(__file__).resolve().parents[2]
    config = {"extraPaths": [str(root)], "include": [str(copy)], "pythonVersion": "3.11"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    checker = [sys.executable, "-m", "basedpyright", "-p", str(tmp_path), "--outputjson"]
    checked = subprocess.run(checker, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [
        (one["range"]["start"]["line"] + 1, one["rule"])
        for one in json.loads(checked.stdout)["generalDiagnostics"]
        if one["severity"] == "error"
    ]
    lines = WRONG.read_text().splitlines()
    expected = [
        (number, "reportOperatorIssue")
        for number, line in enumerate(lines, 1)
        if line.startswith(("wrong", "worse"))
    ]
    assert errors == expected


money = st.decimals(0, 1000, places=6)


@st.composite
def gpu_rows(draw: st.DrawFn) -> Fact:
    day = draw(st.integers(6, 19))
    category = draw(st.sampled_from(["inference", "inference", "idle", "overhead", "unused"]))
    if category != "inference":
        return gpu(day, str(draw(money)), cost_category=category, requests=0)
    cost = draw(st.none() | money)
    requests = draw(st.integers(1, 1000))
    return gpu(
        day,
        None if cost is None else str(cost),
        requests=requests,
        failed_requests=draw(st.sampled_from([0, requests])),
        attributed_idle_cost=draw(money),
        attributed_overhead_cost=draw(money),
        is_internal=draw(st.sampled_from([False, True, None])),
        product=draw(st.sampled_from(["api", "studio", None])),
        endpoint=draw(st.sampled_from(["/a", "/b", None])),
        model=draw(st.sampled_from(["m", "n"])),
        organization=draw(st.sampled_from(["acme", "globex"])),
    )


async def asked_of(facts: Sequence[Fact]) -> tuple[Reconciled, dict[str, list[Record]]]:
    with tempfile.TemporaryDirectory() as folder:
        mart = Mart(Path(folder), Dimensions(), lambda: NOW)
        add(mart, facts)
        engine = DuckDbEngine(mart)
        asked = Asked(engine)
        window = Window(datetime(2026, 11, 6, tzinfo=UTC), NOW, ZoneInfo("UTC"))
        try:
            period = {"first_day": "2026-11-06"}
            return await reconciled(engine, window), {
                "daily": await asked.records("daily_total_cost", **period),
                "categories": await asked.records("utilization_by_category", **period),
                "api": await asked.records("api_cost_by_endpoint_model", **period),
                "failures": await asked.records("failure_cost", **period),
                "drivers": await asked.records("cost_drivers"),
                "week": await asked.records("week_over_week"),
            }
        finally:
            await engine.close()


def direct(fact: Fact) -> Decimal:
    return Decimal(str(fact["billed_cost"] or 0))


def loaded(fact: Fact) -> Decimal:
    if fact["cost_category"] != "inference":
        return Decimal(0)
    pushed = ("attributed_idle_cost", "attributed_overhead_cost")
    return direct(fact) + sum((Decimal(str(fact.get(name, 0))) for name in pushed), Decimal(0))


def total(rows: Sequence[Record], column: str) -> Decimal:
    return sum((row[column] or Decimal(0) for row in rows), Decimal(0))


@settings(max_examples=25, deadline=None)
@given(st.lists(gpu_rows(), min_size=1, max_size=40))
def test_the_identities_hold_over_any_rows(facts: list[Fact]) -> None:
    found, answers = asyncio.run(asked_of(facts))
    costs = found.costs
    assert costs.infrastructure.usd == sum(map(direct, facts))
    assert costs.fully_loaded.usd == sum(map(loaded, facts))
    assert costs.difference == 0
    assert costs.infrastructure.usd == costs.fully_loaded.usd + costs.unattributed
    assert total(answers["daily"], "infrastructure_cost") == costs.infrastructure.usd
    assert total(answers["categories"], "infrastructure_cost") == costs.infrastructure.usd
    by_day: dict[date, float] = {}
    for row in answers["categories"]:
        by_day[row["day"]] = by_day.get(row["day"], 0) + (row["share"] or 0)
    assert all(share == 0 or share == pytest.approx(1) for share in by_day.values())
    unknown = [fact for fact in facts if fact.get("is_internal") is None]
    requests = [fact for fact in unknown if fact["cost_category"] == "inference"]
    assert found.unknown.usd == sum(map(loaded, requests))
    assert total(answers["api"], "unknown_origin_cost") <= found.unknown.usd


@settings(max_examples=25, deadline=None)
@given(st.lists(gpu_rows(), min_size=1, max_size=40))
def test_the_split_adds_up_exactly_in_every_dimension(facts: list[Fact]) -> None:
    _, answers = asyncio.run(asked_of(facts))
    change = next(row for row in answers["week"] if row["level"] == "total")["change"]
    for row in answers["drivers"]:
        assert row["change"] == row["volume"] + row["mix"] + row["rate"]
    for dimension in {row["dimension"] for row in answers["drivers"]}:
        members = [row for row in answers["drivers"] if row["dimension"] == dimension]
        assert total(members, "change") == change
