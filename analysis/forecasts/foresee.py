"""Foresees daily series: cleans them, tries the models, chooses, and says how far off it may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analysis.forecasts.accuracy import accuracies
from analysis.forecasts.choosing import chosen
from analysis.forecasts.cleaning import Cleaned, cleaned, sparse
from analysis.forecasts.daily import LEAST_DAYS, Floats
from analysis.forecasts.forecast import DailyForecast
from analysis.forecasts.intervals import missed
from analysis.forecasts.levels import beginning, factors, strong_changes
from analysis.forecasts.skew import mean_over_median

MOST_DAYS = 182
"""Of the history that are looked back on: older days make no forecast better."""

WIDE_BELOW_DAYS = 56
"""With less known history the interval is much widened, and said to be wide."""


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
    found: list[DailyForecast | None] = [None] * len(usable)
    alike: dict[tuple[int, bool], list[int]] = defaultdict(list)
    changes = [strong_changes(row) for row in usable]
    for row, series in enumerate(usable):
        begin = max(_first_day(series), beginning(series, changes[row]))
        if np.count_nonzero(~np.isnan(series[begin:])) >= LEAST_DAYS:
            alike[begin, bool(sparse(series[None, begin:])[0])].append(row)
    for (begin, is_sparse), rows in alike.items():
        lifts = np.stack([factors(usable.shape[1], changes[row]) for row in rows])
        history = cleaned(usable[rows, begin:])
        lifted = Cleaned(
            history.days * lifts[:, begin:],
            history.odd,
            history.outcomes * lifts[:, begin:],
            history.wild,
        )
        said = _foreseen(lifted, last, horizon, is_sparse=is_sparse)
        for row, forecast in zip(rows, said, strict=True):
            found[row] = forecast
    return found


def _first_day(series: Floats) -> int:
    """The place from which a series is known, and in use if it is a busy one since."""
    known = np.flatnonzero(~np.isnan(series))
    in_use = np.flatnonzero(series > 0)
    if len(in_use) and not sparse(series[None, in_use[0] :])[0]:
        return int(in_use[0])
    return int(known[0]) if len(known) else len(series)


def _foreseen(
    history: Cleaned, last: date, horizon: int, *, is_sparse: bool
) -> list[DailyForecast]:
    """Series that begin on the same day, and are all mostly zero or none of them."""
    choice = chosen(history, horizon, sparse=is_sparse)
    lift = 1.0 if is_sparse else mean_over_median(history)
    expected, backtest = choice.expected * lift, choice.backtest.lifted(lift)
    of = missed(backtest.foreseen, backtest.missed, history.days)
    half = of.daily_half_widths(expected)
    lower, upper = np.maximum(expected - half, 0.0), expected + half
    totals = expected.sum(axis=1)
    total_half = of.total_half_width(horizon) if horizon > 1 else half[:, 0]
    total_lower = np.maximum(totals - total_half, 0.0)
    counts = (~np.isnan(history.outcomes)).sum(axis=1)
    accuracy = accuracies(backtest, history.days)
    return [
        DailyForecast(
            first=last + timedelta(days=1),
            expected=tuple(expected[row].tolist()),
            lower=tuple(lower[row].tolist()),
            upper=tuple(upper[row].tolist()),
            total=float(totals[row]),
            total_lower=float(total_lower[row]),
            total_upper=float(totals[row] + total_half[row]),
            model=choice.names[row],
            accuracy=accuracy[row],
            history_days=int(counts[row]),
            is_wide=bool(counts[row] < max(WIDE_BELOW_DAYS, horizon)),
        )
        for row in range(len(expected))
    ]
