"""Several people at once, on both databases; and a decision without its entry is none."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, closing
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.exc import SQLAlchemyError

from analysis.errors import Outdated, Unfit
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import (
    CreateRequest,
    DecideRaiseRequest,
    DeleteRequest,
    EditRequest,
    HistoryRequest,
    RaiseRequest,
    Which,
)
from handlers.budgets.results import Created, Edited, RaiseAnswer
from tests.budgets.handlers.conftest import (
    ADMIN,
    KEEPER,
    MEMBER,
    OTHER_KEEPER,
    Desk,
    OpenDesk,
    desk_over,
    spent,
)
from tests.facts import Fact
from tests.stores import Postgres

PROD = Which("Prod LLM")
FACTS = (spent(date(2026, 11, 1), "1"),)
FORM = BudgetForm(name="Prod LLM", limit="1000", kind="monthly")


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> OpenDesk:
    """Opens budgets in either database."""
    address: str | None = None
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        address = await server.new_store()

    def open_desk(facts: Iterable[Fact] = FACTS) -> AbstractAsyncContextManager[Desk]:
        return desk_over(tmp_path, facts, address)

    return open_desk


async def test_one_request_sent_often_creates_one_budget(either: OpenDesk) -> None:
    request = CreateRequest(FORM, uuid4())
    async with either() as at:
        made = await asyncio.gather(*(at.budgets.create.create(request, KEEPER) for _ in range(8)))
        assert sum(one.is_new for one in made) == 1
        entries = await at.store.audit.of_object("budget", str(request.key))
        assert len(entries) == 1


async def test_of_two_budgets_of_a_name_one_is_created(either: OpenDesk) -> None:
    async with either() as at:
        made = await asyncio.gather(
            *(at.budgets.create.create(CreateRequest(FORM), KEEPER) for _ in range(4)),
            return_exceptions=True,
        )
        assert sum(isinstance(one, Created) for one in made) == 1
        assert sum(isinstance(one, Unfit) for one in made) == 3
        assert await at.store.budgets.count() == 1


async def test_of_two_edits_at_once_one_is_kept_and_the_other_told(either: OpenDesk) -> None:
    async with either() as at:
        seen = await at.create(KEEPER)
        edits = await asyncio.gather(
            *(
                at.budgets.change.edit(
                    EditRequest(PROD, BudgetForm(limit=str(limit)), seen.version), caller
                )
                for limit, caller in ((2000, KEEPER), (3000, OTHER_KEEPER), (4000, ADMIN))
            ),
            return_exceptions=True,
        )
        kept = [one for one in edits if isinstance(one, Edited)]
        assert len(kept) == 1
        assert sum(isinstance(one, Outdated) for one in edits) == 2
        assert await at.store.budgets.find(seen.id) == kept[0].after
        history = await at.budgets.read.history(HistoryRequest(PROD), MEMBER)
        assert [one.action for one in history.entries] == ["budget.edit", "budget.create"]


async def test_of_two_decisions_on_a_raise_one_counts(either: OpenDesk) -> None:
    async with either() as at:
        await at.create(KEEPER)
        raised = await at.budgets.raises.ask(RaiseRequest(PROD, "500", "the launch"), MEMBER)
        key = raised.raise_.raise_.id
        decide = at.budgets.raises.decide
        outcomes = await asyncio.gather(
            decide(DecideRaiseRequest(key, "approved"), KEEPER),
            decide(DecideRaiseRequest(key, "rejected", "no"), OTHER_KEEPER),
            decide(DecideRaiseRequest(key, "withdrawn"), MEMBER),
            return_exceptions=True,
        )
        assert sum(isinstance(one, RaiseAnswer) for one in outcomes) == 1
        assert sum(isinstance(one, Outdated) for one in outcomes) == 2


async def test_what_cannot_be_entered_into_the_audit_trail_is_not_done(
    desk: OpenDesk, tmp_path: Path
) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        raised = await at.budgets.raises.ask(RaiseRequest(PROD, "5", "why"), MEMBER)
        with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as store:
            store.execute(
                "CREATE TRIGGER full BEFORE INSERT ON audit_trail "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail takes nothing'); END"
            )
        other = BudgetForm(name="B", limit="5", kind="annual")
        for doing in (
            at.budgets.change.edit(EditRequest(PROD, BudgetForm(limit="5")), KEEPER),
            at.budgets.change.delete(DeleteRequest(PROD), KEEPER),
            at.budgets.create.create(CreateRequest(other), KEEPER),
            at.budgets.raises.decide(
                DecideRaiseRequest(raised.raise_.raise_.id, "approved"), KEEPER
            ),
            at.budgets.raises.ask(RaiseRequest(PROD, "6", "why"), MEMBER),
        ):
            with pytest.raises(SQLAlchemyError):
                await doing
        assert await at.store.budgets.page() == [budget]
        assert [one.state for one in await at.store.raises.of_budget(budget.id)] == ["pending"]
