"""Simple exponential smoothing, for many series and many weights at once.

l_t = α y_t + (1 - α) l_(t-1), with the α of a grid whose one-step errors are the least
(R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, "Forecasting with Exponential
Smoothing", 2008, 2.3).
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.daily import WEEK, Floats


def smoothed(values: Floats, weights: Floats, *, robust: bool) -> tuple[Floats, Floats]:
    """The last level of each series and the α that it was smoothed with: a row each.

    Args:
        values: series × days.
        weights: the α that are tried.
        robust: the best α has the least mean absolute error; else the least mean square.
    """
    level = np.repeat(np.median(values[:, :WEEK], axis=1)[:, None], len(weights), axis=1)
    losses = np.zeros_like(level)
    for place in range(values.shape[1]):
        error = values[:, place, None] - level
        losses += np.abs(error) if robust else error * error
        level = level + weights * error
    best = np.argmin(losses, axis=1)
    return level[np.arange(len(values)), best], weights[best]
