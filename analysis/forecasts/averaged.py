"""The average of the weekday median and the robust Theta: the leader on real daily series.

Averages of models that err differently err less than each (J. M. Bates and C. W. J. Granger, "The
combination of forecasts", 1969): the median stays where the series was, Theta goes where it is
going.
"""

from __future__ import annotations

from analysis.forecasts.daily import Floats
from analysis.forecasts.theta import robust_theta
from analysis.forecasts.weekday_median import weekday_median


def median_and_theta(history: Floats, horizon: int) -> Floats:
    """The mean of both; never below zero.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    return (weekday_median(history, horizon) + robust_theta(history, horizon)) / 2
