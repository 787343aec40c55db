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

from analysis.anomalies.found import Bools, Floats

LEAST_WEIGHT = 0.02
"""Of a series so small that only a manifold of it would be worth telling, to that of one of which
the least share worth telling is worth the least dollars as well. Such a manifold needs no help."""


def weights(expected_usd: Floats, floor_usd: Floats, least_ratio: float) -> Floats:
    """How much each series' test counts; the mean of those that are tested is 1.

    Args:
        expected_usd: of each series on the day; NaN: it is not tested.
        floor_usd: what a finding of it has to move.
        least_ratio: share of what is expected that it has to move.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.clip(expected_usd * least_ratio / floor_usd, LEAST_WEIGHT, 1.0)
    tested = ~np.isnan(expected_usd)
    raw = np.where(tested, np.where(np.isnan(raw), 1.0, raw), 0.0)
    return raw * tested.sum() / max(raw.sum(), 1e-300)


def discoveries(chances: Floats, weight: Floats, share: float) -> Bools:
    """Which tests may be told, so that among them no more than a share is chance.

    Args:
        chances: p-values; NaN: not tested.
        weight: of each test, 1 on average.
        share: the false discovery rate.
    """
    tested = ~np.isnan(chances)
    weighted = np.where(tested, chances / np.maximum(weight, 1e-300), np.inf)
    ordered = np.sort(weighted[tested])
    count = len(ordered)
    reached = np.flatnonzero(ordered <= share * np.arange(1, count + 1) / max(count, 1))
    limit = ordered[reached[-1]] if len(reached) else -1.0
    return weighted <= limit
