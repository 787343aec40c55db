"""The terms of a budget on days behind us: those that it had then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.blocks.budget import shown_answer, status_answer
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import (
    DecideRaiseRequest,
    EditRequest,
    HistoryRequest,
    RaiseRequest,
    ShowRequest,
    Which,
)
from handlers.budgets.terms_history import PAGE
from tests.budgets.handlers.conftest import (
    KEEPER,
    MEMBER,
    NOW,
    Desk,
    OpenDesk,
    daily,
    end_of,
    spent,
)

PROD = Which("Prod LLM")
FACTS = (
    *daily(date(2026, 9, 1), date(2026, 10, 31), "10"),
    *daily(date(2026, 11, 1), date(2026, 11, 19), "20"),
    spent(date(2026, 11, 5), "7", model="gpt-5"),
    end_of(date(2026, 11, 19)),
)


async def changed(at: Desk, when: datetime, **fields: str) -> None:
    """A change of the budget at an instant."""
    at.clock.now = when
    form = BudgetForm(**fields)  # pyright: ignore[reportArgumentType] - texts by field
    await at.budgets.change.edit(EditRequest(PROD, form), KEEPER)


async def limit_on(at: Desk, day: date) -> int:
    """The limit in force on a day, as it is told today."""
    return int((await at.budgets.read.status(ShowRequest(PROD, day), MEMBER)).status.limit)


async def test_a_day_is_looked_at_with_the_limit_that_was_in_force_at_its_end(
    desk: OpenDesk,
) -> None:
    async with desk(FACTS) as at:
        at.clock.now = datetime(2026, 11, 3, 12, tzinfo=UTC)
        await at.create(KEEPER, limit="1000", zone="America/New_York")
        # Still the 10th in New York, and then the 11th.
        await changed(at, datetime(2026, 11, 11, 4, 59, tzinfo=UTC), limit="2000")
        await changed(at, datetime(2026, 11, 11, 5, tzinfo=UTC), limit="3000", warning="50%")
        at.clock.now = NOW
        days = [date(2026, 11, day) for day in (1, 9, 10, 11, 19)]
        assert [await limit_on(at, day) for day in days] == [1000, 1000, 2000, 3000, 3000]
        now = await at.budgets.read.status(ShowRequest(PROD), MEMBER)
        assert (now.status.limit, now.since) == (3000, ())
        then = await at.budgets.read.status(ShowRequest(PROD, date(2026, 11, 10)), MEMBER)
        assert then.since == ("limit", "warning")
        told = str(status_answer(then, ()).payload())
        assert "$2,000.00 monthly" in told
        assert "With the terms of that day; changed since: limit, warning at" in told


async def test_scope_and_period_are_those_of_the_day_as_well(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        at.clock.now = datetime(2026, 11, 3, 12, tzinfo=UTC)
        await at.create(KEEPER, scope={"model": ("gpt-4",)})
        at.clock.now = datetime(2026, 11, 15, 12, tzinfo=UTC)
        form = BudgetForm(scope={}, kind="quarterly", rollover="50")
        await at.budgets.change.edit(EditRequest(PROD, form), KEEPER)
        at.clock.now = NOW
        then = await at.budgets.read.show(ShowRequest(PROD, date(2026, 11, 14)), MEMBER)
        assert then.standing.status.period.first == date(2026, 11, 1)
        assert then.standing.status.spend == 14 * 20
        now = await at.budgets.read.status(ShowRequest(PROD, date(2026, 11, 15)), MEMBER)
        assert now.status.period.last == date(2026, 12, 31)
        assert now.status.spend == 15 * 20 + 7
        assert "gpt-4" in str(shown_answer(then, MEMBER).payload()["blocks"])


async def test_earlier_periods_have_the_limit_of_their_ends(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        at.clock.now = datetime(2026, 9, 3, 12, tzinfo=UTC)
        await at.create(KEEPER, limit="500", start="2026-09-01")
        await changed(at, datetime(2026, 10, 20, tzinfo=UTC), limit="300")
        await changed(at, datetime(2026, 11, 2, tzinfo=UTC), limit="900")
        at.clock.now = NOW
        shown = await at.budgets.read.show(ShowRequest(PROD), MEMBER)
        history = await at.budgets.read.history(HistoryRequest(PROD), MEMBER)
        for standing in (shown.standing, history.standing):
            assert standing.status.limit == 900
            assert [one.status.limit for one in standing.past] == [300, 500]
        october = shown.standing.past[0]
        assert (october.status.spend, october.status.word) == (310, "exceeded")


async def test_a_raise_counts_on_a_day_only_where_it_was_approved_by_then(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        at.clock.now = datetime(2026, 11, 20, 9, tzinfo=UTC)
        asking = RaiseRequest(PROD, "500", "the launch", first_day=date(2026, 11, 18))
        raised = await at.budgets.raises.ask(asking, MEMBER)
        key = raised.raise_.raise_.id
        await at.budgets.raises.decide(DecideRaiseRequest(key, "approved"), KEEPER)
        days = [date(2026, 11, day) for day in (17, 19, 20)]
        assert [await limit_on(at, day) for day in days] == [1000, 1000, 1500]


async def test_what_was_changed_often_is_followed_all_the_way_back(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        at.clock.now = datetime(2026, 11, 2, tzinfo=UTC)
        await at.create(KEEPER, limit="100")
        for number in range(PAGE + 5):
            when = datetime(2026, 11, 10, tzinfo=UTC) + timedelta(minutes=number)
            await changed(at, when, limit=f"{1000 + number}")
        at.clock.now = NOW
        assert await limit_on(at, date(2026, 11, 9)) == 100
        assert await limit_on(at, date(2026, 11, 10)) == 1000 + PAGE + 4
