"""The picture of a budget's period: what is spent, added up, against its limit, and the fan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from analysis.budgets.forecast import COVERAGE
from analysis.complete_days import DAY
from analysis.written import money, percent
from bot.blocks.forecast_chart import plotted, short_money
from bot.blocks.text import short
from bot.pictures.chart import Band, DailyChart, Line, Mark
from handlers.budgets.results import BudgetHistory

LEAST_DRAWN = 2
"""Days that are known: of one there is no curve."""


def burn_chart(result: BudgetHistory) -> DailyChart | None:
    """The course of the present period; None where there is too little of it."""
    course, status = result.course, result.standing.status
    if len(course) < LEAST_DRAWN:
        return None
    days = [status.period.first + place * DAY for place in range(len(status.period))]
    spent = {day.day: day.cumulative for day in course}
    complete = [day for day in course if not day.is_provisional]
    # From the last complete day on, so that there is no gap between what was and what is foreseen.
    begun = {complete[-1].day: complete[-1].cumulative} if complete else {}
    lines = [
        Line(name="Spent", values=_placed(days, spent)),
        Line(name="Limit", values=plotted([status.limit] * len(days)), style="limit"),
        Line(
            name="Even burn",
            values=plotted(status.limit * (place + 1) / len(days) for place in range(len(days))),
            style="other",
        ),
    ]
    bands: tuple[Band, ...] = ()
    if result.fan:
        ahead = {one.day: one.forecast for one in result.fan}
        expected = {day: one.expected for day, one in ahead.items()}
        lines.append(
            Line(name="Forecast", values=_placed(days, {**begun, **expected}), style="forecast")
        )
        bands = (
            Band(
                name=f"{COVERAGE:.0%} range".replace("%", " %"),
                lower=_placed(days, {day: one.lower for day, one in ahead.items()}),
                upper=_placed(days, {day: one.upper for day, one in ahead.items()}),
            ),
        )
    first_open = complete[-1].day + DAY if complete else course[0].day
    return DailyChart(
        title=_title(result),
        alt=_alt(result),
        first=status.period.first,
        lines=tuple(lines),
        bands=bands,
        marks=_marks(result),
        today=first_open if first_open <= status.period.last else None,
    )


def _title(result: BudgetHistory) -> str:
    status = result.standing.status
    name = short(result.standing.budget.name)
    if not result.fan:
        return f"{name}: {short_money(status.spend)} of {short_money(status.limit)} spent"
    share = result.fan[-1].forecast.expected / status.limit
    return f"{name}: {percent(share)} of its limit expected by {status.period.last}"


def _alt(result: BudgetHistory) -> str:
    status = result.standing.status
    words = (
        f"Spend added up from {result.course[0].day} to {result.course[-1].day}: "
        f"{money(status.spend)} of a limit of {money(status.limit)}."
    )
    if not result.fan:
        return words
    end = result.fan[-1].forecast
    return (
        f"{words} {money(end.expected)} expected by {status.period.last}, in four of five cases "
        f"between {money(end.lower)} and {money(end.upper)}."
    )


def _marks(result: BudgetHistory) -> tuple[Mark, ...]:
    """The day on which the limit was reached, or on which it is expected to be, as it is drawn."""
    status = result.standing.status
    if status.spend >= status.limit:
        day = status.exhaustion
        return () if day is None else (Mark(day=day, label="Limit reached"),)
    over = [one.day for one in result.fan if one.forecast.expected >= status.limit]
    return (Mark(day=over[0], label="Runs out"),) if over else ()


def _placed(days: Iterable[date], values: Mapping[date, Decimal]) -> tuple[float | None, ...]:
    """Money by day, a gap where there is none."""
    found = [values.get(day) for day in days]
    return tuple(None if one is None else plotted([one])[0] for one in found)
