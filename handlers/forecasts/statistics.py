"""The way to the statistics: they need numpy, which is loaded when the first of them is asked for.

Money becomes a plain number on the way in, and money again in `handlers.forecasts.results`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.forecasts.forecast import DailyForecast
from handlers.forecasts.results import DAY, DailySeries, Expectation, usd


def foreseen(series: DailySeries, days: int) -> DailyForecast | None:
    """The days behind a series; None where its history is too short to say anything.

    Takes some hundredths of a second: for a thread.
    """
    from analysis.forecasts.foresee import foresee

    return foresee(numbers(series), series.last, days)


def foreseen_together(series: DailySeries, days: int) -> Expectation | None:
    """The days behind a series added up; None where its history is too short to say anything.

    Takes some hundredths of a second: for a thread.
    """
    from analysis.forecasts.foresee import foresee_total

    found = foresee_total(numbers(series), series.last, days)
    if found is None:
        return None
    return Expectation(
        series.last + DAY,
        series.last + days * DAY,
        usd(found.expected),
        usd(found.lower),
        usd(found.upper),
    )


def foreseen_each(series: DailySeries, days: int) -> tuple[Expectation, ...]:
    """The days behind a series, one by one; none where its history is too short.

    Takes some hundredths of a second: for a thread.
    """
    found = foreseen(series, days) if days > 0 else None
    if found is None:
        return ()
    spans = zip(found.expected, found.lower, found.upper, strict=True)
    return tuple(
        Expectation(day, day, usd(expected), usd(lower), usd(upper))
        for place, (expected, lower, upper) in enumerate(spans)
        for day in (found.first + place * DAY,)
    )


def least_history() -> int:
    """Complete days from which on anything is foreseen."""
    from analysis.forecasts.daily import LEAST_DAYS

    return LEAST_DAYS


def numbers(series: DailySeries) -> Sequence[float]:
    """The days of a series as statistics take them."""
    return [float(day) for day in series.costs]


def foreseen_all(
    series: Sequence[DailySeries], last: date, days: int
) -> list[DailyForecast | None]:
    """The days behind many series at once, in their order; None: too short a history.

    Takes a thousandth of a second for each: for a thread.

    Args:
        series: that all end on `last`.
        last: the last complete day.
        days: ahead.
    """
    import numpy as np

    from analysis.forecasts.foresee import foresee_all

    if not series:
        return []
    longest = max(len(one.costs) for one in series)
    table = np.full((len(series), longest), np.nan)
    for place, one in enumerate(series):
        table[place, longest - len(one.costs) :] = numbers(one)
    return foresee_all(table, last, days)
