"""Theta: a smoothed level that drifts by half the slope, with the week's shape put back.

V. Assimakopoulos and K. Nikolopoulos, "The theta model: a decomposition approach to forecasting",
International Journal of Forecasting 16(4), 2000; in the form of R. J. Hyndman and B. Billah,
"Unmasking the Theta method", 2003: simple exponential smoothing whose drift is half the slope of
the line through the history.

The robust kind takes medians wherever the classical one takes means: the week's shape is a median
over weeks, the slope is Sen's over pairs of days of one weekday (Hirsch, Slack and Smith, 1982),
and the weight of the smoothing is the one with the least mean absolute error.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.daily import WEEK, Floats, by_weekday
from analysis.forecasts.seasons import week_shape, without_season
from analysis.forecasts.smoothing import smoothed

SHAPE_WEEKS = 12
"""Weeks that the shape of a week is learned from at most."""

SLOPE_DAYS = 182
"""Days that a slope is learned from at most."""

TRUSTED_DAYS = 90
"""With less history the robust slope is shrunk by the share that there is: the slope of a month is
mostly chance, and thirty days ahead it is carried on as far as it was learned."""

WEIGHTS: tuple[float, ...] = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
ROBUST_WEIGHTS: tuple[float, ...] = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)


def robust_theta(history: Floats, horizon: int) -> Floats:
    """Theta with medians for means; never below zero.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    shape = week_shape(history, SHAPE_WEEKS)
    flat = without_season(history, shape)
    level, weight = smoothed(flat, np.array(ROBUST_WEIGHTS), robust=True)
    trust = min(1.0, history.shape[1] / TRUSTED_DAYS)
    return _drifting(level, weight, trust * sens_slope(flat[:, -SLOPE_DAYS:]), shape, horizon)


def theta(history: Floats, horizon: int) -> Floats:
    """The classical Theta method, multiplicative by weekday; never below zero.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    days = history.shape[1]
    shape = week_shape(history, days, robust=False)
    flat = without_season(history, shape)
    level, weight = smoothed(flat, np.array(WEIGHTS), robust=False)
    places = np.arange(days, dtype=np.float64) - (days - 1) / 2
    return _drifting(level, weight, flat @ places / (places @ places), shape, horizon)


def sens_slope(values: Floats) -> Floats:
    """By how much a day is more than the one before it: of each series the median over pairs.

    Args:
        values: series × days; pairs are days a whole number of weeks apart.
    """
    days = values.shape[1]
    slopes = [(values[:, apart:] - values[:, :-apart]) / apart for apart in range(WEEK, days, WEEK)]
    return np.median(np.concatenate(slopes, axis=1), axis=1)


def _drifting(level: Floats, weight: Floats, slope: Floats, shape: Floats, horizon: int) -> Floats:
    """The level drifts from where smoothing lags behind a line of half the slope."""
    lag = 1 / weight
    ahead = np.arange(horizon) + lag[:, None]
    expected = level[:, None] + slope[:, None] / 2 * ahead
    return np.maximum(expected, 0.0) * by_weekday(shape, horizon)
