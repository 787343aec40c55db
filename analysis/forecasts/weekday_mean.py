"""Means for series that are mostly zero: of a weekday, and of all days alike.

The median of such a series is zero and its total is not: what is wanted is the mean. Of demand that
comes now and then the plain mean of a window is hard to beat (A. A. Syntetos and J. E. Boylan, "The
accuracy of intermittent demand estimates", International Journal of Forecasting 21(2), 2005).
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.daily import Floats, by_weekday, whole_weeks

WEEKS = 12
"""That are looked back on at most."""


def weekday_mean(history: Floats, horizon: int) -> Floats:
    """Each day to come is as the mean of the last days of its weekday.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    return by_weekday(whole_weeks(history, WEEKS).mean(axis=1), horizon)


def daily_mean(history: Floats, horizon: int) -> Floats:
    """Each day to come is as the mean of the last days.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    mean = whole_weeks(history, WEEKS).mean(axis=(1, 2))
    return np.repeat(mean[:, None], horizon, axis=1)
