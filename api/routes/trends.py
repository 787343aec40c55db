"""Where a figure is heading, and what is to come: `GET /trends`, `GET /forecast`."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from analysis.forecasts.forecast import HORIZONS
from analysis.trends import LEAST_DAYS, MONTH
from api.answers import Kept, answered
from api.models.analysis import BASES, CostBasis
from api.models.trends import ForecastAnswer, TrendAnswer, forecast_answer, trend_answer
from api.questions import Filtered, Flag, caller_of
from api.routing import filter_parameters, get
from handlers.forecasts.forecasting import ForecastHandler
from handlers.forecasts.requests import MOST_MEMBERS, ForecastRequest
from handlers.metric_trends import (
    Metric,
    MetricTrendRequest,
    MetricTrendsHandler,
    PeriodType,
)
from handlers.trends import MOST_DAYS, TrendsRequest

TAG = "Trends and forecasts"


def _number(given: object) -> object:
    return int(given) if isinstance(given, str) and given in _HORIZONS else given


_HORIZONS = {str(days) for days in HORIZONS}

Horizon = Annotated[Literal[7, 14, 30, 90], BeforeValidator(_number)]


class TrendQuestion(Filtered):
    """Of what, and over how many days."""

    metric: Literal["cost", "requests", "tokens"] = Field(
        "cost", description="What is counted.", examples=["tokens"]
    )
    days: int = Field(
        MONTH,
        ge=LEAST_DAYS,
        le=MOST_DAYS,
        description="The latest complete days.",
        examples=[56],
    )
    period_type: Literal["daily", "weekly"] = Field(
        "daily",
        description="What a data point stands for: a day, or seven, counted back from the last "
        "complete one; days that fill no week are left out.",
        examples=["weekly"],
    )
    basis: CostBasis = Field("fully_loaded", description="See `GET /analysis`.")
    customers_only: Flag = Field(default=False, description="See `GET /analysis`.")


class ForecastQuestion(Filtered):
    """How far ahead, and of what."""

    horizon: Horizon = Field(30, description="Days ahead.", examples=[14])
    group_by: str | None = Field(
        None,
        min_length=1,
        description="A dimension, whose members are foreseen one by one as well.",
        examples=["model"],
    )
    limit: int = Field(
        10,
        ge=1,
        le=MOST_MEMBERS,
        description="Members that are foreseen one by one; the others are foreseen as one.",
        examples=[3],
    )
    basis: CostBasis = Field("fully_loaded", description="See `GET /analysis`.")
    customers_only: Flag = Field(default=False, description="See `GET /analysis`.")


def trends_router(trends: MetricTrendsHandler, forecasts: ForecastHandler, kept: Kept) -> APIRouter:
    """The calls about where cost is heading.

    Args:
        trends: answers where a figure is heading.
        forecasts: answers what is to come.
        kept: says whether an answer still holds.
    """
    router = APIRouter()
    dimensions = forecasts.dimensions
    filters = filter_parameters(dimensions, dimensions)

    async def get_trends(request: Request, query: Annotated[TrendQuestion, Query()]) -> Response:
        """Where cost, requests or tokens are heading over complete days, and the week to come.

        A day that is not over is in no figure; a day without any cost is a day of 0.
        """
        caller = caller_of(request)
        asked = TrendsRequest(
            filters=query.filters(dimensions),
            basis=BASES[query.basis],
            customers_only=query.customers_only,
            days=query.days,
        )
        wanted = MetricTrendRequest(asked, Metric(query.metric), PeriodType(query.period_type))

        async def make() -> TrendAnswer:
            return trend_answer(await trends.trend(wanted, caller), caller)

        return await kept.answered(request, make)

    async def get_forecast(
        request: Request, query: Annotated[ForecastQuestion, Query()]
    ) -> Response:
        """What the days to come will cost, each with an interval that is meant to hold 95 of 100.

        With how this month will end, how the chosen model did on the past, and how forecasts that
        were kept came true.
        """
        caller = caller_of(request)
        asked = ForecastRequest(
            by=query.group_by,
            filters=query.filters(dimensions),
            top=query.limit,
            basis=BASES[query.basis],
            customers_only=query.customers_only,
            horizon=query.horizon,
        )
        return answered(request, forecast_answer(await forecasts.forecast(asked, caller), caller))

    get(
        router,
        "/trends",
        get_trends,
        TrendAnswer,
        tag=TAG,
        summary="Where a figure is heading",
        filters=filters,
    )
    get(
        router,
        "/forecast",
        get_forecast,
        ForecastAnswer,
        tag=TAG,
        summary="What the days to come will cost",
        filters=filters,
    )
    return router
