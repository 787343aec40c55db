"""The breakdown, against worked cases and against plain Python over the same requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.periods import Window
from queries.breakdown import Basis, Breakdown, Group, break_down, known_values
from queries.dimensions import Dimensions, Source
from queries.engines import DuckDbEngine
from queries.mart import Mart
from queries.measures import Measures
from tests.mart.rows import NOON, UTC_ZONE, StoppedClock, load, request

D = Dimensions()
BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


def days(first: date, last: date, zone: ZoneInfo = UTC_ZONE) -> Window:
    """The window of some local days, the last included."""
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    return Window(start.astimezone(UTC), end.astimezone(UTC), zone)


TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
NOW, BEFORE = days(TODAY, TODAY), days(YESTERDAY, YESTERDAY)


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    return Mart(tmp_path, D, StoppedClock())


@pytest.fixture
async def engine(mart: Mart) -> AsyncIterator[DuckDbEngine]:
    engine = DuckDbEngine(mart)
    yield engine
    await engine.close()


async def test_nothing_at_all_is_one_group_of_zeros(engine: DuckDbEngine) -> None:
    assert await break_down(engine, D, Breakdown(NOW, BEFORE)) == [
        Group((), Measures(), Measures(), Measures())
    ]
    assert await break_down(engine, D, Breakdown(NOW, BEFORE, ("model",))) == []


async def test_the_dearest_comes_first_with_the_window_before_beside_it(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(
        mart,
        request("a", cost="1", model="small"),
        request("b", cost="5", model="large", requests=2),
        request("c", NOON - timedelta(days=1), cost="3", model="small"),
        request("d", NOON - timedelta(days=1), cost="9", model="gone"),
        request("e", NOON - timedelta(days=2), cost="100"),
    )
    groups = await break_down(engine, D, Breakdown(NOW, BEFORE, ("model",)))
    assert [(g.key, g.now.cost, g.now.requests, g.before.cost) for g in groups] == [
        (("large",), Decimal(5), 2, Decimal(0)),
        (("small",), Decimal(1), 1, Decimal(3)),
        (("gone",), Decimal(0), 0, Decimal(9)),
    ]


async def test_fully_loaded_is_of_inference_and_infrastructure_of_everything(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(
        mart,
        request(
            "a", cost="10", attributed_idle_cost=Decimal(2), attributed_overhead_cost=Decimal(1)
        ),
        request("b", cost="3", cost_category="idle", requests=0),
        request("c", cost="2", cost_category="unused", requests=0),
        source=Source.GPU,
    )
    loaded, infrastructure = [
        (await break_down(engine, D, Breakdown(NOW, basis=basis)))[0].now.cost for basis in Basis
    ]
    assert (loaded, infrastructure) == (Decimal(13), Decimal(15))


async def test_customers_only_leaves_internal_and_unknown_out_and_counts_them(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(
        mart,
        request("a", cost="1", price_source="genai-prices"),
        request("b", cost="2", is_internal=True, price_source="genai-prices"),
        request("c", cost="4", is_internal=None),
        request("d", cost=None, is_internal=None),
    )
    customers, everybody = [
        (await break_down(engine, D, Breakdown(NOW, customers_only=only)))[0].now
        for only in (True, False)
    ]
    assert (customers.cost, customers.requests, customers.fresh_input_tokens) == (1, 1, 10)
    assert (customers.estimated_cost, customers.unpriced_requests) == (1, 0)
    assert (everybody.cost, everybody.requests, everybody.unpriced_requests) == (7, 4, 1)
    assert (everybody.estimated_requests, everybody.estimated_cost) == (2, 3)
    for measures in (customers, everybody):
        assert (measures.internal_requests, measures.internal_cost) == (1, 2)
        assert (measures.unknown_requests, measures.unknown_cost) == (2, 4)


async def test_the_askers_organization_cannot_be_filtered_away(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a"), request("b", organization="globex"))
    question = Breakdown(
        NOW,
        by=("organization",),
        filters={"organization": ("globex", "acme")},
        organization="globex",
    )
    assert [g.key for g in await break_down(engine, D, question)] == [("globex",)]
    other = Breakdown(NOW, filters={"organization": ("acme",)}, organization="globex")
    assert (await break_down(engine, D, other))[0].now == Measures()


async def test_a_filter_without_values_lets_nothing_through(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a"))
    assert (await break_down(engine, D, Breakdown(NOW, filters={"model": ()})))[0].now.requests == 0


async def test_days_are_local_and_stand_beside_the_same_day_of_the_window_before(
    mart: Mart, engine: DuckDbEngine
) -> None:
    late = datetime(2024, 12, 4, 23, 30, tzinfo=UTC)
    load(mart, request("a", late, cost="1"), request("b", late - timedelta(days=2), cost="2"))
    window = days(date(2024, 12, 4), date(2024, 12, 5), BERLIN)
    before = days(date(2024, 12, 2), date(2024, 12, 3), BERLIN)
    groups = await break_down(engine, D, Breakdown(window, before, ("day",)))
    assert [(g.key, g.now.cost, g.before.cost) for g in groups] == [((date(2024, 12, 5),), 1, 2)]


async def test_a_longer_window_before_keeps_what_has_no_counterpart_apart(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a", NOON - timedelta(days=1), cost="2"), request("b", cost="1"))
    before = days(TODAY - timedelta(days=3), YESTERDAY)
    groups = await break_down(engine, D, Breakdown(NOW, before, ("day",)))
    assert [(g.key, g.now.cost, g.before.cost) for g in groups] == [
        ((TODAY,), 1, 0),
        ((None,), 0, 2),
    ]


async def test_hours_are_instants_in_order_of_time(mart: Mart, engine: DuckDbEngine) -> None:
    load(
        mart,
        request("a", NOON + timedelta(minutes=59), cost="1"),
        request("b", NOON + timedelta(hours=1), cost="2"),
        request("c", NOON - timedelta(days=1), cost="4"),
    )
    groups = await break_down(engine, D, Breakdown(NOW, BEFORE, ("hour",)))
    assert [(g.key, g.now.cost, g.before.cost) for g in groups] == [
        ((NOON,), 1, 4),
        ((NOON + timedelta(hours=1),), 2, 0),
    ]


async def test_a_day_kept_without_hours_is_the_local_day_of_its_date(
    mart: Mart, engine: DuckDbEngine
) -> None:
    old = datetime(2024, 6, 1, 23, tzinfo=UTC)
    load(mart, request("a", old, cost="1"))
    first, second = date(2024, 6, 1), date(2024, 6, 2)
    by_day = Breakdown(days(first, second, BERLIN), by=("day",))
    assert [g.key for g in await break_down(engine, D, by_day)] == [(first,)]
    for zone in (BERLIN, KOLKATA, ZoneInfo("America/Los_Angeles")):
        one = Breakdown(days(first, first, zone), days(date(2024, 5, 31), date(2024, 5, 31), zone))
        group = (await break_down(engine, D, one))[0]
        assert (group.now.cost, group.before.cost) == (1, 0)
    by_hour = Breakdown(days(first, second, BERLIN), by=("hour",))
    assert [g.key for g in await break_down(engine, D, by_hour)] == [(None,)]


def test_a_zone_off_the_hour_is_said_to_cut_hours() -> None:
    assert Breakdown(days(TODAY, TODAY, KOLKATA)).cuts_hours
    assert not Breakdown(days(TODAY, TODAY, BERLIN)).cuts_hours


@pytest.mark.parametrize(
    ("by", "before"), [(("model", "team", "day"), None), (("day", "day"), None), ((), NOW)]
)
def test_an_impossible_question_is_a_bug(by: tuple[str, ...], before: Window | None) -> None:
    with pytest.raises(ValueError, match=r"two different things|window before"):
        Breakdown(NOW, before, by)


async def test_known_values_are_those_of_the_askers_organization(
    mart: Mart, engine: DuckDbEngine
) -> None:
    assert await known_values(engine, D["model"]) == []
    load(
        mart,
        request("a", model="b"),
        request("b", model="a", organization="globex"),
        request("c", model=None),
        request("d", NOON - timedelta(days=90), model="forgotten"),
    )
    assert await known_values(engine, D["model"]) == ["a", "b"]
    assert await known_values(engine, D["model"], "acme") == ["b"]


async def test_the_year_before_is_compared_without_what_lies_between(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(
        mart,
        request("a", cost="1"),
        request("b", NOON - timedelta(days=30), cost="50"),
        request("c", NOON - timedelta(days=365), cost="2"),
    )
    last_year = TODAY - timedelta(days=365)
    question = Breakdown(NOW, days(last_year, last_year))
    group = (await break_down(engine, D, question))[0]
    assert (group.now.cost, group.before.cost) == (1, 2)


@pytest.mark.parametrize("basis", list(Basis))
async def test_a_question_of_cost_alone_has_the_same_costs(
    mart: Mart, engine: DuckDbEngine, basis: Basis
) -> None:
    load(
        mart,
        request("a", cost="1", model="small", is_internal=True),
        request("b", cost="5", model="large", requests=2, attributed_idle_cost="0.5"),
        request("c", NOON - timedelta(days=1), cost="3", model="small"),
    )
    whole = await break_down(engine, D, Breakdown(NOW, BEFORE, ("model",), basis=basis))
    lean = await break_down(
        engine, D, Breakdown(NOW, BEFORE, ("model",), basis=basis, cost_only=True)
    )
    assert [(g.key, g.now.cost, g.now.requests, g.before.cost) for g in lean] == [
        (g.key, g.now.cost, g.now.requests, g.before.cost) for g in whole
    ]
    assert any(group.now.internal_requests for group in whole)
    assert not any(group.now.internal_requests for group in lean)
