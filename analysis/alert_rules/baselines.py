"""What a day is compared with: complete days before it, of which enough are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from statistics import median

from analysis.alert_rules.figures import NOTHING, DailySeries, Figures
from analysis.alert_rules.terms import Baseline
from analysis.complete_days import DAY

WEEK = 7 * DAY

LEAST_WEEKDAYS = 3
"""Of the 4 same weekdays before, so many have to be known."""

LEAST_OF_FOUR_WEEKS = 14
"""Of the 28 days before, so many have to be known."""

LONGEST = 62
"""Days that a baseline reaches back at most: on the 31st, to the first of the month before."""


def days_of(baseline: Baseline, day: date) -> tuple[date, ...]:
    """The days that a day is compared with, the earliest first."""
    match baseline:
        case Baseline.WEEK_BEFORE:
            return _ending(day - DAY, 7)
        case Baseline.WEEKDAY:
            return tuple(day - weeks * WEEK for weeks in (4, 3, 2, 1))
        case Baseline.PRIOR_WEEK:
            return _ending(day - (day.weekday() + 1) * DAY, 7)
        case Baseline.PRIOR_MONTH:
            last = day.replace(day=1) - DAY
            return _ending(last, last.day)
        case Baseline.FOUR_WEEKS:
            return _ending(day - DAY, 28)


def known_days(baseline: Baseline, series: DailySeries, day: date) -> tuple[date, ...] | None:
    """Those of them that are known; None: too few are."""
    days = days_of(baseline, day)
    known = tuple(one for one in days if series.knows(one))
    needed = {
        Baseline.WEEKDAY: LEAST_WEEKDAYS,
        Baseline.FOUR_WEEKS: LEAST_OF_FOUR_WEEKS,
    }.get(baseline, len(days))
    return known if len(known) >= needed else None


def usual(
    baseline: Baseline, series: DailySeries, day: date, figure: Callable[[Figures], Decimal]
) -> Decimal | None:
    """What a day usually comes to; None: too little is known.

    Args:
        baseline: which days say so.
        series: the facts.
        day: that is compared; never among those days.
        figure: of a day.
    """
    days = known_days(baseline, series, day)
    if days is None:
        return None
    values: Sequence[Decimal] = [figure(series.on(one)) for one in days]
    if baseline is Baseline.WEEKDAY:
        return median(values)
    return sum(values, Decimal(0)) / len(values)


def together(baseline: Baseline, series: DailySeries, day: date) -> Figures | None:
    """All that the days came to; None: too few are known."""
    days = known_days(baseline, series, day)
    return None if days is None else sum((series.on(one) for one in days), NOTHING)


def _ending(last: date, days: int) -> tuple[date, ...]:
    return tuple(last - back * DAY for back in range(days - 1, -1, -1))
