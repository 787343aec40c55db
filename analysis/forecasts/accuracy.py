"""How good a model was in its backtest, on the same series.

Held against everything that came, outliers too. MASE and sMAPE: R. J. Hyndman and A. B. Koehler,
"Another look at measures of forecast accuracy", International Journal of Forecasting 22(4), 2006.
"""

from __future__ import annotations

import numpy as np

from analysis.forecasts.backtest import Tried
from analysis.forecasts.daily import TINY, WEEK, Floats
from analysis.forecasts.forecast import Accuracy
from analysis.forecasts.intervals import missed

LEAST_ORIGINS = 4
"""From fewer a coverage says nothing."""


def accuracies(backtest: Tried, days: Floats) -> list[Accuracy | None]:
    """Of each series; None where nothing that came is known.

    Args:
        backtest: of the chosen models.
        days: the history, series × days, without outliers.
    """
    errors = np.abs(backtest.came - backtest.foreseen)
    counts = (~np.isnan(errors)).sum(axis=(1, 2))
    known = np.maximum(counts, 1)
    misses = np.nansum(errors, axis=(1, 2)) / known
    naive: Floats = np.mean(np.abs(days[:, WEEK:] - days[:, :-WEEK]), axis=1)
    mase = misses / np.where(naive > TINY, naive, np.maximum(misses, TINY))
    sizes = np.abs(backtest.came) + np.abs(backtest.foreseen)
    smape = np.nansum(2 * errors / np.maximum(sizes, TINY), axis=(1, 2)) / known
    origins = (~np.isnan(errors)).any(axis=2).sum(axis=1)
    covered = _coverage(backtest, days)
    return [
        Accuracy(
            mase=float(mase[row]),
            smape=float(smape[row]),
            coverage=float(covered[row]) if origins[row] >= LEAST_ORIGINS else None,
            origins=int(origins[row]),
        )
        if counts[row]
        else None
        for row in range(len(days))
    ]


def _coverage(backtest: Tried, days: Floats) -> Floats:
    """Share of what came that lay within an interval learned from the other origins."""
    inside = np.zeros(len(days))
    known = np.zeros(len(days))
    errors = backtest.missed
    for place in range(errors.shape[1]):
        others = np.delete(errors, place, axis=1)
        of = missed(np.delete(backtest.foreseen, place, axis=1), others, days)
        half = of.daily_half_widths(np.nan_to_num(backtest.foreseen[:, place]))
        away = np.abs(backtest.came[:, place] - backtest.foreseen[:, place])
        inside += (away <= half + TINY).sum(axis=1)
        known += (~np.isnan(away)).sum(axis=1)
    return inside / np.maximum(known, 1)
