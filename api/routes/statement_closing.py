"""Closed months, a month before it is closed, and closing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import answered, done
from api.bodies import sent
from api.models.statements import (
    ClosedMonthAnswer,
    ClosedMonthList,
    MonthClosing,
    MonthToClose,
    closed_month,
    closed_months,
    month_to_close,
    whole_month,
)
from api.once import Once
from api.questions import Question, caller_of
from api.routes.statements import TAG, Month, first_day
from api.routing import get, post
from handlers.showback.handlers import ShowbackHandlers

SentClosing = Annotated[MonthClosing, Depends(sent(MonthClosing))]


class ClosingQuestion(Question):
    """Which month."""

    month: Month


def statement_closing_router(showback: ShowbackHandlers, once: Once) -> APIRouter:
    """The calls about closed months.

    Args:
        showback: closes months.
        once: keeps what was answered.
    """
    router = APIRouter()

    async def list_closed_months(request: Request, query: Annotated[Question, Query()]) -> Response:
        """The latest closed months, with what was charged."""
        del query
        return answered(request, closed_months(await showback.statements.list(caller_of(request))))

    async def preview_closing(
        request: Request, query: Annotated[ClosingQuestion, Query()]
    ) -> Response:
        """A month as it would be frozen; nothing is. For admins of all organizations."""
        preview = await showback.closing.preview(first_day(query.month), caller_of(request))
        return answered(request, month_to_close(preview))

    async def close_month(
        request: Request, body: SentClosing, query: Annotated[Question, Query()]
    ) -> Response:
        """Freezes a month for good: what changes later is billed as a correction.

        For admins of all organizations.
        """
        del query
        caller, month, digest = caller_of(request), first_day(body.month), body.digest
        if digest is None:
            digest = (await showback.closing.preview(month, caller)).digest
        closed = await showback.closing.close(month, digest, caller, "rest")
        return done(request, closed_month(whole_month(closed)))

    get(
        router,
        "/statements/closed",
        list_closed_months,
        ClosedMonthList,
        tag=TAG,
        summary="Closed months",
    )
    get(
        router,
        "/statements/close",
        preview_closing,
        MonthToClose,
        tag=TAG,
        summary="A month before it is closed",
        outdated="It is closed already.",
    )
    post(
        router,
        "/statements/close",
        close_month,
        ClosedMonthAnswer,
        once,
        tag=TAG,
        summary="Close a month",
        body=MonthClosing,
    )
    return router
