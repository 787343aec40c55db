"""Statements over a real mart: who sees which, and the rule that is in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from analysis.costs import Reconciliation
from analysis.errors import NotAllowed, NotFound, NotUnderstood, Outdated
from analysis.showback.rules import Basis, Method, Rule
from handlers.showback.months import MonthState, utc_window, window
from handlers.showback.results import StatementRequest
from queries.reconciliation import reconciled
from queries.showback import month_facts
from tests.showback.conftest import (
    ADA,
    GIL,
    NOBODYS,
    NOV,
    OCT,
    OTTO,
    SEP,
    UTE,
    Deploy,
    at,
    gpu,
    llm,
)

D = Decimal
FIXED = Rule(Method.FIXED, shares={"acme": D(60), "globex": D(30)})


async def test_a_month_is_divided_and_adds_up_to_the_reconciliation(deploy: Deploy):
    async with deploy() as one:
        found = await one.shown(OCT)
        totals = await one.totals(OCT)
        costs = (await reconciled(one.showback.statements.reader.engine, utc_window(OCT))).costs
    # acme: 609 of 909 of direct GPU cost; 175.01 x 609/909 = 117.2509.
    assert totals == {"acme": D("836.25"), "globex": D("403.76")}
    assert found.books is not None
    assert found.books.infrastructure == D("1240.01")
    assert found.books.difference == 0
    assert isinstance(costs, Reconciliation)
    assert found.books.reconciliation == costs
    assert (found.state, found.unpriced) == (MonthState.OPEN, 4)


async def test_a_month_begins_at_midnight_of_the_deployments_zone(deploy: Deploy):
    async with deploy(zone=ZoneInfo("America/New_York")) as one:
        edge = llm(at(11, 1, 3), "7", "initech")
        one.add(edge)
        october = await one.totals(OCT)
    assert october["initech"] == 7


async def test_one_pass_groups_what_reconcile_adds_up(deploy: Deploy):
    async with deploy() as one:
        engine = one.showback.statements.reader.engine
        facts = await month_facts(engine, window(OCT, ZoneInfo("UTC")))
    assert {line.organization for line in facts.uses} == {"acme", "globex"}
    assert {line.team for line in facts.uses} == {None, "search"}
    assert {one.category for one in facts.capacity} == {"idle", "unused"}


async def test_people_see_the_statement_of_their_own_organization_and_no_other(deploy: Deploy):
    async with deploy() as one:
        for caller in (OTTO, UTE):
            found = await one.shown(OCT, caller)
            assert [each.line.organization for each in found.statements] == ["acme"]
            assert (found.books, found.closed) == (None, None)
        for organization in ("globex", "nowhere"):
            with pytest.raises(NotFound) as refused:
                await one.shown(OCT, UTE, organization=organization)
            assert refused.value.sentence == (
                f"There is no statement of `{organization}` for 2026-10, or none that you may see."
            )
            assert "globex" not in refused.value.hint
        with pytest.raises(NotFound):
            await one.shown(OCT, GIL, team="search")
        with pytest.raises(NotAllowed):
            await one.shown(OCT, NOBODYS)


async def test_a_team_has_its_part(deploy: Deploy):
    async with deploy() as one:
        found = await one.shown(OCT, UTE, team="search")
    (search,) = found.statements
    assert (search.line.organization, search.total) == ("acme", D(20))


async def test_a_month_that_runs_is_provisional_and_one_to_come_is_refused(deploy: Deploy):
    async with deploy() as one:
        one.clock.now = at(11, 20, 12)
        assert (await one.shown(NOV)).state is MonthState.PROVISIONAL
        default = await one.showback.statements.statement(StatementRequest(), ADA)
        assert default.month == OCT
        with pytest.raises(NotUnderstood, match="2026-12 has not begun"):
            await one.shown(date(2026, 12, 1))


async def test_a_rule_holds_from_its_month_on(deploy: Deploy):
    async with deploy() as one:
        rules = one.showback.rules
        assert (await rules.show(ADA)).decision is None
        await rules.set(Rule(Method.EVEN), NOV, ADA, "slack")
        october = await one.totals(OCT)
        assert october["acme"] == D("836.25")
        set_now = await rules.set(FIXED, None, ADA, "slack")
        assert (set_now.month, set_now.upcoming[0].rule) == (OCT, Rule(Method.EVEN))
        found = await one.shown(OCT)
        assert found.books is not None
        assert found.books.not_charged.total == D("17.50")
        assert found.books.difference == 0
        assert (await one.shown(NOV)).rule == Rule(Method.EVEN)
        entries = await one.store.audit.page()
    assert [entry.action for entry in entries] == ["statement.rule"] * 2
    assert entries[0].after == {
        "from_month": "2026-10",
        "method": "fixed",
        "basis": "cost",
        "shares": {"acme": "60", "globex": "30"},
    }


async def test_people_see_their_own_share_alone(deploy: Deploy):
    async with deploy([gpu(at(10, 8), "100", "unused"), llm(at(10, 9), "1", "initech")]) as one:
        await one.showback.rules.set(FIXED, OCT, ADA, "slack")
        own = await one.shown(OCT, UTE)
        assert own.rule is not None
        assert own.rule.shares == {"acme": D(60)}
        ian = await one.shown(OCT, GIL)
        assert ian.rule is not None
        assert ian.rule.shares == {"globex": D(30)}


async def test_only_an_admin_of_all_decides_on_the_rule(deploy: Deploy):
    async with deploy() as one:
        for caller in (OTTO, UTE):
            with pytest.raises(NotAllowed):
                await one.showback.rules.show(caller)
            with pytest.raises(NotAllowed):
                await one.showback.rules.set(FIXED, None, caller, "slack")


async def test_an_unknown_organization_is_doubted(deploy: Deploy):
    async with deploy() as one:
        rule = Rule(Method.FIXED, shares={"acmee": D(60)})
        result = await one.showback.rules.set(rule, None, ADA, "slack")
    assert result.doubts == ("No costs of `acmee` are known lately. Did you mean `acme`?",)


async def test_the_rule_of_a_closed_month_does_not_change(deploy: Deploy):
    async with deploy() as one:
        await one.close(OCT)
        with pytest.raises(Outdated, match="2026-10 is closed"):
            await one.showback.rules.set(Rule(basis=Basis.REQUESTS), OCT, ADA, "slack")
        with pytest.raises(Outdated):
            await one.showback.rules.set(Rule(basis=Basis.REQUESTS), SEP, ADA, "slack")
        later = await one.showback.rules.set(Rule(basis=Basis.REQUESTS), None, ADA, "slack")
    assert later.month == NOV
