"""Outliers out and gaps filled, before anything is learned from a history.

A day is an outlier that lies far from the level around it, given its weekday: the filter of
Hampel (F. R. Hampel, "The influence curve and its role in robust estimation", JASA 69, 1974;
R. K. Pearson, "Outliers in process modeling and identification", 2002) on residuals by weekday.
The level is a running median over three weeks, which a few odd days do not move and a lasting
shift moves at once; where more than `MOST_IN_A_WEEK` days of a week are far off on one side, that
is a new level, and they stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analysis.forecasts.daily import TINY, WEEK, Bools, Floats, over_days
from analysis.forecasts.quantiles import known_median
from analysis.forecasts.seasons import CLOSED, carried_on

HALF_WINDOW = 10
"""Days on either side of the one whose level is taken: three weeks together, as many of each
weekday."""

BEYOND = 4.0
"""Robust standard deviations from which a day is an outlier."""

LEAST_SPREAD = 0.03
"""Of the level: days of a series without noise are not judged more strictly than that."""

MOST_IN_A_WEEK = 3
"""Outliers on one side, of seven days in a row, that are still outliers."""

SPARSE = 0.5
"""Share of days with anything, up to which a series counts as mostly zero."""

WILD = 8.0
"""Robust standard deviations from which a day is not even held against a forecast of it: what comes
once is no measure of what comes usually. Outliers below that are, for they do come."""

MAD_TO_SIGMA = 1.4826
"""Of a normal distribution the standard deviation over the median absolute deviation."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Histories that can be learned from.

    Attributes:
        days: series × days, all known, none negative.
        odd: of the same shape: which were outliers, and are as a usual day now.
        outcomes: of the same shape: the days as they were, outliers and all; NaN: not known.
        wild: of the same shape: outliers that no forecast is held against.
    """

    days: Floats
    odd: Bools
    outcomes: Floats
    wild: Bools


def cleaned(values: Floats) -> Cleaned:
    """Fills what is not known and replaces what is an outlier by a usual day.

    Series that are mostly zero are left as they are: among them a day with anything is no outlier.

    Args:
        values: series × days, NaN where unknown; each with a known day.
    """
    known = ~np.isnan(values)
    level = local_level(values)
    first = over_days(_median_by_weekday(_ratios(values, level)), len(values[0]))
    # Once more without the week's shape: windows at the ends have more of some weekdays than of
    # others, and would take a weekday for a level.
    flat = np.where(first >= CLOSED, values / np.maximum(first, CLOSED), np.nan)
    level = local_level(np.where(level > 0, flat, values))
    ratios = _ratios(values, level)
    factors = over_days(_median_by_weekday(ratios), len(values[0]))
    residuals = ratios - factors
    noisy = np.where(factors >= CLOSED, np.abs(residuals), np.nan)  # a closed day is always alike
    spread = MAD_TO_SIGMA * np.nan_to_num(known_median(noisy))[:, None]
    sizes = np.abs(np.nan_to_num(residuals)) / np.maximum(spread, LEAST_SPREAD)
    busy = ~sparse(values)[:, None]
    odd = _without_new_levels(sizes > BEYOND, residuals > 0) & busy
    usual = level * factors
    days = np.where(odd | ~known, usual, np.nan_to_num(values))
    return Cleaned(np.maximum(days, 0.0), odd, values, odd & (sizes > WILD))


def sparse(values: Floats) -> Bools:
    """Of each series whether it is mostly zero.

    Args:
        values: series × days, NaN where unknown; each with a known day.
    """
    known = ~np.isnan(values)
    busy: Bools = (np.nan_to_num(values) > 0).sum(axis=1) > SPARSE * known.sum(axis=1)
    return ~busy


def local_level(values: Floats) -> Floats:
    """The running median of the days around each: series × days.

    Args:
        values: series × days, NaN where unknown.
    """
    edge = np.full((len(values), HALF_WINDOW), np.nan)
    windows = sliding_window_view(
        np.concatenate([edge, values, edge], axis=1), 2 * HALF_WINDOW + 1, axis=1
    )
    return carried_on(known_median(windows))


def _ratios(values: Floats, level: Floats) -> Floats:
    """Of the days to their level; NaN where there is none."""
    return np.where(level > TINY, values / np.maximum(level, TINY), np.nan)


def _median_by_weekday(ratios: Floats) -> Floats:
    """Series × 7, the weekday behind the last day first; 1 where a weekday is not known."""
    missing = -ratios.shape[1] % WEEK
    padded = np.concatenate([np.full((len(ratios), missing), np.nan), ratios], axis=1)
    medians = known_median(np.moveaxis(padded.reshape(len(ratios), -1, WEEK), 1, 2))
    return np.where(np.isnan(medians), 1.0, medians)


def _without_new_levels(far: Bools, above: Bools) -> Bools:
    """Leaves out those of which there are more than `MOST_IN_A_WEEK` in a week, on one side."""
    kept: Bools = far
    for side in (far & above, far & ~above):
        edge = np.zeros((len(far), WEEK - 1), dtype=np.bool_)
        weeks = sliding_window_view(np.concatenate([edge, side, edge], axis=1), WEEK, axis=1)
        many: Bools = np.sum(weeks, axis=2) > MOST_IN_A_WEEK
        for start in range(WEEK):
            kept = kept & ~(side & many[:, start : start + far.shape[1]])
    return kept
