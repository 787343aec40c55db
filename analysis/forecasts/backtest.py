"""Rolling-origin backtest: what each model would have said on earlier days, beside what came.

L. J. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting
16(4), 2000. Each origin sees the days up to it and nothing behind it; the leads that reach beyond
the last known day are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecasts.cleaning import Cleaned
from analysis.forecasts.daily import WEEK, Bools, Floats, Model

ORIGINS = 12
"""Days from which a model is tried at most."""

OUTCOME_DAYS = 60
"""Days that models are held against, where half of the history is as many: a quantile of fewer
hangs on one odd day."""

LEAST_TRIED = WEEK + 1
"""Days of history from which a model can be tried at all: one pair of a weekday."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model said and what came: series × origins × leads, NaN where there is nothing.

    Attributes:
        foreseen: by the model.
        came: in fact.
        wild: what came was so odd that it is not held against the model.
    """

    foreseen: Floats
    came: Floats
    wild: Bools

    @property
    def missed(self) -> Floats:
        """By how much what came was more, without what was wild."""
        return np.where(self.wild, np.nan, self.came - self.foreseen)

    def lifted(self, lift: Floats | float) -> Tried:
        """The same, had the model foreseen so many times as much: a factor, or a column of them."""
        factor = np.asarray(lift, dtype=np.float64).reshape(-1, 1, 1)
        return Tried(self.foreseen * factor, self.came, self.wild)

    def with_rows(self, rows: Bools, other: Tried) -> Tried:
        """The same with some series taken from another model's trial."""
        foreseen = np.where(rows[:, None, None], other.foreseen, self.foreseen)
        return Tried(foreseen, self.came, self.wild)


def origins_of(days: int, horizon: int) -> tuple[int, ...]:
    """The lengths of history that a model is tried with, ascending.

    The last of them foresees one day; the first leaves room for two horizons and for
    `OUTCOME_DAYS`, or for half of the days where there are fewer, so that no model is tried with
    much less than it has now.

    Args:
        days: of the whole history.
        horizon: days ahead.
    """
    first = max(LEAST_TRIED, days // 2, days - max(2 * horizon, OUTCOME_DAYS))
    count = min(ORIGINS, days - first)
    if count < 1:
        return ()
    return tuple(sorted({int(place) for place in np.linspace(first, days - 1, count)}))


def tried(model: Model, history: Cleaned, horizon: int) -> Tried:
    """Tries a model from earlier days.

    Args:
        model: which.
        history: cleaned; cleaning looks at days on either side, so the origins know a little of
            what comes behind them: whether their last days were outliers.
        horizon: days ahead.
    """
    series, length = history.days.shape
    origins = origins_of(length, horizon)
    reach = min(horizon, length - origins[0]) if origins else 0
    foreseen = np.full((series, len(origins), reach), np.nan)
    came = np.full_like(foreseen, np.nan)
    wild = np.zeros(foreseen.shape, dtype=np.bool_)
    for place, origin in enumerate(origins):
        leads = min(reach, length - origin)
        foreseen[:, place, :leads] = model(history.days[:, :origin], leads)
        came[:, place, :leads] = history.outcomes[:, origin : origin + leads]
        wild[:, place, :leads] = history.wild[:, origin : origin + leads]
    return Tried(foreseen, came, wild)
