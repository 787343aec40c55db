"""Where budgets stand: over the facts of their scope, with what was carried, and what is known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from analysis.budgets.levels import Level
from analysis.budgets.status import State
from analysis.errors import BadInput
from handlers.budgets.requests import ListRequest, ShowRequest, Which
from tests.budgets.handlers.conftest import (
    ADMIN,
    KEEPER,
    MEMBER,
    OpenDesk,
    daily,
    end_of,
    spent,
)

PROD = Which("Prod LLM")
MONTHS = (
    *daily(date(2026, 9, 1), date(2026, 9, 30), "30"),  # 900
    *daily(date(2026, 10, 1), date(2026, 10, 31), "10"),  # 310
    *daily(date(2026, 11, 1), date(2026, 11, 19), "20"),  # 380
    end_of(date(2026, 11, 19)),
)


async def test_what_is_unspent_is_carried_up_to_the_cap(desk: OpenDesk) -> None:
    async with desk(MONTHS) as at:
        await at.create(KEEPER, rollover="500", start="2026-09-01")
        shown = await at.budgets.read.show(ShowRequest(PROD), MEMBER)
        standing = shown.standing
        limits = [one.limit for one in (standing.outcome, *standing.past)]
        assert [limit.carried for limit in limits] == [500, 100, 0]
        assert [limit.total for limit in limits] == [1500, 1100, 1000]
        assert standing.status.utilization == Decimal(380) / 1500
        at_the_end = ShowRequest(PROD, date(2026, 10, 31))
        october = await at.budgets.read.status(at_the_end, MEMBER)
        assert (october.status.limit, october.status.spend) == (1100, 310)


async def test_what_begins_before_the_data_carries_nothing(desk: OpenDesk) -> None:
    async with desk(MONTHS) as at:
        await at.create(KEEPER, rollover="500", start="2026-08-01")
        past = (await at.budgets.read.show(ShowRequest(PROD), MEMBER)).standing.past
        assert [one.limit.carried for one in past] == [100, 0, 0]


async def test_the_status_of_a_day_behind_us_knows_nothing_of_later_ones(desk: OpenDesk) -> None:
    async with desk(MONTHS) as at:
        await at.create(KEEPER)
        standing = await at.budgets.read.status(ShowRequest(PROD, date(2026, 11, 10)), MEMBER)
        assert (standing.status.spend, standing.status.as_of) == (200, date(2026, 11, 10))
        assert not standing.status.is_provisional
        with pytest.raises(BadInput, match="is not here yet"):
            await at.budgets.read.status(ShowRequest(PROD, date(2026, 11, 21)), MEMBER)


async def test_today_is_in_the_spend_and_says_that_it_still_grows(desk: OpenDesk) -> None:
    async with desk([*MONTHS, spent(date(2026, 11, 20), "5")]) as at:
        await at.create(KEEPER)
        status = (await at.budgets.read.status(ShowRequest(PROD), MEMBER)).status
        assert (status.spend, status.is_provisional) == (385, True)
        assert status.burn == 20


async def test_unpriced_requests_are_counted_beside(desk: OpenDesk) -> None:
    unpriced = spent(date(2026, 11, 3), None, requests=7, model="aurora")
    earlier = spent(date(2026, 10, 3), None, requests=5, model="aurora")
    async with desk([*MONTHS, unpriced, earlier]) as at:
        await at.create(KEEPER)
        standing = await at.budgets.read.status(ShowRequest(PROD), MEMBER)
        assert (standing.status.spend, standing.status.unpriced_requests) == (380, 7)


async def test_an_organization_is_not_charged_with_internal_traffic(desk: OpenDesk) -> None:
    inside = spent(date(2026, 11, 3), "1000", is_internal=True)
    async with desk([*MONTHS, inside]) as at:
        await at.create(KEEPER)
        await at.create(ADMIN, name="All")
        listed = await at.budgets.read.list(ListRequest(), ADMIN)
        spends = {one.budget.name: one.status.spend for one in listed.standings}
        assert spends == {"Prod LLM": 380, "All": 1380}


async def test_without_any_data_nothing_is_ok(desk: OpenDesk) -> None:
    async with desk() as at:
        await at.create(KEEPER)
        shown = await at.budgets.read.show(ShowRequest(PROD), MEMBER)
        assert shown.standing.status.level is Level.UNKNOWN
        assert (shown.standing.known, shown.drivers) == (None, None)


async def test_a_budget_that_has_not_begun_says_so(desk: OpenDesk) -> None:
    async with desk(MONTHS) as at:
        await at.create(KEEPER, start="2027-01-01")
        status = (await at.budgets.read.status(ShowRequest(PROD), MEMBER)).status
        assert (status.state, status.spend, status.remaining_days) == (State.NOT_BEGUN, 0, 31)


async def test_show_tells_what_the_spend_was_made_of(desk: OpenDesk) -> None:
    async with desk([*MONTHS, spent(date(2026, 11, 3), "100", model="gpt-5")]) as at:
        await at.create(KEEPER)
        shown = await at.budgets.read.show(ShowRequest(PROD), MEMBER)
        assert shown.drivers is not None
        assert [(row.key, row.measures.cost) for row in shown.drivers.rows] == [
            (("gpt-4",), 380),
            (("gpt-5",), 100),
        ]
        assert shown.created_by == "Kim"


async def test_what_a_scope_pins_is_not_what_its_spend_is_made_of(desk: OpenDesk) -> None:
    teams = [spent(date(2026, 11, 3), "100", team="search"), spent(date(2026, 11, 4), "7")]
    async with desk([*teams, end_of(date(2026, 11, 19))]) as at:
        await at.create(KEEPER, scope={"model": ("gpt-4",)})
        drivers = (await at.budgets.read.show(ShowRequest(PROD), MEMBER)).drivers
        assert drivers is not None
        assert drivers.request.by == ("team",)
        assert [row.key for row in drivers.rows] == [("search",), (None,)]


@pytest.mark.parametrize(
    ("zone", "november", "december"),
    [
        ("Pacific/Kiritimati", 29, 30),  # 14 hours ahead
        ("UTC", 59, None),
        ("Pacific/Pago_Pago", 59, None),  # 11 hours behind
    ],
)
async def test_a_period_begins_at_midnight_of_the_budgets_zone(
    desk: OpenDesk, zone: str, november: int, december: int | None
) -> None:
    noon = date(2026, 11, 30)
    # At noon in UTC it is the next day in Kiritimati, and still the 30th elsewhere.
    facts = [*daily(date(2026, 11, 1), date(2026, 11, 29), "1"), spent(noon, "30")]
    async with desk(facts) as at:
        at.clock.now = datetime(2026, 11, 30, 11, 59, tzinfo=UTC)
        await at.create(KEEPER, zone=zone, start="2026-11-01")
        at.clock.now = datetime(2026, 11, 30, 12, 5, tzinfo=UTC)
        now = (await at.budgets.read.status(ShowRequest(PROD), MEMBER)).status
        then = (await at.budgets.read.status(ShowRequest(PROD, noon), MEMBER)).status
        assert then.spend == november
        is_december = december is not None
        assert now.period.first == (date(2026, 12, 1) if is_december else date(2026, 11, 1))
        assert now.spend == (december if is_december else november)


async def test_lists_are_paged_by_name(desk: OpenDesk) -> None:
    async with desk(MONTHS) as at:
        for number in range(5):
            await at.create(KEEPER, name=f"Budget {number}")
        first = await at.budgets.read.list(ListRequest(limit=2), MEMBER)
        second = await at.budgets.read.list(ListRequest(after=first.after, limit=2), MEMBER)
        last = await at.budgets.read.list(ListRequest(after=second.after, limit=2), MEMBER)
        names = [one.budget.name for page in (first, second, last) for one in page.standings]
        assert names == [f"Budget {number}" for number in range(5)]
        assert (first.total, last.after) == (5, None)
        found = await at.budgets.read.list(ListRequest("T 3"), MEMBER)
        assert [one.budget.name for one in found.standings] == ["Budget 3"]
