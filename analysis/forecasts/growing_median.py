"""The median by day of the week of a series that grows or shrinks by a steady share.

The growth is Sen's slope (P. K. Sen, "Estimates of the regression coefficient based on Kendall's
tau", JASA 63, 1968) of the logarithms, between days of one weekday; it is damped ahead, for hardly
any growth lasts (E. S. Gardner and E. McKenzie, "Forecasting trends in time series", Management
Science 31(10), 1985).
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.daily import TINY, Floats, by_weekday
from analysis.forecasts.seasons import week_shape, without_season
from analysis.forecasts.theta import sens_slope

SLOPE_DAYS = 84
"""Twelve weeks, that the growth is learned from at most."""

LEVEL_DAYS = 56
"""Eight weeks, that the level is learned from at most."""

DAMPING = 0.985
"""Share of the growth of a day that the next one has."""

MOST_GROWTH = 0.02
"""Of the logarithm, a day: more than 15 % a week is not carried on."""

NEAR_ZERO = 0.02
"""Share of the usual level that is added before a logarithm is taken."""


def growing_median(history: Floats, horizon: int) -> Floats:
    """Each day to come is as the middle one of its weekday would be at today's level, grown.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    shape = week_shape(history, SLOPE_DAYS // 7)
    flat = without_season(history, shape)
    near = NEAR_ZERO * np.maximum(np.median(flat, axis=1, keepdims=True), TINY)
    logs = np.log(flat + near)
    growth = np.clip(sens_slope(logs[:, -SLOPE_DAYS:]), -MOST_GROWTH, MOST_GROWTH)[:, None]
    back = np.arange(-min(LEVEL_DAYS, flat.shape[1]) + 1, 1)
    level = np.median(logs[:, -LEVEL_DAYS:] - growth * back, axis=1, keepdims=True)
    ahead = np.cumsum(DAMPING ** np.arange(horizon))
    expected = np.maximum(np.exp(level + growth * ahead) - near, 0.0)
    return expected * by_weekday(shape, horizon)
