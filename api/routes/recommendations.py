"""Recommendations: a list, and one."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from analysis.errors import NotFound
from analysis.recommendations.kept.states import State
from api.answers import answered
from api.cursors import gone, key_of, written
from api.models.recommendations import (
    RecommendationPage,
    RecommendationShown,
    recommendation_page,
    recommendation_shown,
)
from api.questions import Cursor, Limit, OneOrganization, Question, caller_of, of_own
from api.routing import get
from handlers.recommendations.reading import ReadHandler
from handlers.recommendations.requests import ListRequest, ShowRequest

TAG = "Recommendations"


class RecommendationsQuestion(Question):
    """Which recommendations."""

    status: list[State] = Field(
        default=[State.PENDING],
        max_length=len(State),
        description="Only those in one of these states; sent several times.",
        examples=[["pending", "accepted"]],
    )
    min_savings: Decimal = Field(
        Decimal(0),
        ge=0,
        le=Decimal(10) ** 9,
        description="US dollars a month that they save at least.",
        examples=["10"],
    )
    organization: OneOrganization = None
    limit: Limit = 50
    cursor: Cursor = None


def recommendations_router(handler: ReadHandler) -> APIRouter:
    """The calls that look at recommendations."""
    router = APIRouter()

    async def list_recommendations(
        request: Request, query: Annotated[RecommendationsQuestion, Query()]
    ) -> Response:
        """Recommendations by priority, then by dollars, with what the pending ones save together.

        Two may be about the same dollars: `savings_together` counts none twice.
        """
        caller = caller_of(request)
        of_own(caller, (query.organization,))
        after = key_of(query.cursor, request)
        if after is not None:
            try:
                await handler.finder.recommendation(str(after), caller)
            except NotFound:
                raise gone() from None
        found = await handler.list(
            ListRequest(
                states=frozenset(query.status),
                min_savings=query.min_savings,
                organization=query.organization,
                after=after,
                limit=query.limit,
            ),
            caller,
        )
        place = None if found.after is None else (str(found.after),)
        return answered(request, recommendation_page(found, written(place, request)))

    async def get_recommendation(
        request: Request, recommendation_id: UUID, query: Annotated[Question, Query()]
    ) -> Response:
        """A recommendation with its evidence, what it has saved, and what can be decided."""
        del query
        shown = await handler.show(ShowRequest(str(recommendation_id)), caller_of(request))
        return answered(request, recommendation_shown(shown))

    get(
        router,
        "/recommendations",
        list_recommendations,
        RecommendationPage,
        tag=TAG,
        summary="Recommendations by priority",
    )
    get(
        router,
        "/recommendations/{recommendation_id:uuid}",
        get_recommendation,
        RecommendationShown,
        tag=TAG,
        summary="A recommendation",
    )
    return router
