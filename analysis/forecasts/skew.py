"""From medians towards means: what is foreseen of skewed days adds up to their total.

The middle one of days with many small and some large costs lies below their mean, and a sum of
middle ones below the total. The correction is the ratio of the mean to the median by weekday over
the same weeks, so that no trend and no change of level gets into it; it is drawn towards none,
since the mean of a few weeks hangs on its largest days.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.cleaning import Cleaned
from analysis.forecasts.daily import TINY, Floats, whole_weeks
from analysis.forecasts.weekday_median import WEEKS

TRUST = 0.6
"""Share of the correction that is made: half of the leader, its Theta, is a mean already."""

MOST = 1.25
"""Ratio of the mean to the median beyond which it is not believed, nor under its inverse."""


def mean_over_median(history: Cleaned) -> Floats:
    """What is foreseen by medians is multiplied by: of each series, as a column.

    Args:
        history: cleaned; outliers count as they were, unless they are wild.
    """
    medians = np.median(whole_weeks(history.days, WEEKS), axis=1, keepdims=True)
    counted = whole_weeks(np.where(history.wild, np.nan, history.outcomes), WEEKS)
    came = np.nansum(counted, axis=(1, 2))
    usual = np.sum(np.where(np.isnan(counted), 0.0, medians), axis=(1, 2))
    ratio = np.where(usual > TINY, came / np.maximum(usual, TINY), 1.0)
    lift: Floats = 1 + TRUST * (np.clip(ratio, 1 / MOST, MOST) - 1)
    return lift[:, None]
