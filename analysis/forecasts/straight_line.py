"""A straight line through all days, by least squares: what many dashboards draw.

It knows no weekdays, believes one odd day at an end of the history, and carries a chance slope on
for as long as it is asked to. It stands here to be compared with, and is never chosen.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.daily import Floats


def straight_line(history: Floats, horizon: int) -> Floats:
    """The line of least squares, carried on; never below zero.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    days = history.shape[1]
    places = np.arange(days, dtype=np.float64) - (days - 1) / 2
    slope = history @ places / (places @ places)
    ahead = (days - 1) / 2 + np.arange(1, horizon + 1)
    return np.maximum(history.mean(axis=1)[:, None] + slope[:, None] * ahead, 0.0)
