"""Raises: asked for by one, decided on by another, once, and over by themselves."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal
from uuid import uuid4

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound, Outdated
from handlers.budgets.requests import (
    DecideRaiseRequest,
    HistoryRequest,
    RaiseRequest,
    ShowRequest,
    Which,
)
from handlers.budgets.results import RaiseAnswer
from handlers.caller import Caller
from tests.budgets.handlers.conftest import (
    ADMIN,
    KEEPER,
    MEMBER,
    OTHER_KEEPER,
    STRANGER,
    Desk,
    OpenDesk,
    daily,
    end_of,
)

PROD = Which("Prod LLM")
FACTS = (*daily(date(2026, 11, 1), date(2026, 11, 19), "20"), end_of(date(2026, 11, 19)))


async def asked(at: Desk, caller: Caller = MEMBER, last: date | None = None) -> RaiseAnswer:
    request = RaiseRequest(PROD, "$500", "the launch", last)
    return await at.budgets.raises.ask(request, caller)


async def decided(
    at: Desk,
    raised: RaiseAnswer,
    decision: Literal["approved", "rejected", "withdrawn"],
    caller: Caller,
    reason: str = "",
) -> RaiseAnswer:
    request = DecideRaiseRequest(raised.raise_.raise_.id, decision, reason)
    return await at.budgets.raises.decide(request, caller)


async def test_an_approved_raise_lifts_the_limit_until_its_last_day(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        raised = await asked(at, last=date(2026, 11, 22))
        assert raised.standing.status.limit == 1000
        answer = await decided(at, raised, "approved", KEEPER)
        assert (answer.raise_.asked_by, answer.raise_.decided_by) == ("Max", "Kim")
        assert answer.standing.status.limit == 1500
        assert answer.standing.outcome.limit.raised == 500
        at.clock.advance(timedelta(days=3))
        standing = await at.budgets.read.status(ShowRequest(PROD), MEMBER)
        assert standing.status.limit == 1000
        earlier = ShowRequest(PROD, date(2026, 11, 22))
        assert (await at.budgets.read.status(earlier, MEMBER)).status.limit == 1500


async def test_without_a_day_it_ends_with_the_period(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        raise_ = (await asked(at)).raise_.raise_
        assert (raise_.first_day, raise_.last_day) == (date(2026, 11, 20), date(2026, 11, 30))
        assert raise_.amount == Decimal(500)


async def test_nobody_decides_on_a_raise_of_their_own(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        raised = await asked(at, KEEPER)
        for decision in ("approved", "rejected"):
            with pytest.raises(NotAllowed, match="of their own"):
                await decided(at, raised, decision, KEEPER, "why not")
        with pytest.raises(NotAllowed, match="Only who asked"):
            await decided(at, raised, "withdrawn", OTHER_KEEPER)
        assert (await decided(at, raised, "withdrawn", KEEPER)).raise_.raise_.state == "withdrawn"


async def test_who_has_no_right_decides_nothing(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        raised = await asked(at, KEEPER)
        with pytest.raises(NotAllowed, match="Only an organization admin"):
            await decided(at, raised, "approved", MEMBER)
        with pytest.raises(NotFound) as foreign:
            await decided(at, raised, "approved", STRANGER)
        request = DecideRaiseRequest(uuid4(), "approved")
        with pytest.raises(NotFound) as missing:
            await at.budgets.raises.decide(request, STRANGER)
        assert str(foreign.value) == str(missing.value)
        assert (await decided(at, raised, "approved", ADMIN)).raise_.decided_by == "Ada"


async def test_a_rejection_needs_a_reason_that_is_kept(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        raised = await asked(at)
        with pytest.raises(BadInput, match="needs a reason"):
            await decided(at, raised, "rejected", KEEPER, "  ")
        await decided(at, raised, "rejected", KEEPER, "too late in the month")
        shown = await at.budgets.read.show(ShowRequest(PROD), MEMBER)
        assert [one.decision_reason for one in shown.raises] == ["too late in the month"]
        with pytest.raises(Outdated, match="was rejected by Kim at 2026-11-20 09:30 UTC"):
            await decided(at, raised, "approved", OTHER_KEEPER)


async def test_of_two_who_decide_at_once_one_does(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        raised = await asked(at)
        outcomes = await asyncio.gather(
            decided(at, raised, "approved", KEEPER),
            decided(at, raised, "rejected", OTHER_KEEPER, "no"),
            decided(at, raised, "approved", ADMIN),
            return_exceptions=True,
        )
        assert sum(isinstance(one, RaiseAnswer) for one in outcomes) == 1
        assert sum(isinstance(one, Outdated) for one in outcomes) == 2
        history = await at.budgets.read.history(HistoryRequest(PROD), MEMBER)
        assert len([one for one in history.entries if one.action.startswith("raise.")]) == 2


async def test_what_is_asked_for_twice_is_asked_for_once(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        answers = await asyncio.gather(*(asked(at) for _ in range(3)))
        assert len({one.raise_.raise_.id for one in answers}) == 1
        assert len(await at.store.raises.of_budget(budget.id)) == 1


async def test_what_nobody_decided_on_expires(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        raised = await asked(at, last=date(2026, 11, 21))
        at.clock.advance(timedelta(days=1, hours=15))  # the 22nd in UTC, still the 21st elsewhere
        with pytest.raises(Outdated, match="which are over"):
            await decided(at, raised, "approved", KEEPER)
        assert await at.budgets.raises.expire() == 0
        at.clock.advance(timedelta(hours=12))
        assert await at.budgets.raises.expire() == 1
        history = await at.budgets.read.history(HistoryRequest(PROD), MEMBER)
        entry = history.entries[0]
        assert (entry.action, entry.surface, entry.actor.name) == (
            "raise.expired",
            "system",
            "costbot",
        )


@pytest.mark.parametrize(
    ("amount", "reason", "last"),
    [
        ("0", "why", None),
        ("much", "why", None),
        ("5", " ", None),
        ("5", "why", date(2026, 11, 19)),
    ],
)
async def test_a_raise_that_raises_nothing_is_refused(
    desk: OpenDesk, amount: str, reason: str, last: date | None
) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        with pytest.raises(BadInput):
            await at.budgets.raises.ask(RaiseRequest(PROD, amount, reason, last), MEMBER)
        assert await at.store.raises.of_budget(budget.id) == []
