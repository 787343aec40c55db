"""Generated daily costs: a level, a weekly shape, growth, and noise of many kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of series.

    Attributes:
        name: of the rows of the tables.
        noise: standard deviation of a day's logarithm.
        tails: degrees of freedom of the noise (Student's t of the same standard deviation); 0: it
            is normal.
        bursts: share of days that are by habit a half to twice as dear again.
        memory: how much of a day's deviation the next one keeps.
    """

    name: str
    noise: float
    tails: int = 0
    bursts: float = 0.0
    memory: float = 0.0


NOISES = tuple(Kind(f"noise {share} %", share / 100) for share in (5, 10, 20, 40))
KINDS = (
    *NOISES,
    Kind("heavy tails (t with 3), 10 %", 0.10, tails=3),
    Kind("heavy tails (t with 3), 20 %", 0.20, tails=3),
    Kind("bursts on 8 % of days, 10 %", 0.10, bursts=0.08),
    Kind("days alike their neighbours (0.5), 15 %", 0.15, memory=0.5),
)


def series(chance: Generator, kind: Kind, count: int, days: int) -> Floats:
    """Costs a day, series × days, USD: 40 to 4,000 a day at first, none, some or much weekly shape,
    growth of -1 to +4 % a week."""
    level = np.exp(chance.uniform(np.log(40), np.log(4000), (count, 1)))
    weekend = chance.choice([0.0, 0.15, 0.5, 0.85], (count, 1))
    shape = 1 + chance.normal(0, 0.05, (count, 7)) * (weekend > 0)
    shape[:, 5:] *= 1 - weekend
    growth = chance.uniform(-0.01, 0.04, (count, 1)) / 7
    day = np.arange(days)
    usual = level * shape[:, day % 7] * np.exp(growth * day)
    return usual * np.exp(noise(chance, kind, count, days))


def noise(chance: Generator, kind: Kind, count: int, days: int) -> Floats:
    """Deviations of the logarithm, series × days."""
    if kind.tails:
        drawn = chance.standard_t(kind.tails, (count, days))
        drawn /= np.sqrt(kind.tails / (kind.tails - 2))
    else:
        drawn = chance.normal(size=(count, days))
    drawn *= kind.noise
    if kind.memory:
        fresh = np.sqrt(1 - kind.memory**2)
        for day in range(1, days):
            drawn[:, day] = kind.memory * drawn[:, day - 1] + fresh * drawn[:, day]
    if kind.bursts:
        bursting = chance.random((count, days)) < kind.bursts
        drawn = drawn + np.where(bursting, np.log(chance.uniform(1.5, 3, (count, days))), 0.0)
    return drawn
