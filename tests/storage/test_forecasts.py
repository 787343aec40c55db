"""Forecasts in both databases: each kept once, settled, counted, forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from storage import Store
from storage.records.forecast import Settled, StoredForecast
from tests.stores import TestClock

DAY = timedelta(days=1)
MADE_ON = date(2026, 10, 1)


def made(clock: TestClock, subject: str = "*/cost", day: date = MADE_ON) -> StoredForecast:
    return StoredForecast(
        subject=subject,
        made_on=day,
        horizon=7,
        first_day=day + DAY,
        last_day=day + 7 * DAY,
        expected=Decimal("100.123456"),
        lower=Decimal("90.5"),
        upper=Decimal(110),
        level=Decimal("0.95"),
        model="weekday median",
        history_days=60,
        made_at=clock.now,
        organization="acme",
        accuracy=Decimal("0.91"),
        seasonality=Decimal("0.5"),
        trend_direction="rising",
        trend_strength=Decimal("0.02"),
    )


async def test_what_is_kept_comes_back_to_the_last_digit(store: Store, clock: TestClock) -> None:
    row = made(clock)
    assert await store.forecasts.add([row]) == 1
    assert await store.forecasts.open(row.last_day) == [row]
    assert await store.forecasts.open(row.last_day - DAY) == []
    assert await store.forecasts.is_made("*/cost", MADE_ON)
    assert not await store.forecasts.is_made("*/cost", MADE_ON + DAY)


async def test_of_several_that_keep_the_same_at_once_one_does(
    store: Store, clock: TestClock
) -> None:
    rows = [made(clock, day=MADE_ON + place * DAY) for place in range(150)]
    added = await asyncio.gather(*(store.forecasts.add(rows) for _ in range(3)))
    assert sum(added) == 150
    changed = [replace(row, expected=Decimal(1)) for row in rows]
    assert await store.forecasts.add(changed) == 0
    assert await store.forecasts.open(date(2100, 1, 1)) == rows
    other = made(clock, "=acme/cost")
    await store.forecasts.add([other])
    found = await store.forecasts.last_made(["*/cost", "=acme/cost", "never"])
    assert found == {"*/cost": MADE_ON + 149 * DAY, "=acme/cost": MADE_ON}


async def test_what_came_is_told_the_newest_first(store: Store, clock: TestClock) -> None:
    rows = [made(clock, day=MADE_ON + place * DAY) for place in range(3)]
    await store.forecasts.add(rows)
    error = Decimal("0.112484")
    await store.forecasts.settle(
        [Settled(row.key, Decimal(90), error, held=False) for row in rows[:2]]
    )
    came = await store.forecasts.came_true("*/cost", 7)
    assert [one.made_on for one in came] == [MADE_ON + DAY, MADE_ON]
    assert came[0] == replace(
        rows[1], actual=Decimal(90), error=error, held=False, settled_at=clock.now
    )
    assert await store.forecasts.came_true("*/cost", 30) == []
    assert await store.forecasts.open(date(2100, 1, 1)) == rows[2:]


async def test_an_error_beyond_all_measure_is_no_error_that_can_be_kept(
    store: Store, clock: TestClock
) -> None:
    row = made(clock)
    await store.forecasts.add([row])
    huge = Settled(row.key, Decimal("1e-12"), Decimal("1e14"), held=False)
    await store.forecasts.settle([huge])
    [came] = await store.forecasts.came_true("*/cost", 7)
    assert (came.actual, came.error, came.held) == (Decimal("1e-12"), None, False)


async def test_those_of_a_budget_are_told_by_period(store: Store, clock: TestClock) -> None:
    budget = uuid4()
    rows = [
        replace(made(clock, f"budget|{budget}", MADE_ON + place * DAY), budget_id=budget)
        for place in range(2)
    ]
    await store.forecasts.add([*rows, made(clock)])
    for row in rows:
        await store.forecasts.settle([Settled(row.key, Decimal(90), Decimal(0), held=True)])
    found = await store.forecasts.of_budget(budget, rows[1].first_day)
    assert [one.made_on for one in found] == [rows[1].made_on]
    assert len(await store.forecasts.of_budget(budget, MADE_ON)) == 2
    assert await store.forecasts.of_budget(uuid4(), MADE_ON) == []


async def test_they_are_dropped_by_key_and_forgotten_by_age(store: Store, clock: TestClock) -> None:
    rows = [made(clock, day=MADE_ON + place * DAY) for place in range(4)]
    await store.forecasts.add(rows)
    await store.forecasts.drop([rows[0].key])
    assert await store.forecasts.open(date(2100, 1, 1)) == rows[1:]
    assert await store.forecasts.forget_before(rows[2].last_day) == 1
    assert await store.forecasts.open(date(2100, 1, 1)) == rows[2:]
