"""How strong the week's rhythm of a daily series is.

    strength = max(0, 1 - Var(R) / Var(S + R))

with S the mean of a weekday and R the rest, both of what a day differs from the average of the week
around it (X. Wang, K. Smith and R. Hyndman, "Characteristic-based clustering for time series data",
Data Mining and Knowledge Discovery 13, 2006). In plain numbers: it needs no numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pvariance

WEEK = 7
HALF_A_WEEK = 3

LEAST_DAYS = 3 * WEEK
"""With fewer, each weekday has one day or two that differ from their week."""

MOST_DAYS = 8 * WEEK
"""Of the latest days that count."""


def weekly_strength(values: Sequence[float]) -> float | None:
    """The share of the days' ups and downs within their weeks that the weekday explains.

    Args:
        values: of each day, without a gap; the latest `MOST_DAYS` count.

    Returns:
        From 0 (none) to 1 (nothing else); None with fewer than `LEAST_DAYS` days.
    """
    used = values[-MOST_DAYS:]
    if len(used) < LEAST_DAYS:
        return None
    differing = [
        used[place] - fmean(used[place - HALF_A_WEEK : place + HALF_A_WEEK + 1])
        for place in range(HALF_A_WEEK, len(used) - HALF_A_WEEK)
    ]
    whole = pvariance(differing)
    if not whole:
        return 0.0
    usual = [fmean(differing[weekday::WEEK]) for weekday in range(WEEK)]
    rest = [day - usual[place % WEEK] for place, day in enumerate(differing)]
    return max(0.0, 1.0 - pvariance(rest) / whole)
