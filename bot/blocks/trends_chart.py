"""The picture of a trend: its days, the levels that they kept to, and the next week."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from analysis.trends import Direction
from analysis.written import money, percent
from bot.blocks.forecast_chart import plotted, rounded, short_money
from bot.pictures.chart import Band, DailyChart, Line, Mark
from handlers.forecasts.levels import LevelChange
from handlers.forecasts.results import usd
from handlers.trends import MemberTrend, TrendsResult

LEAST_DRAWN = 2
"""Days: of one there is no curve."""


def trends_chart(result: TrendsResult) -> DailyChart | None:
    """The days of the total with its changes of level; None where there is nothing to draw."""
    total = result.total
    if total is None or total.is_unpriced or len(total.trend.costs) < LEAST_DRAWN:
        return None
    trend, ahead = total.trend, result.ahead
    was = plotted(trend.costs)
    later: tuple[float | None, ...] = () if ahead is None else (None,) * len(ahead.expected)
    lines = [Line(name="Cost", values=(*was, *later))]
    if result.changes:
        lines.append(Line(name="Level", values=(*_levels(result), *later), style="expected"))
    bands: tuple[Band, ...] = ()
    if ahead is not None:
        gap: tuple[float | None, ...] = (None,) * len(was)
        expected = (*gap[:-1], was[-1], *rounded(ahead.expected))
        lines.append(Line(name="Forecast", values=expected, style="forecast"))
        bands = (
            Band(
                name="95 % range",
                lower=(*gap, *rounded(ahead.lower)),
                upper=(*gap, *rounded(ahead.upper)),
            ),
        )
    return DailyChart(
        title=_title(result, total),
        alt=_alt(result, total),
        first=trend.first,
        lines=tuple(lines),
        bands=bands,
        marks=tuple(
            Mark(day=change.day, label=f"{short_money(change.after)} a day")
            for change in result.changes
        ),
        today=None if ahead is None else ahead.first,
    )


def _title(result: TrendsResult, total: MemberTrend) -> str:
    trend = total.trend
    if result.changes:
        last = result.changes[-1]
        before, after = short_money(last.before), short_money(last.after)
        return f"Since {_day(last.day)} {after} a day in place of {before}"
    if trend.direction in (Direction.RISING, Direction.FALLING):
        ratio = trend.growth_ratio
        pace = "" if ratio is None else f" by {percent(abs(ratio))} a week"
        return (
            f"{trend.direction.capitalize()}{pace}: {short_money(trend.average)} on an average day"
        )
    return f"No steady growth: {short_money(trend.average)} on an average day"


def _alt(result: TrendsResult, total: MemberTrend) -> str:
    trend = total.trend
    words = (
        f"Daily cost from {trend.first} to {trend.last}: {money(trend.total)} together, "
        f"{trend.direction}."
    )
    ahead = result.ahead
    if ahead is None:
        return words
    return (
        f"{words} The {len(ahead.expected)} days to {ahead.last} are foreseen to cost "
        f"{money(usd(ahead.total))}, between {money(usd(ahead.total_lower))} and "
        f"{money(usd(ahead.total_upper))}."
    )


def _levels(result: TrendsResult) -> tuple[float, ...]:
    """The level of each day of the stretch."""
    total = result.total
    if total is None:
        return ()
    days = [total.trend.day(place) for place in range(len(total.trend.costs))]
    return plotted(_level(day, result.changes) for day in days)


def _level(day: date, changes: tuple[LevelChange, ...]) -> Decimal:
    begun = [change for change in changes if change.day <= day]
    return begun[-1].after if begun else changes[0].before


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
