"""The way back: a day that is as days were before the last ones left their level is no anomaly.

After a week of holidays, or a shift that passed, the first ordinary days are far from the week
before them. Whoever was told of the excursion would only be told of its end.
"""

from __future__ import annotations

import numpy as np

from analysis.anomalies.baselines import Baselines
from analysis.anomalies.found import Bools, Floats
from analysis.anomalies.orders import Counts, known, median, places

EARLIER_DAYS = 21
LEAST_EARLIER_DAYS = 7

NEARER = 0.5
"""Of its distance from the latest level: how near a day has to be to the earlier one."""


def has_returned(base: Baselines, log: Floats, level: Floats, ago: Counts) -> Bools:
    """Whether something is back where its series was before.

    Args:
        base: of the looked-at day.
        log: adjusted logarithm of what is looked at.
        level: from which it has gone.
        ago: how many days before the looked-at one the earlier level ended.
    """
    logs = base.adjusted
    place = places(logs.shape[1])[::-1] + 1
    end = ago[:, None]
    within = (place > end) & (place <= end + EARLIER_DAYS)
    days = np.where(within, logs, np.nan)
    earlier = np.where(known(days) >= LEAST_EARLIER_DAYS, median(days), np.nan)
    return np.abs(log - earlier) < NEARER * np.abs(log - level)
