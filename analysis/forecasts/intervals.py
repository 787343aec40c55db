"""How far off a forecast may be: intervals from what the model missed in the backtest.

Split conformal prediction (V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random
World", 2005; J. Lei et al., "Distribution-Free Predictive Inference for Regression", JASA 113,
2018) over rolling origins: the half width is the quantile of what was missed, by size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecasts.backtest import Tried
from analysis.forecasts.daily import TINY, Floats
from analysis.forecasts.forecast import LEVEL

Z = 1.959964
"""The standard normal score that 95 % lie within (two-sided)."""

DRIFT = 0.015
"""Share of a day's variance by which each further day ahead is less certain."""

WANDER = 0.10
"""Of a day's variance, that of the level over a horizon: what is believed before the series itself
has shown it over several horizons."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a model misses, of each series.

    Attributes:
        daily: half width of a day, one day ahead.
        noise: variance of a day about the level of its horizon.
        wander: variance of the level of a horizon.
        factor: of a total: half width over standard deviation.
    """

    daily: Floats
    noise: Floats
    wander: Floats
    factor: Floats


def missed(tried: Tried, widening: float) -> Missed:
    """Learns from a backtest.

    Args:
        tried: the backtest of the chosen model.
        widening: by how much more than the quantile.
    """
    sizes = np.abs(tried.errors) / _growth(tried.errors.shape[2])
    series = len(sizes)
    daily = np.nanquantile(sizes.reshape(series, -1), LEVEL, axis=1) * widening
    noise = np.nanmean(tried.errors**2, axis=(1, 2))
    return Missed(daily, noise, WANDER * noise, np.full(series, Z * widening))


def daily_half_widths(of: Missed, horizon: int) -> Floats:
    """Of each day ahead: series × days ahead."""
    return of.daily[:, None] * _growth(horizon)


def total_half_width(of: Missed, days: int) -> Floats:
    """Of the sum of so many days ahead."""
    variance = of.noise * days + of.wander * days * days
    return of.factor * np.sqrt(np.maximum(variance, TINY * TINY))


def _growth(horizon: int) -> Floats:
    return np.sqrt(1 + DRIFT * np.arange(horizon))
