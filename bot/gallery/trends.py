"""Trends, with made-up days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from analysis.complete_days import latest
from analysis.trends import trend_of
from bot.blocks.trends import trends_answer
from bot.gallery.entry import DataSet, Entry
from bot.gallery.forecast import (
    ADMIN,
    DAY,
    HOSTILE,
    LAST,
    TODAY,
    days_of,
    foreseen,
    freshness_of,
    reach_of,
)
from handlers.forecasts.levels import LevelChange
from handlers.forecasts.results import DailySeries
from handlers.trends import MemberTrend, TrendsRequest, TrendsResult

CHANGED = date(2026, 11, 5)


def entries() -> list[Entry]:
    """The template with its three sets of data."""
    return [
        _entry("typical", typical_trends()),
        _entry("empty", empty_trends()),
        _entry("extreme", extreme_trends()),
    ]


def _entry(data: DataSet, result: TrendsResult) -> Entry:
    answer = trends_answer(result, ADMIN)
    return Entry("trends", data, answer.payload(), answer.chart)


def typical_trends() -> TrendsResult:
    """A product that has been at a new level for two weeks, another that has not."""
    risen, steady = _risen(Decimal(160), Decimal(210)), days_of(Decimal(90), 56)
    together = tuple(a + b for a, b in zip(risen.costs, steady.costs, strict=True))
    total = DailySeries(risen.first, together)
    return TrendsResult(
        request=TrendsRequest(),
        by="product",
        stretch=latest(28, LAST, TODAY),
        total=_member(None, total, 28),
        rows=(_member("api", risen, 28), _member("studio", steady, 28)),
        changes=(LevelChange(CHANGED, LAST, Decimal("203.41"), Decimal("241.86")),),
        ahead=foreseen(300.0, 7),
        reach=reach_of(),
        freshness=freshness_of(),
    )


def empty_trends() -> TrendsResult:
    """Nothing was spent."""
    return replace(typical_trends(), total=None, rows=(), by=None, changes=(), ahead=None)


def extreme_trends() -> TrendsResult:
    """Half a year, many members with hostile names, several changes of level."""
    days = 184
    rows = tuple(
        _member(f"{HOSTILE}{n}", days_of(Decimal(9_000_000) / (n + 1), days), days)
        for n in range(60)
    )
    changes = tuple(
        LevelChange(LAST - back * DAY, LAST, Decimal(31_000_000), Decimal(44_000_000))
        for back in (120, 90, 60, 30, 8)
    )
    return replace(
        typical_trends(),
        request=TrendsRequest(days=days, by="model", top=60),
        by="model",
        stretch=latest(days, LAST, TODAY),
        total=replace(
            _member(None, days_of(Decimal(44_000_000), days), days),
            unpriced_requests=123_456_789,
            unknown_requests=9_876_543,
        ),
        rows=rows,
        changes=changes,
        ahead=foreseen(44_000_000.0, 7),
    )


def _risen(before: Decimal, after: Decimal) -> DailySeries:
    low, high = days_of(before, 56), days_of(after, 56)
    places = range(len(low.costs))
    costs = [high.costs[p] if low.first + p * DAY >= CHANGED else low.costs[p] for p in places]
    return DailySeries(low.first, tuple(costs))


def _member(name: str | None, series: DailySeries, days: int) -> MemberTrend:
    trend = trend_of(series.first, series.costs, days)
    return MemberTrend(name, trend, tuple(1_000 for _ in trend.costs), 0, 0)
