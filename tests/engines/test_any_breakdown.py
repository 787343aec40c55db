"""Any breakdown, over requests of ten days, hourly and daily, against plain Python."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.periods import Window
from queries.breakdown import Basis, Breakdown, break_down
from queries.dimensions import Dimensions
from queries.engines import DuckDbEngine
from queries.engines.duckdb import EngineLimits
from queries.mart import Mart
from queries.measures import Measures
from tests.engines.test_breakdown import BERLIN, KOLKATA, days
from tests.mart.rows import UTC_ZONE, Row, StoppedClock, load, request

D = Dimensions()

FIRST = datetime(2024, 9, 30, tzinfo=UTC)


def _any_requests() -> list[Row]:
    draw = random.Random(7)
    rows: list[Row] = []
    for i in range(600):
        category = draw.choice(["inference", "inference", "inference", "idle"])
        unpriced = draw.random() < 0.1
        inference = category == "inference"
        rows.append(
            request(
                str(i),
                FIRST + timedelta(seconds=draw.randrange(10 * 86_400)),
                None if unpriced else f"{draw.randrange(10**6)}.{draw.randrange(10**15):015}",
                requests=draw.randrange(1, 4),
                unpriced_requests=0,
                cost_category=category,
                organization=draw.choice(["acme", "globex", None]),
                model=draw.choice(["a", "b", "c", None]),
                team=draw.choice(["x", "y"]),
                is_internal=draw.choice([True, False, False, None]),
                price_source=draw.choice(["list", "genai-prices"]),
                attributed_idle_cost=Decimal(draw.randrange(9)) if inference else None,
                attributed_overhead_cost=Decimal("0.5") if inference else None,
                gpu_seconds=Decimal(draw.randrange(10**9)) / 10**9,
            )
        )
    return rows


ROWS = _any_requests()
# Five of the ten days keep their hours.
CLOCK = StoppedClock(FIRST + timedelta(days=9, hours=12))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDbEngine]:
    mart = Mart(tmp_path_factory.mktemp("home"), D, CLOCK, hourly_days=4)
    load(mart, *ROWS)
    engine = DuckDbEngine(mart, EngineLimits(kept_results=0))
    yield engine
    asyncio.run(engine.close())


def _expected(question: Breakdown) -> dict[tuple[object, ...], list[Measures]]:
    answer: dict[tuple[object, ...], list[Measures]] = {}
    zone = question.window.zone
    for row in ROWS:
        if not _counts(row, question):
            continue
        time = cast("datetime", row["time"])
        hour = time.replace(minute=0, second=0, microsecond=0)
        hourly = (CLOCK.now.date() - time.date()).days <= 4
        day = hour.astimezone(zone).date() if hourly else time.date()

        def within(
            window: Window | None, day: date = day, hour: datetime | None = hour if hourly else None
        ) -> bool:
            if window is None:
                return False
            if hour is not None:
                return window.start <= hour < window.end
            return window.first_day <= day < window.end.astimezone(zone).date()

        is_now, is_compared = within(question.window), within(question.compared)
        if not is_now and not within(question.before):
            continue
        moved = timedelta()
        if not is_now and question.before is not None:
            moved = question.window.first_day - question.before.first_day
        key = tuple(
            day + moved if name == "day" else row.get(D[name].column) for name in question.by
        )
        parts = answer.setdefault(key, [Measures(), Measures(), Measures()])
        parts[0 if is_now else 1] += _measures(row, question)
        if is_compared:
            parts[2] += _measures(row, question)
    return answer


def _counts(row: Row, question: Breakdown) -> bool:
    if question.cost_only and question.customers_only and row["is_internal"] is not False:
        return False
    if question.organization not in (None, row["organization"]):
        return False
    if question.basis is Basis.FULLY_LOADED and row["cost_category"] != "inference":
        return False
    return all(row.get(D[n].column) in v for n, v in question.filters.items())


def _measures(row: Row, question: Breakdown) -> Measures:
    cost = cast("Decimal | None", row["billed_cost"]) or Decimal(0)
    if question.basis is Basis.FULLY_LOADED:
        cost += cast("Decimal", row["attributed_idle_cost"])
        cost += cast("Decimal", row["attributed_overhead_cost"])
    requests = cast("int", row["requests"])
    internal, estimated = row["is_internal"], row["price_source"] == "genai-prices"
    kept = internal is False or not question.customers_only
    found: dict[str, object] = {one.name: row.get(one.name, 0) for one in fields(Measures) if kept}
    found |= {"cost": cost} if kept else {}
    if question.cost_only:
        return Measures(cost=cost, requests=requests)
    if estimated and kept:
        found |= {"estimated_requests": requests, "estimated_cost": cost}
    if internal is True:
        found |= {"internal_requests": requests, "internal_cost": cost}
    if internal is None:
        found |= {"unknown_requests": requests, "unknown_cost": cost}
    return Measures(**found)  # pyright: ignore[reportArgumentType] - names are those of Measures


@st.composite
def questions(draw: st.DrawFn) -> Breakdown:
    zone = draw(st.sampled_from([UTC_ZONE, BERLIN, KOLKATA, ZoneInfo("America/New_York")]))
    start = FIRST.date() + timedelta(days=draw(st.integers(0, 9)))
    length = draw(st.integers(1, 5))
    window = days(start, start + timedelta(days=length - 1), zone)
    before = days(start - timedelta(days=length), start - timedelta(days=1), zone)
    later = timedelta(hours=draw(st.sampled_from([0, 0, 7, 23])))
    window, before = (Window(one.start + later, one.end + later, zone) for one in (window, before))
    hours = draw(st.one_of(st.none(), st.integers(1, 24 * length)))
    compared_until = None
    if hours is not None:
        compared_until = window.start.replace(minute=0) + timedelta(hours=hours)
        end = before.start.replace(minute=0) + timedelta(hours=hours)
        before = Window(before.start, min(end, before.end), zone)
    names = st.sampled_from(["model", "organization", "team", "day", "category"])
    values = {"model": ["a", "b", "nope"], "team": ["x", "y"]}
    filtered = draw(st.lists(st.sampled_from(sorted(values)), unique=True))
    return Breakdown(
        window,
        before if draw(st.booleans()) else None,
        tuple(draw(st.lists(names, max_size=2, unique=True))),
        {
            name: tuple(draw(st.lists(st.sampled_from(values[name]), min_size=1, unique=True)))
            for name in filtered
        },
        draw(st.sampled_from([None, "acme"])),
        draw(st.sampled_from(list(Basis))),
        draw(st.booleans()),
        draw(st.booleans()),
        compared_until,
    )


@settings(max_examples=100)
@given(question=questions())
def test_any_breakdown_is_what_plain_python_adds_up(
    asked: DuckDbEngine, question: Breakdown
) -> None:
    groups = asyncio.run(break_down(asked, D, question))
    expected = _expected(question)
    if not question.by:
        expected.setdefault((), [Measures(), Measures(), Measures()])
    assert {group.key: [group.now, group.before, group.compared] for group in groups} == expected
    if question.by[:1] == ("day",):
        assert [str(g.key[0]) for g in groups] == sorted(str(g.key[0]) for g in groups)
    else:
        assert [g.now.cost for g in groups] == sorted((g.now.cost for g in groups), reverse=True)
