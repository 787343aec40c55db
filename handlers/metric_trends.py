"""Where a figure is heading by day or by week: cost, requests or tokens, of complete days alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from analysis.periods import Dates
from analysis.trends import WEEK, Direction, Trend, trend_of
from handlers.caller import Caller
from handlers.cost import CostHandler
from handlers.cost_results import CostRequest
from handlers.forecasts.results import DailySeries, Expectation, usd
from handlers.forecasts.statistics import foreseen
from handlers.freshness import Freshness
from handlers.trends import MemberTrend, TrendsHandler, TrendsRequest

DAY = timedelta(days=1)


class Metric(StrEnum):
    """What is counted."""

    COST = "cost"
    """USD."""
    REQUESTS = "requests"
    TOKENS = "tokens"
    """Of all classes."""


class PeriodType(StrEnum):
    """What a point stands for."""

    DAILY = "daily"
    WEEKLY = "weekly"
    """Seven days, counted back from the last complete one: each holds every weekday once. Days that
    fill no week are left out."""


@dataclass(frozen=True, slots=True)
class MetricTrendRequest:
    """A question where a figure is heading.

    Attributes:
        asked: of what, and over how many complete days.
        metric: what is counted.
        period_type: what a point stands for.
    """

    asked: TrendsRequest
    metric: Metric = Metric.COST
    period_type: PeriodType = PeriodType.DAILY


@dataclass(frozen=True, slots=True)
class Point:
    """What some days come to.

    Attributes:
        first, last: the days, both included.
        value: USD, requests or tokens.
    """

    first: date
    last: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class MetricTrend:
    """The answer to a `MetricTrendRequest`.

    Attributes:
        request: the question, with filter values as the data writes them.
        points: oldest first; none where there is no fact, or none has a price.
        trend: of the days; None where there is no point.
        ahead: the next week; None: too little history.
        unpriced_requests: of these days, without a price: their cost is in no point.
        last: the last complete day.
        freshness: how old each source is.
    """

    request: MetricTrendRequest
    points: tuple[Point, ...]
    trend: Trend | None
    ahead: Expectation | None
    unpriced_requests: int
    last: date
    freshness: Freshness

    @property
    def total(self) -> Decimal | None:
        """Of all points; None where there is none."""
        return sum((one.value for one in self.points), Decimal(0)) if self.points else None

    @property
    def average(self) -> Decimal | None:
        """Of a point."""
        total = self.total
        return None if total is None else total / len(self.points)

    @property
    def least(self) -> Decimal | None:
        """Of the lowest point."""
        return min((one.value for one in self.points), default=None)

    @property
    def most(self) -> Decimal | None:
        """Of the highest point."""
        return max((one.value for one in self.points), default=None)

    @property
    def direction(self) -> Direction:
        """Which way the days run."""
        return Direction.UNKNOWN if self.trend is None else self.trend.direction


@dataclass(frozen=True, slots=True)
class MetricTrendsHandler:
    """Answers where a figure is heading; knows no Slack and no HTTP.

    Attributes:
        trends: knows the cost of complete days, and which these are.
        costs: knows their tokens.
    """

    trends: TrendsHandler
    costs: CostHandler

    async def trend(self, request: MetricTrendRequest, caller: Caller) -> MetricTrend:
        """Where a figure is heading, within what `caller` may see.

        Raises:
            NotUnderstood, NotAllowed, NotFound, Unavailable: see `TrendsHandler.trends`.
        """
        found = await self.trends.trends(request.asked, caller)
        total = found.total
        trend: Trend | None = None
        ahead: Expectation | None = None
        if total is None:
            pass
        elif request.metric is Metric.COST:
            if not total.is_unpriced:
                trend = total.trend
            if found.ahead is not None:
                ahead = Expectation(
                    found.ahead.first,
                    found.ahead.last,
                    usd(found.ahead.total),
                    usd(found.ahead.total_lower),
                    usd(found.ahead.total_upper),
                )
        else:
            values = await self._values(request.metric, total, found.request, caller)
            trend = trend_of(total.trend.first, values, len(values))
            ahead = await asyncio.to_thread(_ahead, DailySeries(trend.first, trend.costs))
        return MetricTrend(
            MetricTrendRequest(found.request, request.metric, request.period_type),
            () if trend is None else tuple(_points(trend, request.period_type)),
            trend,
            ahead,
            0 if total is None else total.unpriced_requests,
            found.reach.last,
            found.freshness,
        )

    async def _values(
        self, metric: Metric, total: MemberTrend, asked: TrendsRequest, caller: Caller
    ) -> list[Decimal]:
        """Requests or tokens of each day of the trend."""
        if metric is Metric.REQUESTS:
            return [Decimal(one) for one in total.requests]
        first, last = total.trend.first, total.trend.last
        request = CostRequest(
            period=Dates(first, last),
            by=("day",),
            filters=asked.filters,
            basis=asked.basis,
            customers_only=asked.customers_only,
        )
        rows = (await self.costs.cost(request, caller)).rows
        tokens: Mapping[object, int] = {
            row.key[0]: row.measures.input_tokens + row.measures.all_output_tokens for row in rows
        }
        days = [first + place * DAY for place in range(len(total.trend.costs))]
        return [Decimal(tokens.get(day, 0)) for day in days]


def _ahead(series: DailySeries) -> Expectation | None:
    """The next week; takes some hundredths of a second, for a thread."""
    found = foreseen(series, WEEK)
    if found is None:
        return None
    total, lower, upper = usd(found.total), usd(found.total_lower), usd(found.total_upper)
    return Expectation(found.first, found.last, total, lower, upper)


def _points(trend: Trend, kind: PeriodType) -> Sequence[Point]:
    """The days, or whole weeks of them: the first days may be of none."""
    length = WEEK if kind is PeriodType.WEEKLY else 1
    begin = len(trend.costs) % length
    return [
        Point(
            trend.day(place),
            trend.day(place + length - 1),
            sum(trend.costs[place : place + length], Decimal(0)),
        )
        for place in range(begin, len(trend.costs), length)
    ]
