"""Where a figure is heading, and what the days to come will cost."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from analysis.forecasts.forecast import DailyForecast
from api.models.analysis import CostBasis, basis_word, is_stale, whose
from api.models.base import Answer, Figure, Money, percentage, plain, plain_or_none, quotient
from handlers.caller import Caller
from handlers.forecasts.results import (
    DAY,
    DailySeries,
    Expectation,
    ForecastResult,
    MemberForecast,
    PeriodOutlook,
    Record,
    usd,
)
from handlers.metric_trends import MetricTrend

Direction = Literal["rising", "falling", "flat", "unknown"]


class DataPoint(Answer):
    """What some days come to."""

    period_start: date
    period_end: date = Field(description="The last day, included.")
    value: Figure


class Prediction(Answer):
    """What some days to come are expected to come to, with an interval of 95 %."""

    period_start: date
    period_end: date = Field(description="The last day, included.")
    expected: Figure
    lower: Figure
    upper: Figure


class TrendAnswer(Answer):
    """Where a figure is heading, over complete days."""

    organization_id: str | None
    metric: Literal["cost", "requests", "tokens"]
    unit: Literal["USD", "requests", "tokens"]
    period_type: Literal["daily", "weekly"]
    period_start: date | None = Field(description="The first day; null: there is no data.")
    period_end: date = Field(description="The last complete day.")
    total: Figure | None = Field(description="Of all data points.")
    average: Figure | None = Field(description="Of a data point.")
    min: Figure | None
    max: Figure | None
    direction: Direction = Field(
        description="By the seasonal Kendall test at 5 %; flat below 1 % a week."
    )
    change_percentage: float | None = Field(description="The last 7 days against the 7 before.")
    growth_per_week: Figure | None = Field(
        description="How much more a day comes to, week by week: the median slope between days "
        "of one weekday."
    )
    growth_percentage: float | None = Field(description="The same, of an average day.")
    prediction: Prediction | None = Field(
        description="The next 7 days together; null: too little history."
    )
    data_points: list[DataPoint] = Field(description="Oldest first.")
    unpriced_requests: int = Field(description="Without a price: their cost is in no figure.")
    is_stale: bool


class ForecastPoint(Answer):
    """What a day to come is expected to cost, with an interval of 95 %."""

    day: date
    predicted_cost: Money
    lower: Money
    upper: Money


class Backtest(Answer):
    """How the chosen model did on the past of the same series."""

    mase: float = Field(description="Mean absolute scaled error: below 1 beats last week again.")
    smape: float = Field(description="Symmetric mean absolute percentage error, 0 to 2.")
    coverage: float | None = Field(description="Share of the outcomes within the interval.")
    origins: int


class CameTrue(Answer):
    """How forecasts of this horizon that were kept came true."""

    first: date = Field(description="The first day on which one was made.")
    last: date
    median_error: float = Field(description="As a share of what came.")
    held: int = Field(description="Intervals that held what came.")
    counted: int


class MonthEnd(Answer):
    """How this month will end."""

    period_start: date
    period_end: date
    as_of: date
    spent: Money
    provisional: Money = Field(description="The part of it of days that are not complete.")
    expected: Money
    lower: Money
    upper: Money


class MemberAhead(Answer):
    """What a member, or everything, is expected to cost."""

    period_start: date | None
    period_end: date | None
    predicted_cost: Money | None = Field(
        description="Of all days together; null: too little history, or nothing has a price."
    )
    lower: Money | None = Field(description="Of all days together: not the sum of the days' own.")
    upper: Money | None
    history_days: int
    unpriced_requests: int
    forecast_model: str | None
    backtest: Backtest | None
    data_points: list[ForecastPoint]


class GroupAhead(MemberAhead):
    """A member of a breakdown."""

    member: str | None = Field(description="Null: the facts name none, or it is all others.")
    members: int = Field(description="How many members it stands for.")


class ForecastAnswer(Answer):
    """What the days to come will cost."""

    organization_id: str | None
    horizon: int
    as_of: date = Field(description="The last complete day.")
    basis: CostBasis
    group_by: str | None
    direction: Direction
    missing_days: int | None = Field(
        description="Complete days that are missing until anything is foreseen; null: none are."
    )
    total: MemberAhead | None = Field(description="Null: there is no data.")
    groups: list[GroupAhead]
    month: MonthEnd | None
    accuracy: CameTrue | None
    is_stale: bool


def trend_answer(found: MetricTrend, caller: Caller) -> TrendAnswer:
    """A trend as it is sent."""
    asked, trend = found.request, found.trend
    metric = asked.metric.value
    prior = None if trend is None else trend.prior_week
    return TrendAnswer(
        organization_id=whose(caller, asked.asked.filters),
        metric=metric,
        unit="USD" if metric == "cost" else metric,
        period_type=asked.period_type.value,
        period_start=found.points[0].first if found.points else None,
        period_end=found.last,
        total=plain_or_none(found.total),
        average=quotient(found.average),
        min=plain_or_none(found.least),
        max=plain_or_none(found.most),
        direction=found.direction.value,
        change_percentage=None if prior is None else percentage(prior.ratio),
        growth_per_week=None if trend is None else quotient(trend.growth),
        growth_percentage=None if trend is None else percentage(trend.growth_ratio),
        prediction=_prediction(found.ahead),
        data_points=[
            DataPoint(period_start=one.first, period_end=one.last, value=plain(one.value))
            for one in found.points
        ],
        unpriced_requests=found.unpriced_requests,
        is_stale=is_stale(found.freshness),
    )


def forecast_answer(result: ForecastResult, caller: Caller) -> ForecastAnswer:
    """A forecast as it is sent."""
    request = result.request
    return ForecastAnswer(
        organization_id=whose(caller, request.filters),
        horizon=request.horizon,
        as_of=result.reach.last,
        basis=basis_word(request.basis),
        group_by=request.by,
        direction=result.direction.value,
        missing_days=None if result.silence is None else result.silence.missing_days,
        total=None if result.total is None else _member(result.total),
        groups=[
            GroupAhead(**_member(row).model_dump(), member=row.member, members=row.several)
            for row in result.rows
        ],
        month=_month(result.outlook),
        accuracy=_came_true(result.record),
        is_stale=is_stale(result.freshness),
    )


def _prediction(ahead: Expectation | None) -> Prediction | None:
    if ahead is None:
        return None
    return Prediction(
        period_start=ahead.first,
        period_end=ahead.last,
        expected=plain(ahead.expected),
        lower=plain(ahead.lower),
        upper=plain(ahead.upper),
    )


def _member(row: MemberForecast) -> MemberAhead:
    found, total = row.forecast, row.total
    series: DailySeries = row.series
    return MemberAhead(
        period_start=None if total is None else total.first,
        period_end=None if total is None else total.last,
        predicted_cost=None if total is None else plain(total.expected),
        lower=None if total is None else plain(total.lower),
        upper=None if total is None else plain(total.upper),
        history_days=len(series.costs),
        unpriced_requests=row.unpriced_requests,
        forecast_model=None if found is None else found.model,
        backtest=None if found is None else _backtest(found),
        data_points=[] if found is None else _points(found),
    )


def _points(found: DailyForecast) -> list[ForecastPoint]:
    days = zip(found.expected, found.lower, found.upper, strict=True)
    return [
        ForecastPoint(
            day=found.first + place * DAY,
            predicted_cost=plain(usd(expected)),
            lower=plain(usd(lower)),
            upper=plain(usd(upper)),
        )
        for place, (expected, lower, upper) in enumerate(days)
    ]


def _backtest(found: DailyForecast) -> Backtest | None:
    tried = found.accuracy
    if tried is None:
        return None
    return Backtest(
        mase=round(tried.mase, 6),
        smape=round(tried.smape, 6),
        coverage=None if tried.coverage is None else round(tried.coverage, 6),
        origins=tried.origins,
    )


def _month(outlook: PeriodOutlook | None) -> MonthEnd | None:
    if outlook is None:
        return None
    return MonthEnd(
        period_start=outlook.first,
        period_end=outlook.last,
        as_of=outlook.as_of,
        spent=plain(outlook.spent),
        provisional=plain(outlook.provisional),
        expected=plain(outlook.expected),
        lower=plain(outlook.lower),
        upper=plain(outlook.upper),
    )


def _came_true(record: Record | None) -> CameTrue | None:
    if record is None:
        return None
    return CameTrue(
        first=record.first,
        last=record.last,
        median_error=float(round(record.error, 6)),
        held=record.held,
        counted=record.counted,
    )
