"""Opportunities: a list, what they come to, and one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from analysis.errors import NotFound
from analysis.recommendations.kept.opportunity_states import OpportunityState
from api.answers import answered
from api.cursors import gone, key_of, written
from api.models.opportunities import (
    OpportunityAnswer,
    OpportunityPage,
    OpportunitySummaryAnswer,
    opportunity_answer,
    opportunity_page,
    summary_answer,
)
from api.questions import Cursor, Limit, OneOrganization, Question, caller_of, of_own
from api.routing import get
from handlers.recommendations.opportunities import OpportunityHandler
from handlers.recommendations.requests import OpportunityListRequest

TAG = "Opportunities"


class OpportunitiesQuestion(Question):
    """Which opportunities."""

    status: list[OpportunityState] = Field(
        default=[],
        max_length=len(OpportunityState),
        description="Only those in one of these states, sent several times; without it: all.",
        examples=[["open", "planned"]],
    )
    organization: OneOrganization = None
    limit: Limit = 50
    cursor: Cursor = None


class SummaryQuestion(Question):
    """Whose."""

    organization: OneOrganization = None


def opportunities_router(handler: OpportunityHandler) -> APIRouter:
    """The calls that look at opportunities."""
    router = APIRouter()

    async def list_opportunities(
        request: Request, query: Annotated[OpportunitiesQuestion, Query()]
    ) -> Response:
        """What looks like a saving, for somebody to look into; what saves most comes first."""
        caller = caller_of(request)
        of_own(caller, (query.organization,))
        after = key_of(query.cursor, request)
        if after is not None:
            try:
                await handler.finder.opportunity(str(after), caller)
            except NotFound:
                raise gone() from None
        found = await handler.list(
            OpportunityListRequest(
                states=frozenset(query.status),
                organization=query.organization,
                after=after,
                limit=query.limit,
            ),
            caller,
        )
        place = None if found.after is None else (str(found.after),)
        return answered(request, opportunity_page(found, written(place, request)))

    async def get_opportunity_summary(
        request: Request, query: Annotated[SummaryQuestion, Query()]
    ) -> Response:
        """How many opportunities there are, by state, and what they come to."""
        caller = caller_of(request)
        of_own(caller, (query.organization,))
        return answered(request, summary_answer(await handler.summary(caller, query.organization)))

    async def get_opportunity(
        request: Request, opportunity_id: UUID, query: Annotated[Question, Query()]
    ) -> Response:
        """An opportunity with its data."""
        del query
        shown = await handler.show(str(opportunity_id), caller_of(request))
        row = shown.opportunity
        return answered(request, opportunity_answer(row), row.version)

    get(
        router,
        "/opportunities",
        list_opportunities,
        OpportunityPage,
        tag=TAG,
        summary="Opportunities by savings",
    )
    get(
        router,
        "/opportunities/summary",  # before the one by its id
        get_opportunity_summary,
        OpportunitySummaryAnswer,
        tag=TAG,
        summary="What opportunities come to",
    )
    get(
        router,
        "/opportunities/{opportunity_id:uuid}",
        get_opportunity,
        OpportunityAnswer,
        tag=TAG,
        summary="An opportunity",
    )
    return router
