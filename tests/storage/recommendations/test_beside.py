"""What is kept beside recommendations: what they saved, opportunities, and when they were drawn."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from analysis.errors import Outdated
from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind
from analysis.recommendations.kept.opportunity_states import OpportunityState
from storage import Store
from storage.records.recommendation import Drawn
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement
from storage.repositories.recommendation_runs import GIVEN_UP
from tests.recommendations.proposals import proposal
from tests.stores import TestClock

FIRST, LAST = date(2026, 10, 21), date(2026, 11, 19)

OPPORTUNITY = Opportunity(
    kind=OpportunityKind.DUPLICATE_REQUESTS,
    organization="acme",
    title="Requests that ask what was asked before",
    affected={"model": ("gpt-4",)},
    first_day=FIRST,
    last_day=LAST,
    current_cost=Decimal("120.5"),
    potential_savings=Decimal("40.25"),
    confidence=Decimal("0.7"),
    method="by hash",
    data={"repeats": 12},
    actions=("Keep answers.",),
    hours_to_implement=8,
)


async def test_a_day_is_measured_once_and_the_last_one_is_found(
    store: Store, clock: TestClock
) -> None:
    rows = [
        await store.recommendations.add(Drawn.of(proposal(model), FIRST, LAST))
        for model in ("gpt-4", "gpt-4-turbo", "claude-3-opus")
    ]
    ids = [row.id for row in rows if row is not None]
    first = SavingsMeasurement(
        recommendation_id=ids[0],
        as_of=LAST,
        state=MeasurementState.NOT_SEEN_YET,
        promised=Decimal("1.5"),
        measured_low=None,
        measured_likely=None,
        measured_high=None,
        method="before and after",
        control="",
        days=1,
        measured_at=clock.now,
    )
    seen = replace(
        first,
        as_of=LAST + timedelta(days=1),
        state=MeasurementState.SEEN,
        measured_low=Decimal(1),
        measured_likely=Decimal("2.000000000000001"),
        measured_high=Decimal(3),
        details={"requests": 3},
    )
    other = replace(first, recommendation_id=ids[1])
    await store.measurements.put([first, seen, other])
    corrected = replace(first, promised=Decimal("1.6"))
    await store.measurements.put([corrected])
    assert await store.measurements.of_recommendation(ids[0]) == [corrected, seen]
    assert await store.measurements.latest(ids) == {ids[0]: seen, ids[1]: other}


async def test_an_opportunity_is_live_once_and_comes_back_to_the_last_digit(
    store: Store, clock: TestClock
) -> None:
    row = await store.opportunities.add(OPPORTUNITY)
    assert row is not None
    assert row.content == OPPORTUNITY
    assert await store.opportunities.add(OPPORTUNITY) is None
    assert await store.opportunities.find(row.id, within="acme") == row
    assert await store.opportunities.find(row.id, within="globex") is None
    assert await store.opportunities.find_beginning(row.id.hex[:6]) == [row]
    dismissed = replace(row, state=OpportunityState.DISMISSED, resolution="meant so")
    kept = await store.opportunities.write(dismissed)
    assert kept == replace(dismissed, version=2)
    with pytest.raises(Outdated):
        await store.opportunities.write(dismissed)
    clock.advance(timedelta(days=1))
    again = await store.opportunities.add(OPPORTUNITY)
    assert again is not None
    assert await store.opportunities.latest_of("acme") == [again]
    assert await store.opportunities.counts() == {
        OpportunityState.DISMISSED: 1,
        OpportunityState.OPEN: 1,
    }
    assert await store.opportunities.organizations() == {"acme"}


async def test_opportunities_are_paged_by_what_they_could_save(store: Store) -> None:
    saved = [Decimal(number * 37 % 11) for number in range(11)]
    for number, amount in enumerate(saved):
        one = replace(OPPORTUNITY, organization=f"o{number}", potential_savings=amount)
        assert await store.opportunities.add(one)
    first = await store.opportunities.page(limit=6)
    rest = await store.opportunities.page(after=first[-1], limit=6)
    found = [row.content.potential_savings for row in (*first, *rest)]
    assert found == sorted(saved, reverse=True)


async def test_a_slot_is_drawn_once_unless_the_run_was_ended(
    store: Store, clock: TestClock
) -> None:
    runs = store.recommendation_runs
    begun = await asyncio.gather(*(runs.begin("night", None, FIRST, LAST) for _ in range(4)))
    (key,) = [one for one in begun if one is not None]
    assert await runs.last(None) is None
    clock.advance(GIVEN_UP)
    again = await runs.begin("night", None, FIRST, LAST)
    assert again not in (None, key)
    assert again is not None
    assert not await runs.is_finished("night")
    await runs.finish(again, {"created": 3}, ["caching"])
    assert await runs.is_finished("night")
    clock.advance(GIVEN_UP)
    assert await runs.begin("night", None, FIRST, LAST) is None
    last = await runs.last("acme")
    assert last is not None
    assert (last.counts, last.failed, last.finished_at) == (
        {"created": 3},
        ("caching",),
        clock.now - GIVEN_UP,
    )
    other = await runs.begin("asked", "globex", FIRST, LAST)
    assert other is not None
    await runs.finish(other, {}, [])
    lasts = [await runs.last("acme"), await runs.last("globex")]
    assert [one.slot for one in lasts if one is not None] == ["night", "asked"]
