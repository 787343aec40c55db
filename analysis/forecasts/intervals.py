"""How far off a forecast may be: intervals from what the model missed in the backtest.

A day: the half width is a quantile of what was missed, by size, over all origins and leads: split
conformal prediction (V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random
World", 2005; J. Lei et al., "Distribution-Free Predictive Inference for Regression", JASA 113,
2018), rolled over origins. Sizes are taken relative to the lead, which makes a miss larger, and to
the day that is foreseen, since a quiet Sunday is missed by less than a busy Monday. Residuals of
one series resemble their neighbours, so the quantile is of fewer days than it seems: it is widened
by `widening`, more so the shorter the history.

A total: what was missed on single days is no measure of what is missed in their sum. A day's own
noise averages out, the level's does not: of h days the variance is a h + b h², a the variance of
days about the level of their horizon, b that of the level (variance components; S. R. Searle et
al., "Variance Components", 1992). A short history shows b only once or twice: it is drawn towards
`WANDER` of the days' variance, which is what real series have, with the weight of `WANDER_DAYS`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecasts.daily import TINY, WEEK, Floats
from analysis.forecasts.forecast import LEVEL
from analysis.forecasts.quantiles import known_quantile

Z = 1.959964
"""The standard normal score that 95 % lie within (two-sided)."""

WIDENED = 1.25
WIDENED_DAYS = 6.0
"""By how much more than the quantile, and how many days more, divided by those of the history: a
third more at 30 days, a fifth at 90. Chosen so that 95 % are 95 % on the development series."""

DRIFT = 0.015
"""Share of a day's variance by which each further day ahead is less certain."""

WEEKDAY = 0.5
"""How much of a day's uncertainty goes with the size of the day; the rest is alike on all days."""

LEAST_SHARE = 0.1
"""Of the usual uncertainty, that the quietest day has."""

WANDER = 0.3
"""Of the variance of what is missed on days, that of the level: what is believed beforehand."""

WANDER_DAYS = 120
"""Of history, that count as much as the belief."""

LEAST_WANDER = 0.02
"""Of that variance, that the level has at least: it is known from finitely many days."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a model misses, of each series.

    Attributes:
        daily: half width of a day of usual size, one day ahead.
        level: of a day of usual size.
        noise: variance of a day about the level of its horizon.
        wander: variance of the level of a horizon.
        reach: days ahead that were tried.
        widening: factor that is in `daily` already.
    """

    daily: Floats
    level: Floats
    noise: Floats
    wander: Floats
    reach: int
    widening: float

    def daily_half_widths(self, expected: Floats) -> Floats:
        """Of each day ahead: series × days ahead."""
        shares = _shares(expected, self.level[:, None])
        return self.daily[:, None] * shares * _growth(expected.shape[1])

    def total_half_width(self, days: int) -> Floats:
        """Of the sum of so many days ahead, of each series."""
        wander = self.wander * (1 + DRIFT * max(days - self.reach, 0))
        half: Floats = Z * self.widening * np.sqrt(self.noise * days + wander * days * days)
        return half


def widening(days: int) -> float:
    """By how much more than the quantile an interval is, from so many days of history."""
    return WIDENED + WIDENED_DAYS / days


def missed(foreseen: Floats, errors: Floats, days: Floats) -> Missed:
    """Learns from a backtest.

    Args:
        foreseen: series × origins × leads.
        errors: of the same shape; NaN where there is nothing to be held against.
        days: the history, series × days.
    """
    level = days.mean(axis=1)
    sizes = relative_sizes(foreseen, errors, level)
    factor = widening(days.shape[1])
    daily = quantile(sizes) * factor
    noise, wander = _components(errors, days.shape[1])
    return Missed(daily, level, noise, wander, errors.shape[2], factor)


def relative_sizes(foreseen: Floats, errors: Floats, level: Floats) -> Floats:
    """What was missed, by size, as if it were a day of usual size one day ahead."""
    return np.abs(errors) / _growth(errors.shape[2]) / _shares(foreseen, level[:, None, None])


def quantile(sizes: Floats) -> Floats:
    """Of each series, over origins and leads; 0 where nothing is known."""
    return np.nan_to_num(known_quantile(sizes.reshape(len(sizes), -1), LEVEL))


def _growth(horizon: int) -> Floats:
    """Of the uncertainty, with the days ahead."""
    return np.sqrt(1 + DRIFT * np.arange(horizon))


def _shares(foreseen: Floats, level: Floats) -> Floats:
    """Of the usual uncertainty, by what is foreseen of a day."""
    relative = np.where(level > TINY, foreseen / np.maximum(level, TINY), 1.0)
    return np.maximum(1 - WEEKDAY + WEEKDAY * relative, LEAST_SHARE)


def _components(errors: Floats, days: int) -> tuple[Floats, Floats]:
    """The variance of days about the level of their horizon, and of that level."""
    counts = np.sum(~np.isnan(errors), axis=2)
    # Horizons that are cut short by the end of the history show no level, if there are longer ones.
    usable = counts >= np.minimum(WEEK, counts.max(axis=1, keepdims=True))
    counts = np.where(usable, counts, 0)
    misses = np.where(usable[:, :, None], np.nan_to_num(errors), 0.0)
    known = ~np.isnan(errors) & usable[:, :, None]
    means = misses.sum(axis=2) / np.maximum(counts, 1)
    free = np.maximum(np.maximum(counts - 1, 0).sum(axis=1), 1)
    apart = np.where(known, misses - means[:, :, None], 0.0)
    noise = np.sum(apart * apart, axis=(1, 2)) / free
    total = np.maximum(counts.sum(axis=1), 1)
    whole = np.sum(misses * misses, axis=(1, 2)) / total
    shown = np.sum((counts * means * means - noise[:, None] * (counts > 0)), axis=1) / total
    trust = days / (days + WANDER_DAYS)
    wander = trust * shown + (1 - trust) * WANDER * whole
    return noise, np.maximum(wander, LEAST_WANDER * whole)
