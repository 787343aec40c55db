"""Closing a month: what is frozen, what is refused, and what late data is billed with."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput, NotAllowed, Outdated
from analysis.showback.rules import Method, Rule
from handlers.caller import Caller
from handlers.showback.months import MonthState, window
from handlers.showback.results import ListedMonth
from storage import Store
from storage.records.statement import ClosedMonth
from tests.showback.conftest import (
    ADA,
    EVE,
    FACTS,
    NOV,
    OCT,
    OTTO,
    SEP,
    UTC_ZONE,
    UTE,
    Deploy,
    Deployment,
    at,
    deployed,
    gpu,
    llm,
)
from tests.stores import TestClock

D = Decimal


async def test_a_closed_month_does_not_change_whatever_comes(deploy: Deploy):
    async with deploy() as one:
        closed = await one.close(OCT)
        before = await one.shown(OCT)
        one.add(llm(at(10, 12), "77", "acme"))
        await one.showback.rules.set(Rule(Method.EVEN), None, ADA, "slack")
        after = await one.shown(OCT)
        assert after.state is MonthState.CLOSED
        assert after.statements == before.statements
        assert after.books == before.books
        assert (await one.totals(OCT)) == {"acme": D("836.25"), "globex": D("403.76")}
        assert (closed.infrastructure, closed.corrected) == (D("1240.01"), D(0))
        entries = await one.store.audit.of_object("statement_month", "2026-10")
    assert [entry.action for entry in entries] == ["statement.close"]
    assert entries[0].actor.name == "Ada"


async def test_what_was_looked_at_is_what_is_frozen(deploy: Deploy):
    async with deploy() as one:
        open_ = await one.shown(OCT)
        await one.close(OCT)
        frozen = await one.shown(OCT)
        assert [each.line.amounts for each in frozen.statements] == [
            each.line.amounts for each in open_.statements
        ]
        assert [each.teams[0].total for each in frozen.statements if each.teams] == [
            each.teams[0].total for each in open_.statements if each.teams
        ]
        own = await one.shown(OCT, UTE)
        assert [each.total for each in own.statements] == [D("836.25")]
        assert own.closed is not None
        assert own.closed.infrastructure == 0


async def test_late_facts_are_billed_once_with_the_next_month(deploy: Deploy):
    async with deploy() as one:
        await one.close(OCT)
        before = await one.totals(NOV)
        # Late attribution: a third organization, and more unused capacity.
        one.add(gpu(at(10, 12), "91", organization="initech"), gpu(at(10, 13), "10", "unused"))
        november = await one.shown(NOV)
        assert november.books is not None
        assert november.books.corrected == D(101)
        amounts = {
            each.line.organization: [(c.of_month, c.amount) for c in each.corrections]
            for each in november.statements
        }
        # 185.01 of unattributed cost on 609, 300 and 91 of 1,000.
        assert amounts == {
            "acme": [(OCT, D("831.67") - D("836.25"))],
            "globex": [(OCT, D("401.50") - D("403.76"))],
            "initech": [(OCT, D("107.84"))],
        }
        totals = await one.totals(NOV)
        assert totals["acme"] == before["acme"] - D("4.58")
        one.clock.advance(timedelta(days=31))
        one.add(llm(at(12, 31, 23), "5", "acme"), gpu(at(12, 31, 23), "5", organization="acme"))
        closed = await one.close(NOV)
        assert closed.corrected == D(101)
        december = await one.shown(at(12, 1).date().replace(day=1))
        assert december.books is not None
        assert december.books.corrected == 0
        again = await one.shown(NOV)
        assert again.books == november.books
        assert again.statements == november.statements


async def test_all_statements_together_are_what_all_months_cost(deploy: Deploy):
    async with deploy() as one:
        await one.close(OCT)
        one.add(llm(at(10, 12), "0.333", "acme"), llm(at(10, 12), "-5.5", "globex"))
        await one.close(NOV)
        one.add(llm(at(10, 13), "1.111", None), llm(at(11, 13), "2.222", "initech"))
        one.clock.advance(timedelta(days=31))
        one.add(llm(at(12, 31, 23), "5", "acme"), gpu(at(12, 31, 23), "5", organization="acme"))
        december = at(12, 1).date()
        await one.close(december)
        billed = D(0)
        for month in (OCT, NOV, december):
            found = await one.shown(month)
            assert found.books is not None
            billed += sum((each.total for each in found.statements), D(0))
            billed += found.books.not_charged.total
        statements = one.showback.statements.reader
        months = (OCT, NOV, december)
        now = [(await statements.reference(month, Rule())).infrastructure for month in months]
    assert billed == sum(now)


async def test_hours_that_become_days_are_no_correction(deploy: Deploy):
    zone = ZoneInfo("Europe/Berlin")
    edge = llm(at(9, 30, 22), "40", "acme")  # the first hour of October in Berlin
    async with deploy([*FACTS, edge], zone) as one:
        one.clock.now = at(11, 2)
        await one.close(OCT)
        reader, month = one.showback.statements.reader, window(OCT, zone)
        before = (await reader.divided(month, Rule()))[0].infrastructure
        one.clock.now = at(12, 20)
        one.add(llm(at(11, 30, 23), "1", "acme"))  # and the mart is rolled up again
        after = (await reader.divided(month, Rule()))[0].infrastructure
        assert after == before - 40  # the first hour is a part of the 30th of September now
        november = await one.shown(NOV)
        assert november.books is not None
        assert november.books.corrected == 0


async def test_where_facts_are_gone_nothing_is_corrected_and_it_is_told(
    tmp_path: Path, clock: TestClock, deploy: Deploy
):
    async with deploy() as one:
        await one.close(OCT)
        kept = [fact for fact in FACTS if str(fact["dt"]) > "2026-10-30"]
        async with deployed(tmp_path / "anew", one.store, clock, kept, UTC_ZONE) as anew:
            november = await anew.shown(NOV)
        assert november.uncorrected == (OCT,)
        assert november.books is not None
        assert november.books.corrected == 0


async def test_a_month_that_is_not_over_cannot_be_closed(deploy: Deploy):
    async with deploy() as one:
        one.clock.now = at(11, 30, 23)
        with pytest.raises(BadInput, match="2026-11 is not over"):
            await one.close(NOV)


async def test_a_month_whose_data_has_not_all_arrived_cannot_be_closed(deploy: Deploy):
    late = [fact for fact in FACTS if str(fact["dt"]) < "2026-10-31"]
    async with deploy(late) as one:
        with pytest.raises(BadInput) as refused:
            await one.close(OCT)
        assert refused.value.sentence == (
            "The data of 2026-10 has not all arrived: the last complete day of GPU data is "
            "2026-10-07; the last complete day of LLM data is 2026-10-09."
        )


async def test_a_source_that_has_ended_keeps_no_month_open(deploy: Deploy):
    ended = [fact for fact in FACTS if str(fact["source"]) == "usage"]
    async with deploy([*ended, gpu(at(8, 1), "5", organization="acme")]) as one:
        await one.close(OCT)
        assert (await one.totals(OCT))["globex"] == 1


async def test_a_month_without_cost_cannot_be_closed(deploy: Deploy):
    async with deploy() as one:
        with pytest.raises(BadInput, match="nothing to close"):
            await one.close(SEP)


async def test_months_are_closed_in_order_and_once(deploy: Deploy):
    async with deploy([*FACTS, llm(at(9, 3), "1", "acme")]) as one:
        await one.close(OCT)
        with pytest.raises(Outdated, match="closed already, by Ada"):
            await one.close(OCT, EVE)
        with pytest.raises(BadInput, match="cannot be closed any more"):
            await one.close(SEP)
        with pytest.raises(BadInput, match="in order, and 2026-11 is next"):
            await one.close(at(12, 1).date())


async def test_figures_that_changed_since_they_were_looked_at_are_not_frozen(deploy: Deploy):
    async with deploy() as one:
        closing = one.showback.closing
        seen = await closing.preview(OCT, ADA)
        one.add(llm(at(10, 12), "0.01", "acme"))
        with pytest.raises(Outdated, match="have changed since you looked"):
            await closing.close(OCT, seen.digest, ADA, "slack")
        seen = await closing.preview(OCT, ADA)
        await one.showback.rules.set(Rule(Method.EVEN), OCT, EVE, "slack")
        with pytest.raises(Outdated):
            await closing.close(OCT, seen.digest, ADA, "slack")
        assert await one.showback.statements.list(ADA) == []


async def test_only_an_admin_of_all_closes(deploy: Deploy):
    async with deploy() as one:
        for caller in (OTTO, UTE):
            with pytest.raises(NotAllowed):
                await one.close(OCT, caller)


async def test_of_two_admins_at_once_one_closes_and_the_other_is_told(
    either_store: Store, tmp_path: Path, clock: TestClock
):
    async with deployed(tmp_path / "mart", either_store, clock, FACTS, UTC_ZONE) as one:
        results = await asyncio.gather(
            *(one.close(OCT, caller) for caller in (ADA, EVE)), return_exceptions=True
        )
        closed = [result for result in results if isinstance(result, ClosedMonth)]
        refused = [result for result in results if isinstance(result, Outdated)]
        assert (len(closed), len(refused)) == (1, 1)
        lines = await either_store.statements.lines(OCT)
        entries = await either_store.audit.of_object("statement_month", "2026-10")
    assert len([line for line in lines if line.line.team is None]) == 3
    assert len(entries) == 1


async def test_people_are_told_what_their_organization_was_charged(deploy: Deploy):
    async with deploy() as one:
        await one.close(OCT)
        one.add(llm(at(10, 12), "10", "acme"))
        await one.close(NOV)
        assert [each.total for each in await _listed(one, UTE)] == [D("111.00"), D("836.25")]
        assert [each.total for each in await _listed(one, ADA)] == [D("162.00"), D("1240.01")]


async def _listed(one: Deployment, caller: Caller) -> list[ListedMonth]:
    return await one.showback.statements.list(caller)
