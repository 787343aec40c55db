"""Rolling-origin backtest: what each model would have said on earlier days, beside what came.

L. J. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting
16(4), 2000. Each origin sees the days up to it and nothing behind it; the leads that reach beyond
the last known day are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecasts.daily import WEEK, Bools, Floats, Model

ORIGINS = 12
"""Days from which a model is tried at most."""

LEAST_TRIED = WEEK + 1
"""Days of history from which a model can be tried at all: one pair of a weekday."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model said and what came: series × origins × leads, NaN where there is nothing.

    Attributes:
        foreseen: by the model.
        errors: actual minus foreseen.
    """

    foreseen: Floats
    errors: Floats


def origins_of(days: int, horizon: int) -> tuple[int, ...]:
    """The lengths of history that a model is tried with, ascending.

    The last of them foresees one day; the first leaves room for two horizons where the history is
    long enough, and never less history than half of the days or `LEAST_TRIED`.

    Args:
        days: of the whole history.
        horizon: days ahead.
    """
    first = max(LEAST_TRIED, min(days // 2, days - 2 * horizon))
    count = min(ORIGINS, days - first)
    if count < 1:
        return ()
    return tuple(sorted({int(place) for place in np.linspace(first, days - 1, count)}))


def tried(model: Model, days: Floats, counted: Bools, horizon: int) -> Tried:
    """Tries a model from earlier days.

    Args:
        model: which.
        days: series × days, all known.
        counted: of the same shape: days whose outcome counts.
        horizon: days ahead.
    """
    length = days.shape[1]
    origins = origins_of(length, horizon)
    reach = min(horizon, length - origins[0]) if origins else 0
    shape = (len(days), len(origins), reach)
    foreseen = np.full(shape, np.nan)
    errors = np.full(shape, np.nan)
    for place, origin in enumerate(origins):
        leads = min(reach, length - origin)
        said = model(days[:, :origin], leads)
        came = np.where(counted, days, np.nan)[:, origin : origin + leads]
        foreseen[:, place, :leads] = said
        errors[:, place, :leads] = came - said
    return Tried(foreseen, errors)
