"""Budgets created: filled in, checked field by field, previewed, once."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from analysis.budgets.levels import Level
from analysis.budgets.overlaps import Overlap
from analysis.errors import NotAllowed, Unfit
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import CreateRequest, HistoryRequest, Which
from tests.budgets.handlers.conftest import (
    ADMIN,
    KEEPER,
    MEMBER,
    NOW,
    OpenDesk,
    daily,
    end_of,
    spent,
)

TODAY = NOW.date()
FORM = BudgetForm(name="Prod LLM", limit="$1k", kind="monthly")
SOME = (spent(date(2026, 11, 1), "1"), end_of(date(2026, 11, 19)))


async def test_a_budget_of_an_org_admin_is_the_own_organizations(desk: OpenDesk) -> None:
    async with desk(SOME) as at:
        budget = await at.create(KEEPER, scope={"model": ("GPT-4",)})
        assert (budget.organization, budget.scope) == ("acme", {"model": ("gpt-4",)})
        assert (budget.limit, budget.start) == (Decimal(1000), date(2026, 11, 1))
        with pytest.raises(Unfit) as refused:
            await at.create(KEEPER, name="Other", organization="globex")
        assert list(refused.value.faults) == ["organization"]
        with pytest.raises(Unfit):
            await at.create(KEEPER, name="Other", scope={"organization": ("globex", "acme")})


async def test_an_organization_that_an_admin_names_owns_the_budget(desk: OpenDesk) -> None:
    async with desk(SOME) as at:
        assert (await at.create(ADMIN, organization="ACME")).organization == "acme"
        in_scope = await at.create(ADMIN, name="Scoped", scope={"organization": ("acme",)})
        assert (in_scope.organization, in_scope.scope) == ("acme", {})
        assert (await at.create(ADMIN, name="All")).organization is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 81),
        ("limit", "0"),
        ("limit", "5.000"),
        ("limit", "5000 EUR"),
        ("limit", "a lot"),
        ("kind", "weekly"),
        ("zone", "Mars/Olympus"),
        ("start", "2026-02-30"),
        ("end", "2025-01-01"),
        ("critical", "80%"),
        ("critical", "100%"),
        ("forecast", "2000%"),
        ("rollover", "0"),
        ("scope", {"model": ("gpt-5",)}),
        ("scope", {"modell": ("gpt-4",)}),
        ("scope", {"category": ("idle",)}),
        ("emails", ("nobody",)),
        ("slack_channels", ("#general",)),
        ("when_unknown", "perhaps"),
    ],
)
async def test_a_field_that_cannot_be_is_blamed_itself(
    desk: OpenDesk, field: str, value: object
) -> None:
    async with desk(SOME) as at:
        with pytest.raises(Unfit) as refused:
            await at.create(KEEPER, **{field: value})
        assert list(refused.value.faults) == [field]
        assert await at.store.budgets.count() == 0


async def test_everything_that_is_wrong_is_told_at_once(desk: OpenDesk) -> None:
    async with desk(SOME) as at:
        with pytest.raises(Unfit) as refused:
            await at.create(KEEPER, name="", limit="no", kind="custom", scope={"model": ("x",)})
        assert set(refused.value.faults) == {"name", "limit", "end", "scope"}


async def test_what_no_cost_has_had_yet_is_taken_when_it_is_said_so(desk: OpenDesk) -> None:
    async with desk(SOME) as at:
        budget = await at.create(KEEPER, scope={"model": ("gpt-9",)}, unseen=True)
        assert budget.scope == {"model": ("gpt-9",)}


async def test_where_nothing_has_cost_anything_yet_every_value_is_taken(desk: OpenDesk) -> None:
    async with desk() as at:
        assert (await at.create(KEEPER, name="Empty", scope={"model": ("gpt-9",)})).scope


async def test_a_taken_name_is_a_fault_of_the_name(desk: OpenDesk) -> None:
    async with desk(SOME) as at:
        await at.create(KEEPER)
        with pytest.raises(Unfit) as refused:
            await at.create(KEEPER, name="prod  LLM")
        assert list(refused.value.faults) == ["name"]
        assert (await at.create(ADMIN)).organization is None


async def test_a_request_that_arrives_twice_creates_one_budget(desk: OpenDesk) -> None:
    request = CreateRequest(FORM, uuid4())
    async with desk(SOME) as at:
        created = await asyncio.gather(
            *(at.budgets.create.create(request, KEEPER) for _ in range(4))
        )
        assert sorted(one.is_new for one in created) == [False, False, False, True]
        assert {one.budget.id for one in created} == {request.key}
        history = await at.budgets.read.history(HistoryRequest(Which("Prod LLM")), KEEPER)
        assert [entry.action for entry in history.entries] == ["budget.create"]


async def test_a_user_creates_none(desk: OpenDesk) -> None:
    async with desk(SOME) as at:
        with pytest.raises(NotAllowed, match="Only an organization admin may create budgets"):
            await at.budgets.create.create(CreateRequest(FORM), MEMBER)
        with pytest.raises(NotAllowed):
            await at.budgets.create.preview(CreateRequest(FORM), MEMBER)


async def test_a_preview_tells_what_the_last_periods_would_have_looked_like(
    desk: OpenDesk,
) -> None:
    facts = [
        *daily(date(2026, 8, 1), date(2026, 8, 31), "10"),  # 310
        *daily(date(2026, 9, 1), date(2026, 9, 30), "30"),  # 900
        *daily(date(2026, 10, 1), date(2026, 10, 31), "40"),  # 1,240
        *daily(date(2026, 11, 1), date(2026, 11, 19), "20"),  # 380 so far
        *daily(date(2026, 11, 1), date(2026, 11, 19), "500", organization="globex"),
        end_of(date(2026, 11, 19)),
    ]
    async with desk(facts) as at:
        await at.create(ADMIN, name="Everything")
        await at.create(ADMIN, name="Not theirs", organization="globex")
        await at.create(KEEPER, name="All of acme")
        preview = await at.budgets.create.preview(CreateRequest(FORM), KEEPER)
        assert [one.status.spend for one in preview.periods] == [380, 1240, 900, 310]
        assert [one.status.level for one in preview.periods] == [
            Level.OK,
            Level.EXCEEDED,
            Level.WARNING,
            Level.OK,
        ]
        assert preview.periods[1].reached == {
            Level.WARNING: date(2026, 10, 20),
            Level.CRITICAL: date(2026, 10, 24),
            Level.EXCEEDED: date(2026, 10, 25),
        }
        assert [(one.name, one.overlap) for one in preview.overlaps] == [
            ("All of acme", Overlap.EQUAL)
        ]
        seen = await at.budgets.create.preview(CreateRequest(FORM), ADMIN)
        assert {one.name: one.overlap for one in seen.overlaps} == {
            "Everything": Overlap.EQUAL,
            "All of acme": Overlap.AROUND,
            "Not theirs": Overlap.AROUND,
        }
        assert await at.store.budgets.count() == 3


async def test_a_custom_budget_is_previewed_on_stretches_of_its_length(desk: OpenDesk) -> None:
    facts = [*daily(date(2026, 10, 1), date(2026, 11, 19), "10"), end_of(date(2026, 11, 19))]
    form = BudgetForm(name="Sprint", limit="100", start="2026-11-16", end="2026-11-29")
    async with desk(facts) as at:
        preview = await at.budgets.create.preview(CreateRequest(form), KEEPER)
    assert preview.draft.kind == "custom"
    assert [(one.status.period.first, one.status.spend) for one in preview.periods] == [
        (date(2026, 11, 16), 40),
        (date(2026, 11, 2), 140),
        (date(2026, 10, 19), 140),
        (date(2026, 10, 5), 140),
    ]


async def test_budgets_whose_days_never_meet_share_no_spend(desk: OpenDesk) -> None:
    async with desk() as at:
        await at.create(KEEPER, name="August", kind="custom", start="2026-08-01", end="2026-08-31")
        await at.create(KEEPER, name="Since autumn", start="2026-09-01")
        form = BudgetForm(
            name="To October", limit="5", kind="monthly", start="2026-08-31", end="2026-10-31"
        )
        created = await at.budgets.create.create(CreateRequest(form), KEEPER)
        assert [one.name for one in created.overlaps] == ["August", "Since autumn"]
        form = BudgetForm(name="Next", limit="5", kind="monthly", start="2026-11-01")
        created = await at.budgets.create.create(CreateRequest(form), KEEPER)
        assert [one.name for one in created.overlaps] == ["Since autumn"]
