"""Prices: added, and never changed."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from analysis.clock import Clock
from analysis.roles import Role
from api.answers import done
from api.bodies import sent
from api.models.price_changes import NewPrice
from api.models.pricing import PriceAnswer, price_answer
from api.once import Once
from api.questions import Question, caller_of
from api.routes.pricing import TAG
from api.routing import post
from handlers.rates import RateHandler

SentPrice = Annotated[NewPrice, Depends(sent(NewPrice))]


def price_changes_router(rates: RateHandler, clock: Clock, once: Once) -> APIRouter:
    """The calls that add prices.

    Args:
        rates: sets them.
        clock: the present.
        once: keeps what was answered.
    """
    router = APIRouter()

    async def add_price(
        request: Request, body: SentPrice, query: Annotated[Question, Query()]
    ) -> Response:
        """Adds a price from a day on; the one before it ends where it begins.

        An organization admin sets the rates of the own organization, an admin the list price or
        any organization's. What was imported already keeps the cost that it was given.
        """
        del query
        caller = caller_of(request)
        organization = body.organization_of(caller)
        is_list_price = organization is None and caller.role is Role.ADMIN
        asked = body.request(organization, is_list_price=is_list_price)
        stored = await rates.save(asked, caller, "rest")
        where = urlencode({"provider": stored.provider, "active_only": "false"})
        answer = price_answer(stored, clock())
        return done(request, answer, status=201, location=f"/pricing/models?{where}")

    post(
        router,
        "/pricing/models",
        add_price,
        PriceAnswer,
        once,
        tag=TAG,
        summary="Add a price",
        body=NewPrice,
        creates=True,
    )
    return router
