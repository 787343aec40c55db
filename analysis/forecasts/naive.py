"""Seasonal naive: next week is as the last one was, and so is every week behind it.

R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., 5.2. What
every other model is measured by: its mean absolute error is the unit of MASE.
"""

from __future__ import annotations

from analysis.forecasts.daily import WEEK, Floats, by_weekday


def seasonal_naive(history: Floats, horizon: int) -> Floats:
    """Each day to come is as the last known day of its weekday.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    return by_weekday(history[:, -WEEK:], horizon)
