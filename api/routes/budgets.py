"""Budgets: a list, one, its status, its history, its forecast."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.answers import answered
from api.cursors import key_of, written
from api.models.budgets import (
    BudgetAnswer,
    BudgetCourse,
    BudgetForecast,
    BudgetPage,
    BudgetStatus,
    budget_answer,
    course_answer,
    forecast_answer,
    status_answer,
)
from api.questions import NO_NUL, Cursor, Limit, OneOrganization, Question, caller_of, of_own
from api.routing import get
from handlers.budgets.reading import ReadHandler
from handlers.budgets.requests import HistoryRequest, ListRequest, ShowRequest, Which

TAG = "Budgets"


class BudgetsQuestion(Question):
    """Which budgets."""

    name: str = Field(
        "",
        max_length=80,
        pattern=NO_NUL,
        description="Only those whose name has this in it, however it is capitalized.",
        examples=["llm"],
    )
    organization: OneOrganization = None
    limit: Limit = 50
    cursor: Cursor = None


class CourseQuestion(Question):
    """Over how many days."""

    days: int = Field(
        30, ge=1, le=366, description="The latest days of the present period.", examples=[7]
    )


class AheadQuestion(Question):
    """Over how many days."""

    horizon: int | None = Field(
        None,
        ge=1,
        le=366,
        description="Days ahead at most; without it: to the end of the period.",
        examples=[7],
    )


def budgets_router(handler: ReadHandler) -> APIRouter:
    """The calls that look at budgets."""
    router = APIRouter()

    async def list_budgets(
        request: Request, query: Annotated[BudgetsQuestion, Query()]
    ) -> Response:
        """The budgets that the caller sees, by name, each with its status."""
        caller = caller_of(request)
        of_own(caller, (query.organization,))
        found = await handler.list(
            ListRequest(
                containing=query.name,
                organization=query.organization,
                after=key_of(query.cursor, request),
                limit=query.limit,
            ),
            caller,
        )
        after = None if found.after is None else (str(found.after),)
        budgets = [budget_answer(one) for one in found.standings]
        page = BudgetPage(budgets=budgets, next_cursor=written(after, request))
        return answered(request, page)

    async def get_budget(
        request: Request, budget_id: UUID, query: Annotated[Question, Query()]
    ) -> Response:
        """A budget: what was decided, and how far it is spent."""
        del query
        standing = await handler.status(_which(budget_id), caller_of(request))
        return answered(request, budget_answer(standing), standing.budget.version)

    async def get_budget_status(
        request: Request, budget_id: UUID, query: Annotated[Question, Query()]
    ) -> Response:
        """Where a budget stands in its present period, counted anew from the facts."""
        del query
        standing = await handler.status(_which(budget_id), caller_of(request))
        return answered(request, status_answer(standing))

    async def get_budget_history(
        request: Request, budget_id: UUID, query: Annotated[CourseQuestion, Query()]
    ) -> Response:
        """What a budget's present period cost by day, with cumulative cost and utilization."""
        asked = HistoryRequest(Which(str(budget_id)), limit=1)
        history = await handler.history(asked, caller_of(request))
        return answered(request, course_answer(history, query.days))

    async def get_budget_forecast(
        request: Request, budget_id: UUID, query: Annotated[AheadQuestion, Query()]
    ) -> Response:
        """What the days to come of a budget's period will cost, with an interval of 80 %."""
        asked = HistoryRequest(Which(str(budget_id)), limit=1)
        history = await handler.history(asked, caller_of(request))
        return answered(request, forecast_answer(history, query.horizon))

    one = "/budgets/{budget_id:uuid}"
    get(router, "/budgets", list_budgets, BudgetPage, tag=TAG, summary="Budgets by name")
    get(router, one, get_budget, BudgetAnswer, tag=TAG, summary="A budget")
    get(
        router,
        f"{one}/status",
        get_budget_status,
        BudgetStatus,
        tag=TAG,
        summary="Where a budget stands",
    )
    get(
        router,
        f"{one}/history",
        get_budget_history,
        BudgetCourse,
        tag=TAG,
        summary="How a budget has spent",
    )
    get(
        router,
        f"{one}/forecast",
        get_budget_forecast,
        BudgetForecast,
        tag=TAG,
        summary="How a budget will end",
    )
    return router


def _which(key: UUID) -> ShowRequest:
    return ShowRequest(Which(str(key)))
