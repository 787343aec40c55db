"""Recommendations: drawn anew, accepted, rejected, implemented, verified."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from analysis.recommendations.kept.states import Move
from api.answers import done
from api.bodies import NoFields, sent
from api.models.decisions import Drawing, Drawn, Rejection, Verification, drawn_answer
from api.models.fields import amount_text
from api.models.recommendations import RecommendationShown, recommendation_shown
from api.once import Once
from api.questions import Question, caller_of
from api.routes.recommendations import TAG
from api.routing import post
from handlers.recommendations.handlers import RecommendationHandlers
from handlers.recommendations.requests import DecideRequest, GenerateRequest, ShowRequest

SentNothing = Annotated[NoFields, Depends(sent(NoFields))]
SentDrawing = Annotated[Drawing, Depends(sent(Drawing))]
SentRejection = Annotated[Rejection, Depends(sent(Rejection))]
SentVerification = Annotated[Verification, Depends(sent(Verification))]
NoQuestion = Annotated[Question, Query()]


def recommendation_decisions_router(
    recommendations: RecommendationHandlers, once: Once
) -> APIRouter:
    """The calls that decide on recommendations."""
    router = APIRouter()

    async def generate_recommendations(
        request: Request, body: SentDrawing, query: NoQuestion
    ) -> Response:
        """Draws recommendations anew from the latest complete days; it takes seconds.

        What was accepted stays as it was promised. For organization admins, of their own, and for
        admins.
        """
        del query
        caller = caller_of(request)
        asked = GenerateRequest(body.days, body.organization_of(caller))
        return done(request, drawn_answer(await recommendations.generate.generate(asked, caller)))

    async def accept_recommendation(
        request: Request, recommendation_id: UUID, body: SentNothing, query: NoQuestion
    ) -> Response:
        """Accepts a recommendation: what it promises is frozen, and measured from now on."""
        del body, query
        return await decided(request, DecideRequest(str(recommendation_id), Move.ACCEPT))

    async def reject_recommendation(
        request: Request, recommendation_id: UUID, body: SentRejection, query: NoQuestion
    ) -> Response:
        """Rejects a recommendation; it is not proposed again before its day."""
        del query
        key = str(recommendation_id)
        asked = DecideRequest(key, Move.REJECT, reason=body.reason, until=body.until)
        return await decided(request, asked)

    async def implement_recommendation(
        request: Request, recommendation_id: UUID, body: SentNothing, query: NoQuestion
    ) -> Response:
        """Says that a recommendation was carried out."""
        del body, query
        return await decided(request, DecideRequest(str(recommendation_id), Move.IMPLEMENT))

    async def verify_recommendation(
        request: Request, recommendation_id: UUID, body: SentVerification, query: NoQuestion
    ) -> Response:
        """Says what a recommendation was found to save, whatever is measured."""
        del query
        savings = amount_text(body.actual_savings)
        return await decided(
            request, DecideRequest(str(recommendation_id), Move.VERIFY, savings=savings)
        )

    async def decided(request: Request, asked: DecideRequest) -> Response:
        caller = caller_of(request)
        await recommendations.decide.decide(asked, caller)
        shown = await recommendations.read.show(ShowRequest(asked.which), caller)
        return done(request, recommendation_shown(shown))

    post(
        router,
        "/recommendations/generate",
        generate_recommendations,
        Drawn,
        once,
        tag=TAG,
        summary="Draw recommendations anew",
        body=Drawing,
        is_long=True,
    )
    for word, endpoint, summary, body in (
        ("accept", accept_recommendation, "Accept a recommendation", NoFields),
        ("reject", reject_recommendation, "Reject a recommendation", Rejection),
        ("implement", implement_recommendation, "Mark a recommendation as done", NoFields),
        ("verify", verify_recommendation, "Verify what a recommendation saves", Verification),
    ):
        post(
            router,
            f"/recommendations/{{recommendation_id:uuid}}/{word}",
            endpoint,
            RecommendationShown,
            once,
            tag=TAG,
            summary=summary,
            body=body,
        )
    return router
