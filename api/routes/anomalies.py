"""Days that were unlike their past: `GET /anomalies`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from analysis.series import WATCHED_DIMENSIONS
from api.answers import answered
from api.cursors import Place, page_of
from api.models.anomalies import AnomalyPage, anomaly_page
from api.questions import Cursor, Filtered, Flag, Limit, caller_of, of_own
from api.routing import filter_parameters, get
from handlers.anomalies.listing import AnomalyListHandler, AnomalyRow
from handlers.anomalies.requests import DEFAULT_DAYS, MOST_DAYS, ListAnomaliesRequest

FILTERS = ("organization", *WATCHED_DIMENSIONS)


class AnomaliesQuestion(Filtered):
    """Of which days, and of what."""

    days: int = Field(
        DEFAULT_DAYS,
        ge=1,
        le=MOST_DAYS,
        description="The latest complete days.",
        examples=[30],
    )
    only_open: Flag = Field(
        default=False, description="Only what is open, however old it is.", examples=[True]
    )
    limit: Limit = 50
    cursor: Cursor = None


def anomalies_router(handler: AnomalyListHandler) -> APIRouter:
    """The call about anomalies."""
    router = APIRouter()

    async def list_anomalies(
        request: Request, query: Annotated[AnomaliesQuestion, Query()]
    ) -> Response:
        """Daily series that were unlike their past, the newest and the most dollars first.

        One that lasts is one entry, of its latest day. What is a part of something larger that is
        told is left out. A serving costbot looks once for each complete day: `looked_at`.
        """
        caller = caller_of(request)
        filters = query.filters(FILTERS)
        of_own(caller, filters.get("organization", ()))
        asked = ListAnomaliesRequest(query.days, query.only_open, filters)
        found = await handler.list(asked, caller)
        rows = sorted(found.rows, key=_place)
        shown, after = page_of(rows, _place, request, query.cursor, query.limit)
        return answered(request, anomaly_page(found, list(shown), after))

    get(
        router,
        "/anomalies",
        list_anomalies,
        AnomalyPage,
        tag="Anomalies",
        summary="What was unlike its past",
        filters=filter_parameters(handler.dimensions, FILTERS),
    )
    return router


def _place(row: AnomalyRow) -> Place:
    finding = row.finding
    micros = int(abs(finding.usd).scaleb(6))
    return (-finding.day.toordinal(), -micros, str(finding.id))
