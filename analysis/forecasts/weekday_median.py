"""The median by day of the week, of the last weeks.

The median of a weekday is not moved by a few odd ones (P. J. Huber and E. M. Ronchetti, "Robust
Statistics", 2nd ed., 2009, 1.1), and `WEEKS` of them are few enough to follow a level that moves
slowly.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.daily import Floats, by_weekday, whole_weeks

WEEKS = 8
"""That are looked back on at most."""


def weekday_median(history: Floats, horizon: int) -> Floats:
    """Each day to come is as the middle one of the last days of its weekday.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    return by_weekday(np.median(whole_weeks(history, WEEKS), axis=1), horizon)
