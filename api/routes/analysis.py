"""What was spent: `GET /analysis`, `GET /breakdown/models`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from analysis.clock import Clock
from analysis.errors import Unfit
from analysis.periods import Dates, Last, Period
from api.answers import Kept
from api.models.analysis import (
    BASES,
    Analysis,
    CostBasis,
    ModelBreakdown,
    analysis_of,
    models_of,
)
from api.questions import Day, Filtered, Flag, caller_of
from api.routing import filter_parameters, get
from handlers.caller import Caller
from handlers.cost import CostHandler
from handlers.cost_results import MOST_BREAKDOWNS, CostRequest

TAG = "Cost"

_RANGES: dict[str, Last] = {
    "1h": Last(1, "h"),
    "6h": Last(6, "h"),
    "24h": Last(24, "h"),
    "7d": Last(7, "d"),
    "30d": Last(30, "d"),
    "90d": Last(90, "d"),
}


class AnalysisQuestion(Filtered):
    """What to add up."""

    start_date: Day | None = Field(
        None,
        description="The first day, in the caller's zone; in place of `time_range`.",
        examples=["2026-11-13"],
    )
    end_date: Day | None = Field(
        None,
        description="The last day, included; without it: today. Needs `start_date`.",
    )
    time_range: Literal["1h", "6h", "24h", "7d", "30d", "90d"] | None = Field(
        None,
        description="The last hours or days, the present one included; 30d where nothing is said.",
        examples=["7d"],
    )
    group_by: list[str] = Field(
        default=["model", "provider"],
        max_length=MOST_BREAKDOWNS,
        description="One or two dimensions, or `day` or `hour`; sent several times.",
        examples=[["team", "day"]],
    )
    limit: int = Field(
        100,
        ge=1,
        le=1000,
        description="Members at most, the dearest ones; `others` adds up the rest.",
        examples=[5],
    )
    basis: CostBasis = Field(
        "fully_loaded",
        description="fully_loaded: direct cost with its share of idle and overhead, of requests. "
        "infrastructure: direct cost of everything.",
        examples=["infrastructure"],
    )
    customers_only: Flag = Field(
        default=False,
        description="Leave internal traffic out; always so for callers of one organization.",
        examples=[True],
    )

    def period(self, today: date) -> Period:
        """The stretch that is added up.

        Raises:
            Unfit: it is given in two ways, or by its end alone.
        """
        if self.time_range is not None:
            if self.start_date or self.end_date:
                fault = "Give either time_range or start_date and end_date."
                raise Unfit({"query.time_range": fault})
            return _RANGES[self.time_range]
        if self.start_date is None:
            if self.end_date is not None:
                raise Unfit({"query.end_date": "It needs a start_date."})
            return _RANGES["30d"]
        return Dates(self.start_date, self.end_date or max(self.start_date, today))


class ModelsQuestion(Filtered):
    """Of which days, and whose."""

    days: int = Field(30, ge=1, le=365, description="The last days, today included.", examples=[7])


def analysis_router(handler: CostHandler, kept: Kept, clock: Clock) -> APIRouter:
    """The calls about what was spent.

    Args:
        handler: answers.
        kept: says whether an answer still holds.
        clock: the present.
    """
    router = APIRouter()
    dimensions = handler.dimensions
    filters = filter_parameters(dimensions, dimensions)

    async def get_cost_analysis(
        request: Request, query: Annotated[AnalysisQuestion, Query()]
    ) -> Response:
        """What a period cost, divided by up to two dimensions, against the period before.

        Every dimension filters by its name. What has no price is counted, and is in no cost.
        """
        caller = caller_of(request)
        asked = CostRequest(
            period=query.period(clock().astimezone(caller.zone).date()),
            by=tuple(query.group_by),
            filters=query.filters(dimensions),
            top=query.limit,
            basis=BASES[query.basis],
            customers_only=query.customers_only,
        )

        async def make() -> Analysis:
            return analysis_of(await handler.cost(asked, caller), caller)

        return await kept.answered(request, make)

    async def get_model_breakdown(
        request: Request, query: Annotated[ModelsQuestion, Query()]
    ) -> Response:
        """What each model cost over the last days, with cost per request and per 1,000 tokens."""
        caller: Caller = caller_of(request)
        asked = CostRequest(
            period=Last(query.days, "d"),
            by=("model", "provider"),
            filters=query.filters(dimensions),
        )

        async def make() -> ModelBreakdown:
            return models_of(await handler.cost(asked, caller), caller)

        return await kept.answered(request, make)

    get(
        router,
        "/analysis",
        get_cost_analysis,
        Analysis,
        tag=TAG,
        summary="What a period cost",
        filters=filters,
    )
    get(
        router,
        "/breakdown/models",
        get_model_breakdown,
        ModelBreakdown,
        tag=TAG,
        summary="What each model cost",
        filters=filters,
    )
    return router
