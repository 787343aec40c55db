"""Budgets: created, changed, deleted."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import PRIVATE, done
from api.bodies import sent
from api.models.budget_changes import BudgetChange, NewBudget, told_by_fields
from api.models.budgets import BudgetAnswer, budget_answer
from api.once import Once
from api.preconditions import as_precondition, seen_version
from api.questions import Question, caller_of
from api.routes.budgets import TAG
from api.routing import delete, patch, post
from handlers.budgets.handlers import BudgetHandlers
from handlers.budgets.requests import (
    CreateRequest,
    DeleteRequest,
    EditRequest,
    ShowRequest,
    Which,
)
from handlers.caller import Caller

SentBudget = Annotated[NewBudget, Depends(sent(NewBudget))]
SentChange = Annotated[BudgetChange, Depends(sent(BudgetChange))]


def budget_changes_router(budgets: BudgetHandlers, once: Once) -> APIRouter:
    """The calls that change budgets."""
    router = APIRouter()

    async def create_budget(
        request: Request, body: SentBudget, query: Annotated[Question, Query()]
    ) -> Response:
        """Creates a budget, in force from now on. For organization admins and admins."""
        del query
        caller = caller_of(request)
        form = body.form(body.organization_of(caller))
        with told_by_fields():
            created = await budgets.create.create(CreateRequest(form), caller)
        key = created.budget.id
        answer, version = await shown(key, caller)
        return done(request, answer, version=version, status=201, location=f"/budgets/{key}")

    async def change_budget(
        request: Request,
        budget_id: UUID,
        body: SentChange,
        query: Annotated[Question, Query()],
    ) -> Response:
        """Changes what was decided of a budget. For organization admins and admins."""
        del query
        caller = caller_of(request)
        version = await seen_version(request, lambda: current(budget_id, caller))
        with told_by_fields(), as_precondition(version):
            asked = EditRequest(Which(str(budget_id)), body.form(), version)
            await budgets.change.edit(asked, caller)
        answer, now = await shown(budget_id, caller)
        return done(request, answer, version=now)

    async def delete_budget(
        request: Request, budget_id: UUID, query: Annotated[Question, Query()]
    ) -> Response:
        """Deletes a budget; in Slack that can be taken back for a day."""
        del query
        caller = caller_of(request)
        version = await seen_version(request, lambda: current(budget_id, caller))
        with as_precondition(version):
            await budgets.change.delete(DeleteRequest(Which(str(budget_id)), version), caller)
        return Response(status_code=204, headers=PRIVATE)

    async def shown(key: UUID, caller: Caller) -> tuple[BudgetAnswer, int]:
        standing = await budgets.read.status(ShowRequest(Which(str(key))), caller)
        return budget_answer(standing), standing.budget.version

    async def current(key: UUID, caller: Caller) -> int:
        return (await budgets.finder.find(Which(str(key)), caller)).version

    one = "/budgets/{budget_id:uuid}"
    post(
        router,
        "/budgets",
        create_budget,
        BudgetAnswer,
        once,
        tag=TAG,
        summary="Create a budget",
        body=NewBudget,
        creates=True,
    )
    patch(
        router,
        one,
        change_budget,
        BudgetAnswer,
        tag=TAG,
        summary="Change a budget",
        body=BudgetChange,
    )
    delete(router, one, delete_budget, tag=TAG, summary="Delete a budget")
    return router
