"""What the commands say is what the templates say of the same days, whatever the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.caller import Caller
from handlers.efficiency import EfficiencyResult
from handlers.failures import FailuresResult
from handlers.utilization import UtilizationResult
from tests.facts import Fact
from tests.failures.asking import DAYS, Asking, asked
from tests.templates.conftest import ACME, ADMIN, Record, gpu

money = st.decimals(0, 1000, places=6)


@st.composite
def rows(draw: st.DrawFn) -> Fact:
    day = draw(st.integers(1, 19))
    category = draw(st.sampled_from(["inference"] * 3 + ["idle", "overhead", "unused", "licence"]))
    if category != "inference":
        model = draw(st.sampled_from(["m", None]))
        return gpu(day, str(draw(money)), cost_category=category, requests=0, model=model)
    cost = draw(st.none() | money)
    requests = draw(st.integers(1, 1000))
    result = draw(st.sampled_from(["success", "failed", "timeout"]))
    return gpu(
        day,
        None if cost is None else str(cost),
        requests=requests,
        failed_requests=0 if result == "success" else requests,
        result=result,
        error_type=None if result == "success" else draw(st.sampled_from(["applicative", None])),
        attributed_idle_cost=draw(money),
        attributed_overhead_cost=draw(money),
        is_internal=draw(st.sampled_from([False, False, True, None])),
        product=draw(st.sampled_from(["api", "studio", None])),
        endpoint=draw(st.sampled_from(["/a", "/b", None])),
        model=draw(st.sampled_from(["m", "n"])),
        organization=draw(st.sampled_from(["acme", "globex"])),
    )


anything = st.lists(rows(), min_size=1, max_size=30)


@settings(max_examples=12, deadline=None)
@given(anything)
def test_utilization_is_that_of_the_template(facts: list[Fact]) -> None:
    async def both(asking: Asking) -> tuple[UtilizationResult, list[Record]]:
        template = await asking.templates.records("utilization_by_category")
        return await asking.utilization(replace(DAYS, by=("day",))), template

    result, template = asked(facts, both)
    now = result.whole.now
    of_template: dict[str, Decimal] = {}
    for row in template:
        category = row["cost_category"]
        of_template[category] = of_template.get(category, Decimal(0)) + row["infrastructure_cost"]
    ours = {
        "inference": now.inference,
        "idle": now.idle.spent,
        "overhead": now.overhead.spent,
        "unused": now.unused,
        "licence": now.other,
    }
    assert {name: usd for name, usd in ours.items() if usd} == {
        name: usd for name, usd in of_template.items() if usd
    }
    by_day = {row["day"]: row["utilization"] for row in template}
    assert {row.key for row in result.rows} == set(by_day)
    for row in result.rows:
        assert isinstance(row.key, date)
        assert (row.now.utilization is None) == (by_day[row.key] is None)
        if row.now.utilization is not None:
            assert float(row.now.utilization) == pytest.approx(by_day[row.key])


@settings(max_examples=12, deadline=None)
@given(anything, st.sampled_from([ADMIN, ACME]))
def test_costs_per_request_and_their_baseline_are_those_of_the_template(
    facts: list[Fact], who: Caller
) -> None:
    async def both(asking: Asking) -> tuple[EfficiencyResult, list[Record]]:
        template = await asking.templates.records("cost_per_request_by_model", who)
        return await asking.efficiency(DAYS, who), template

    result, template = asked(facts, both)
    ours = {row.key[0]: row for row in result.rows}
    assert set(ours) == {row["model"] for row in template}
    for expected in template:
        row = ours[expected["model"]]
        assert (row.requests, row.unpriced) == (expected["requests"], expected["unpriced_requests"])
        assert row.drift.requests_before == expected["baseline_requests"]
        if expected["fully_loaded_cost"] is not None:
            assert row.cost == expected["fully_loaded_cost"]
        assert _rounded(row.cost_per_request) == _rounded(expected["cost_per_request"])
        assert _rounded(row.cost_per_request_before) == _rounded(
            expected["baseline_cost_per_request"]
        )
        # A template divides to 15 digits: of a rate near nothing little is left to divide by.
        if (row.cost_per_request_before or 0) > Decimal("0.001"):
            assert (row.drift.plain is None) == (expected["drift"] is None)
            if row.drift.plain is not None:
                assert float(row.drift.plain) == pytest.approx(expected["drift"], abs=1e-9)


@settings(max_examples=12, deadline=None)
@given(anything, st.sampled_from([ADMIN, ACME]))
def test_failures_are_those_of_the_template(facts: list[Fact], who: Caller) -> None:
    async def both(asking: Asking) -> tuple[FailuresResult, list[Record]]:
        template = await asking.templates.records("failure_cost", who)
        return await asking.failures(DAYS, who), template

    result, template = asked(facts, both)
    added: dict[tuple[object, ...], tuple[int, int]] = {}
    for row in template:
        key = (row["product"], row["endpoint"], row["process"])
        failed, unpriced = added.get(key, (0, 0))
        added[key] = (failed + row["failed_requests"], unpriced + row["unpriced_requests"])
    assert {
        row.key: (row.judged.now.failed, row.judged.now.unpriced_failed) for row in result.rows
    } == added
    assert result.whole.now.failed == sum(row["failed_requests"] for row in template)
    assert sum(row.outcome.wasted for row in result.errors) == result.whole.now.wasted
    priced = {
        (row["product"], row["endpoint"], row["process"], row["result"], row["error_type"])
        for row in template
        if row["failure_cost"] is not None
    }
    if len(priced) == len(template):
        known = sum((row["failure_cost"] for row in template), Decimal(0))
        assert result.whole.now.wasted == known


def _rounded(usd: Decimal | None) -> Decimal | None:
    """As a template divides: money has 15 digits after the point."""
    return None if usd is None else usd.quantize(Decimal("1e-12"))
