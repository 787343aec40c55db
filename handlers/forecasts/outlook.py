"""How a month that is on will end: what has come of it, and what is foreseen of the rest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from handlers.complete import Reach
from handlers.forecasts.history import MemberHistory
from handlers.forecasts.results import DAY, Expectation, PeriodOutlook
from handlers.forecasts.statistics import foreseen_each, foreseen_together

LATEST_BEHIND = 8
"""Days that the last complete one may lie behind today: beyond a week the end of a month would be
foreseen from another month's days, and what was spent since is not known."""


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + 31 * DAY).replace(day=1) - DAY


def month_end(total: MemberHistory, reach: Reach) -> PeriodOutlook | None:
    """How the month of today will end.

    None where the history is too short, or where the data ended long ago. What is foreseen of the
    days that the data lags behind counts, or what has already come of them where that is more.
    """
    series = total.series
    if series is None or total.is_unpriced or (reach.today - reach.last).days > LATEST_BEHIND:
        return None
    first, last = month_of(reach.today)
    rest = foreseen_together(series, (last - series.last).days)
    if rest is None:
        return None
    spent = series.between(first, last)
    provisional = sum((cost for day, cost in total.so_far.items() if day >= first), Decimal(0))
    ahead = _within(rest, first)
    least = spent + provisional
    return PeriodOutlook(
        first=first,
        last=last,
        as_of=series.last,
        spent=least,
        provisional=provisional,
        expected=max(spent + ahead.expected, least),
        lower=max(spent + ahead.lower, least),
        upper=max(spent + ahead.upper, least),
        history_days=len(series.costs),
        days_before_data=max((total.known_from - first).days, 0),
        ahead=foreseen_each(series, (last - series.last).days),
    )


def _within(rest: Expectation, first: date) -> Expectation:
    """The part of what is foreseen that lies in the month: all of it, but for its first days.

    On these the data may lag behind into the month before; the range is then taken in proportion.
    """
    if rest.first >= first:
        return rest
    share = Decimal((rest.last - first).days + 1) / ((rest.last - rest.first).days + 1)
    return Expectation(
        first, rest.last, rest.expected * share, rest.lower * share, rest.upper * share
    )
