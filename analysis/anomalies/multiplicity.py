"""Many series, few false alarms: which of a day's tests may be told, all of them one family.

Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57(1),
1995: of what is told on a day, the expected share that is chance stays below a limit, however many
series there are; it holds for tests that rise and fall together, too (Y. Benjamini and D.
Yekutieli, "The control of the false discovery rate in multiple testing under dependency", Ann.
Statist. 29(4), 2001), as a total and its parts do. Weights say where it is worth looking (C. R.
Genovese, K. Roeder and L. Wasserman, "False discovery control with p-value weighting", Biometrika
93(3), 2006); they may depend on the past, never on the day itself.
"""

from __future__ import annotations

import numpy as np

from analysis.anomalies.found import Floats

LEAST_WEIGHT = 0.02
MOST_WEIGHT = 20.0
"""Between these a series' test counts, before they are brought to a mean of 1."""


def weights(expected_usd: Floats, floor_usd: Floats, least_ratio: float) -> Floats:
    """How much each series' test counts; the mean of those that are tested is 1.

    A series whose least share worth telling is just worth the least dollars counts 1. Smaller ones
    count less: only a manifold of them would be told, which needs no help. Larger ones count more,
    by the root of their dollars: an alarm is as much work for each, a miss is dearer.

    Args:
        expected_usd: of each series on the day; NaN: it is not tested.
        floor_usd: what a finding of it has to move.
        least_ratio: share of what is expected that it has to move.
    """
    tested = ~np.isnan(expected_usd)
    least = np.maximum(floor_usd, 1e-9)
    times = np.where(tested, expected_usd, 0.0) * least_ratio / least
    raw = np.clip(np.where(times > 1, np.sqrt(times), times), LEAST_WEIGHT, MOST_WEIGHT)
    raw = np.where(tested, raw, 0.0)
    return raw * tested.sum() / max(float(raw.sum()), 1e-300)


def limits(chances: Floats, weight: Floats, share: float) -> Floats:
    """Up to which chance each test may be told, so that of them no more than a share is chance.

    Args:
        chances: p-values; NaN: not tested.
        weight: of each test, 1 on average.
        share: the false discovery rate.

    Returns:
        One for each test, -1 where none may be told.
    """
    tested = ~np.isnan(chances)
    ordered = np.sort(chances[tested] / np.maximum(weight[tested], 1e-300))
    count = max(len(ordered), 1)
    reached = np.flatnonzero(ordered <= share * np.arange(1, len(ordered) + 1) / count)
    if not len(reached):
        return np.full_like(chances, -1.0)
    return np.where(tested, weight * share * (int(reached[-1]) + 1) / count, -1.0)
