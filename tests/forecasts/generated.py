"""Generated daily series of known kinds, all from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator

from analysis.forecasts.daily import WEEK, Floats

LEVEL = 100.0

Maker = Callable[[Generator, int, int], Floats]


def noisy(spread: float) -> Maker:
    """A steady level with a week's shape; log-normal noise of so much."""

    def made(draws: Generator, series: int, days: int) -> Floats:
        return weekly(draws, series, days) * np.exp(draws.normal(0, spread, (series, days)))

    return made


def growing(least: float, most: float) -> Maker:
    """Grows by a share a week, each series by its own between two; 12 % noise."""

    def made(draws: Generator, series: int, days: int) -> Floats:
        growth = np.log1p(draws.uniform(least, most, (series, 1)))
        course = np.exp(growth * np.arange(days) / WEEK)
        return noisy(0.12)(draws, series, days) * course

    return made


def skewed(draws: Generator, series: int, days: int) -> Floats:
    """Gamma noise of shape 2: most days below the mean, some far above."""
    return weekly(draws, series, days) * draws.gamma(2, 0.5, (series, days))


def wandering(draws: Generator, series: int, days: int) -> Floats:
    """A level that leaves its mean and returns to it, over weeks."""
    level = np.zeros((series, days))
    for day in range(1, days):
        level[:, day] = 0.9 * level[:, day - 1] + draws.normal(0, 0.07, series)
    return noisy(0.12)(draws, series, days) * np.exp(level)


def walking(draws: Generator, series: int, days: int) -> Floats:
    """A level that walks at random, 3 % a day."""
    level = np.cumsum(draws.normal(0, 0.03, (series, days)), axis=1)
    return noisy(0.1)(draws, series, days) * np.exp(level)


def closed_at_weekends(draws: Generator, series: int, days: int) -> Floats:
    """Nothing at weekends, 15 % noise else."""
    week = np.array([1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0]) * LEVEL
    noise = np.exp(draws.normal(0, 0.15, (series, days)))
    return week[np.arange(days) % WEEK] * noise


def sparse(draws: Generator, series: int, days: int) -> Floats:
    """Something on one day of five, and then anything."""
    amounts = draws.gamma(2, LEVEL / 4, (series, days))
    return np.where(draws.random((series, days)) < 0.2, amounts, 0.0)


def counted(draws: Generator, series: int, days: int) -> Floats:
    """Poisson counts, three a day."""
    return draws.poisson(3, (series, days)).astype(np.float64)


KINDS: Mapping[str, Maker] = {
    "10 % noise": noisy(0.1),
    "25 % noise": noisy(0.25),
    "skewed": skewed,
    "wandering level": wandering,
    "random walk": walking,
    "growing 1 to 5 % a week": growing(0.01, 0.05),
    "shrinking 1 to 4 % a week": growing(-0.04, -0.01),
    "closed at weekends": closed_at_weekends,
    "counts of three": counted,
    "one day of five": sparse,
}


def weekly(draws: Generator, series: int, days: int) -> Floats:
    """Weeks of a level of `LEVEL`, each series with its own shape and first weekday."""
    usual = np.array([1, 1.05, 1.1, 1.05, 1, 0.5, 0.4])
    shapes = np.maximum(usual + draws.normal(0, 0.1, (series, WEEK)), 0.02)
    shapes = shapes / shapes.mean(axis=1, keepdims=True)
    begins = draws.integers(0, WEEK, (series, 1))
    places = (np.arange(days) + begins) % WEEK
    return LEVEL * np.take_along_axis(shapes, places, axis=1)


def generated(kind: str, series: int, days: int, seed: int) -> Floats:
    """Series × days of one of `KINDS`."""
    return KINDS[kind](np.random.default_rng(seed), series, days)


def spiked(values: Floats, share: float, seed: int) -> Floats:
    """The same with so many days two to four times as high."""
    draws = np.random.default_rng(seed)
    hit = draws.random(values.shape) < share
    return values * np.where(hit, draws.uniform(2, 4, values.shape), 1.0)
