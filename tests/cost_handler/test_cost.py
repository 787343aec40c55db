"""What something cost, from real facts in a real mart, within what the caller may see."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.periods import Calendar, Dates, Last
from analysis.roles import Role
from handlers.caller import Caller
from handlers.cost import CostHandler
from handlers.cost_results import CostRequest
from queries.breakdown import Basis
from queries.dimensions import Dimensions
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from tests.facts import add, fill, request
from tests.slack.conftest import FACTS, NOW, at

UTC_ZONE = ZoneInfo("UTC")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, UTC_ZONE)
ACME = replace(ADMIN, organization="acme", role=Role.ORG_ADMIN)
GLOBEX = replace(ADMIN, organization="globex", role=Role.USER)
TODAY = CostRequest(Calendar.TODAY)


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    return Mart(tmp_path, Dimensions(), lambda: NOW)


@pytest.fixture
async def handler(mart: Mart) -> AsyncGenerator[CostHandler]:
    fill(mart, FACTS, NOW)
    engine = DuckDbEngine(mart)
    yield CostHandler(engine, Dimensions(), lambda: NOW, 26.0)
    await engine.close()


async def test_the_total_is_fully_loaded_and_leaves_idle_machines_out(
    handler: CostHandler,
):
    result = await handler.cost(TODAY, ADMIN)
    assert result.total.cost == Decimal("4.90")
    assert result.total.requests == 8


async def test_infrastructure_is_what_the_machines_cost_and_nothing_twice(
    handler: CostHandler,
):
    result = await handler.cost(replace(TODAY, basis=Basis.INFRASTRUCTURE), ADMIN)
    assert result.total.cost == Decimal("5.25")


async def test_categories_are_only_ever_added_up_as_infrastructure(
    handler: CostHandler,
):
    result = await handler.cost(replace(TODAY, by=("category",)), ADMIN)
    assert result.request.basis is Basis.INFRASTRUCTURE
    assert {row.key[0]: row.measures.cost for row in result.rows} == {
        "inference": Decimal("4.75"),
        "idle": Decimal("0.50"),
    }


async def test_today_is_compared_with_the_same_hours_a_week_ago(handler: CostHandler):
    delta = (await handler.cost(TODAY, ADMIN)).delta
    assert delta is not None
    # GPU facts end at 12:15, so the hours to 12:00 are complete in both days.
    assert (delta.now, delta.before) == (Decimal("4.5"), Decimal(2))
    assert delta.label == "the same hours last Friday"


async def test_the_rows_add_up_to_the_total(handler: CostHandler):
    result = await handler.cost(replace(TODAY, by=("model",)), ADMIN)
    assert sum(row.measures.cost for row in result.rows) == result.total.cost
    assert sum(row.share or 0 for row in result.rows) == 1
    assert [row.key[0] for row in result.rows] == [
        "gpt-4",
        "claude-3-haiku",
        "ltxv-13b",
        "aurora",
    ]


async def test_what_moved_the_total_is_named_with_its_dollars(handler: CostHandler):
    result = await handler.cost(TODAY, ADMIN)
    assert result.moved_along == ("model",)
    assert (result.movers[0].key, result.movers[0].delta.change) == (
        ("gpt-4",),
        Decimal(2),
    )


async def test_beyond_the_top_come_the_others(handler: CostHandler):
    result = await handler.cost(replace(TODAY, by=("model",), top=1), ADMIN)
    assert [row.key for row in result.shown] == [("gpt-4",)]
    assert result.others is not None
    assert result.others.measures.cost == Decimal("0.90")
    assert result.others.delta is not None
    assert (result.others.delta.now, result.others.delta.before) == (Decimal("0.5"), 0)


async def test_the_top_hours_are_the_dearest_ones_in_order_of_time(handler: CostHandler):
    both = CostRequest(Dates(date(2026, 11, 19), date(2026, 11, 20)), by=("hour",), top=2)
    result = await handler.cost(both, ADMIN)
    hours = [datetime(2026, 11, 19, 20, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)]
    assert [row.key for row in result.shown] == [(hour,) for hour in hours]
    assert [row.measures.cost for row in result.shown] == [9, 4]
    assert result.others is not None
    assert result.others.measures.cost == result.total.cost - 13


async def test_unpriced_requests_are_counted_and_their_models_named(
    handler: CostHandler,
):
    result = await handler.cost(TODAY, ADMIN)
    assert result.total.unpriced_requests == 4
    assert result.unpriced_models == ("aurora",)


async def test_a_caller_sees_the_own_organization_only(handler: CostHandler):
    result = await handler.cost(replace(TODAY, by=("organization",)), GLOBEX)
    assert [row.key for row in result.rows] == [("globex",)]
    assert result.total.cost == Decimal(1)
    assert result.unpriced_models == ()


async def test_a_foreign_organization_is_one_that_does_not_exist(handler: CostHandler):
    for name in ("acme", "no-such-company"):
        with pytest.raises(NotFound) as refusal:
            await handler.cost(replace(TODAY, filters={"organization": (name,)}), GLOBEX)
        assert refusal.value.sentence == f"There is no organization `{name}` in your costs."
        assert "acme" not in refusal.value.hint


async def test_a_foreign_model_is_not_suggested(handler: CostHandler):
    with pytest.raises(NotFound) as refusal:
        await handler.cost(replace(TODAY, filters={"model": ("claude-3-haik",)}), GLOBEX)
    assert "claude-3-haiku" not in refusal.value.hint


async def test_an_unknown_model_is_answered_with_the_nearest(handler: CostHandler):
    with pytest.raises(NotFound) as refusal:
        await handler.cost(replace(TODAY, filters={"model": ("gpt4",)}), ADMIN)
    assert refusal.value.hint == "Did you mean `gpt-4`?"


async def test_a_name_is_found_whatever_its_case(handler: CostHandler):
    result = await handler.cost(replace(TODAY, filters={"model": ("GPT-4",)}), ADMIN)
    assert result.request.filters == {"model": ("gpt-4",)}
    assert result.total.cost == Decimal(4)


async def test_users_are_for_those_who_may_see_them(handler: CostHandler):
    by_user = replace(TODAY, by=("user",))
    assert (await handler.cost(by_user, ACME)).total.cost == Decimal("3.90")
    with pytest.raises(NotAllowed):
        await handler.cost(by_user, GLOBEX)
    with pytest.raises(NotAllowed):
        await handler.cost(replace(TODAY, filters={"key": ("x",)}), GLOBEX)


async def test_internal_and_unknown_traffic_is_left_out_of_customers_and_counted(
    handler: CostHandler, mart: Mart
):
    add(
        mart,
        [
            request(at(20, 8), "10", organization="acme", model="gpt-4", is_internal=True),
            request(at(20, 8), "20", organization="acme", model="gpt-4", is_internal=None),
        ],
    )
    everything = await handler.cost(TODAY, ADMIN)
    assert everything.total.cost == Decimal("34.90")
    customers = await handler.cost(replace(TODAY, customers_only=True), ADMIN)
    assert customers.total.cost == Decimal("4.90")
    assert (customers.total.internal_cost, customers.total.unknown_cost) == (10, 20)
    assert (await handler.cost(TODAY, ACME)).total.cost == Decimal("3.90")


async def test_days_are_those_of_the_caller(handler: CostHandler, mart: Mart):
    add(mart, [request(datetime(2026, 11, 20, 2, tzinfo=UTC), "100", model="gpt-4")])
    new_york = replace(ADMIN, zone=ZoneInfo("America/New_York"))
    nineteenth = CostRequest(Dates(date(2026, 11, 19), date(2026, 11, 19)))
    assert (await handler.cost(nineteenth, new_york)).total.cost == Decimal(111)
    assert (await handler.cost(nineteenth, ADMIN)).total.cost == Decimal(11)


async def test_days_stand_beside_the_days_before(handler: CostHandler):
    result = await handler.cost(CostRequest(Last(2, "d"), by=("day",)), ADMIN)
    assert [row.key for row in result.rows] == [
        (date(2026, 11, 19),),
        (date(2026, 11, 20),),
    ]


async def test_a_day_is_compared_with_the_same_weekday_or_not_at_all(
    handler: CostHandler, mart: Mart
):
    add(mart, [request(at(1, 8), "1", model="gpt-4"), request(at(13, 8), "4", model="gpt-4")])
    week = await handler.cost(CostRequest(Last(7, "d"), by=("day",)), ADMIN)
    assert week.rows[-1].key == (date(2026, 11, 20),)
    assert week.rows[-1].delta is not None
    assert week.rows[-1].delta.before == 6
    five = await handler.cost(CostRequest(Last(5, "d"), by=("day",)), ADMIN)
    assert five.delta is not None
    assert [row.delta for row in five.rows] == [None, None]


async def test_two_dimensions_divide_each_other(handler: CostHandler):
    result = await handler.cost(replace(TODAY, by=("model", "organization")), ADMIN)
    assert result.rows[0].key == ("gpt-4", "acme")
    assert result.rows[0].measures.cost == Decimal(3)


async def test_a_period_without_facts_is_empty_and_tells_what_is_covered(
    handler: CostHandler,
):
    result = await handler.cost(CostRequest(Dates(date(2025, 1, 1), date(2025, 1, 2))), ADMIN)
    assert result.is_empty
    assert result.covered == (date(2026, 11, 13), date(2026, 11, 20))


async def test_three_dimensions_are_one_too_many(handler: CostHandler):
    with pytest.raises(NotUnderstood):
        await handler.cost(replace(TODAY, by=("model", "product", "day")), ADMIN)


async def test_an_empty_mart_answers_too(tmp_path: Path):
    engine = DuckDbEngine(Mart(tmp_path / "empty", Dimensions(), lambda: NOW))
    result = await CostHandler(engine, Dimensions(), lambda: NOW, 26.0).cost(TODAY, ADMIN)
    assert result.is_empty
    assert result.covered is None
    await engine.close()
