"""Foresees daily series: cleans them, tries the models, chooses, and says how far off it may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analysis.forecasts.averaged import median_and_theta
from analysis.forecasts.backtest import tried
from analysis.forecasts.cleaning import cleaned
from analysis.forecasts.daily import LEAST_DAYS, Floats
from analysis.forecasts.forecast import DailyForecast
from analysis.forecasts.intervals import daily_half_widths, missed, total_half_width

MOST_DAYS = 182
"""Of the history that are looked back on: older days make no forecast better."""

WIDE_BELOW_DAYS = 56
"""With less known history the interval is widened, and said to be wide."""


class Total(NamedTuple):
    """The sum of some days ahead.

    Attributes:
        expected: never below zero.
        lower, upper: the interval at `LEVEL`; never below zero.
    """

    expected: float
    lower: float
    upper: float


def foresee(values: Sequence[float] | Floats, last: date, horizon: int) -> DailyForecast | None:
    """Foresees the days behind the last complete one.

    Args:
        values: of each day up to `last`, the oldest first, without a gap in the dates; NaN: not
            known. Values below zero count as zero.
        last: the last complete day.
        horizon: days ahead, at least one.

    Returns:
        None, where fewer than `LEAST_DAYS` days are known: too little to say anything.
    """
    return foresee_all(np.asarray(values, dtype=np.float64)[None, :], last, horizon)[0]


def foresee_total(values: Sequence[float] | Floats, last: date, days: int) -> Total | None:
    """Foresees the sum of the next days, as to the end of a month.

    Args:
        values: as of `foresee`.
        last: the last complete day.
        days: ahead, at least one.

    Returns:
        None, where `foresee` is silent.
    """
    said = foresee(values, last, days)
    return None if said is None else Total(said.total, said.total_lower, said.total_upper)


def foresee_all(values: Floats, last: date, horizon: int) -> list[DailyForecast | None]:
    """Foresees many series at once; each as `foresee` does.

    Args:
        values: series × days up to `last`; NaN: not known.
        last: the last complete day of all of them.
        horizon: days ahead, at least one.
    """
    usable = np.where(np.isnan(values), np.nan, np.maximum(values, 0.0))[:, -MOST_DAYS:]
    known = ~np.isnan(usable)
    counts = known.sum(axis=1)
    begins = np.argmax(known, axis=1)
    found: list[DailyForecast | None] = [None] * len(usable)
    for begin in np.unique(begins[counts >= LEAST_DAYS]):
        rows = np.flatnonzero((begins == begin) & (counts >= LEAST_DAYS))
        for row, said in zip(rows, _alike(usable[rows, begin:], last, horizon), strict=True):
            found[row] = said
    return found


def _alike(values: Floats, last: date, horizon: int) -> list[DailyForecast]:
    """Series that begin on the same day."""
    clean = cleaned(values)
    expected = median_and_theta(clean.days, horizon)
    backtest = tried(median_and_theta, clean.days, clean.known & ~clean.odd, horizon)
    counts = clean.known.sum(axis=1)
    of = missed(backtest, 1.2)
    half = daily_half_widths(of, horizon)
    total_half = total_half_width(of, horizon)
    lower, upper = np.maximum(expected - half, 0.0), expected + half
    totals = expected.sum(axis=1)
    return [
        DailyForecast(
            first=last + timedelta(days=1),
            expected=tuple(expected[row].tolist()),
            lower=tuple(lower[row].tolist()),
            upper=tuple(upper[row].tolist()),
            total=float(totals[row]),
            total_lower=float(max(totals[row] - total_half[row], 0.0)),
            total_upper=float(totals[row] + total_half[row]),
            model="weekday median and Theta",
            accuracy=None,
            history_days=int(counts[row]),
            is_wide=bool(counts[row] < WIDE_BELOW_DAYS),
        )
        for row in range(len(values))
    ]
