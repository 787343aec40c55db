"""Opportunities: looked into, and settled."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import done
from api.bodies import sent
from api.models.decisions import OpportunityChange
from api.models.opportunities import OpportunityAnswer, opportunity_answer
from api.preconditions import as_precondition, seen_version
from api.questions import Question, caller_of
from api.routes.opportunities import TAG
from api.routing import patch
from handlers.recommendations.opportunities import OpportunityHandler

SentChange = Annotated[OpportunityChange, Depends(sent(OpportunityChange))]


def opportunity_changes_router(handler: OpportunityHandler) -> APIRouter:
    """The calls that change opportunities."""
    router = APIRouter()

    async def change_opportunity(
        request: Request,
        opportunity_id: UUID,
        body: SentChange,
        query: Annotated[Question, Query()],
    ) -> Response:
        """Moves an opportunity, assigns it, or says what was found.

        For organization admins and admins.
        """
        del query
        caller, key = caller_of(request), str(opportunity_id)

        async def current() -> int:
            return (await handler.finder.opportunity(key, caller)).version

        version = await seen_version(request, current)
        with as_precondition(version):
            shown = await handler.resolve(body.request(key, version), caller)
        row = shown.opportunity
        return done(request, opportunity_answer(row), version=row.version)

    patch(
        router,
        "/opportunities/{opportunity_id:uuid}",
        change_opportunity,
        OpportunityAnswer,
        tag=TAG,
        summary="Decide on an opportunity",
        body=OpportunityChange,
    )
    return router
