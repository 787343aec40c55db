"""Which model is asked: the leader, unless another was clearly better on the same series.

Of several models that are as good as each other the one with the least error in a short backtest is
one by chance, and choosing it makes the forecast worse (the winner's curse). So the leader of many
real series stays unless another missed less by `MARGIN`, and from most of the origins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.forecasts.averaged import median_and_theta
from analysis.forecasts.backtest import Tried, tried
from analysis.forecasts.cleaning import Cleaned
from analysis.forecasts.daily import TINY, Bools, Floats, Model
from analysis.forecasts.ets import ets
from analysis.forecasts.growing_median import growing_median
from analysis.forecasts.naive import seasonal_naive
from analysis.forecasts.theta import robust_theta
from analysis.forecasts.weekday_mean import daily_mean, weekday_mean
from analysis.forecasts.weekday_median import weekday_median

LEADER = "weekday median and Theta"

MODELS: Mapping[str, Model] = {
    LEADER: median_and_theta,
    "growing weekday median": growing_median,
    "Theta": robust_theta,
    "ETS": ets,
    "weekday median": weekday_median,
    "last week again": seasonal_naive,
}
"""Of busy series, by the names that people read; the leader first."""

SPARSE_MODELS: Mapping[str, Model] = {
    "daily mean": daily_mean,
    "weekday mean": weekday_mean,
}
"""Of series that are mostly zero; the leader of them first."""

CHOICE_DAYS = 56
"""With less history no backtest tells models apart: the leader it is."""

MARGIN = 0.15
"""Share by which a challenger has to miss less."""

MOST_ORIGINS = 0.75
"""Share of the origins from which it has to."""


NEGLIGIBLE = 1e-9
"""Of the level: by how much less is no less."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for each of some series that are as long as each other.

    Attributes:
        names: of the models, one a series.
        expected: series × days ahead.
        backtest: of the chosen models.
    """

    names: tuple[str, ...]
    expected: Floats
    backtest: Tried


def chosen(history: Cleaned, horizon: int, *, sparse: bool) -> Choice:
    """Tries the models and asks the chosen one.

    Args:
        history: cleaned.
        horizon: days ahead.
        sparse: whether the series are mostly zero.
    """
    models = SPARSE_MODELS if sparse else MODELS
    names = list(models) if history.days.shape[1] >= CHOICE_DAYS else list(models)[:1]
    trials = [tried(models[name], history, horizon) for name in names]
    # Means are what is wanted of sparse series, and squares are what a mean makes least.
    power = 2 if sparse else 1
    scale = np.maximum(history.days.mean(axis=1), TINY)[:, None, None]
    picked = _picked([np.abs(trial.missed / scale) ** power for trial in trials])
    expected = np.empty((len(history.days), horizon))
    backtest = trials[0]
    for place, (name, trial) in enumerate(zip(names, trials, strict=True)):
        rows = np.equal(np.array(picked), np.full(len(picked), place))
        if place in picked:
            expected[rows] = models[name](history.days[rows], horizon)
            backtest = backtest.with_rows(rows, trial)
    return Choice(tuple(names[place] for place in picked), expected, backtest)


def _picked(losses: list[Floats]) -> list[int]:
    """The place of the model of each series: 0, or the best of those that are clearly better."""
    leader = losses[0]
    counts: Bools = ~np.isnan(leader)
    tested: Bools = np.any(counts, axis=2)
    least = _mean(leader, counts, (1, 2)) * (1 - MARGIN)
    by_origin = _mean(leader, counts, (2,))
    picked = np.zeros(len(leader), dtype=np.int64)
    for place, loss in enumerate(losses[1:], start=1):
        wins = _mean((_mean(loss, counts, (2,)) < by_origin).astype(np.float64), tested, (1,))
        mean = _mean(loss, counts, (1, 2))
        better = (mean + NEGLIGIBLE < least) & (wins >= MOST_ORIGINS)
        picked[better] = place
        least = np.where(better, mean, least)
    return [int(place) for place in picked]


def _mean(values: Floats, counts: Bools, axes: tuple[int, ...]) -> Floats:
    """Of what counts; 0 where nothing does."""
    total = np.sum(np.where(counts, values, 0.0), axis=axes)
    mean: Floats = total / np.maximum(counts.sum(axis=axes), 1)
    return mean
