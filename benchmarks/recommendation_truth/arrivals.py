"""When requests come: people at work, people around the world, jobs at night, and more and less."""

from __future__ import annotations

import math
from itertools import accumulate
from random import Random

from benchmarks.recommendation_truth.asks import DAY, DAYS, HOUR

FIRST_WEEKDAY = 3
"""Of the first day: a Thursday, counted from Monday."""

OFFICE = (
    *[0.05] * 6,
    0.2,
    0.6,
    1.5,
    2,
    2,
    1.8,
    1.2,
    1.8,
    2,
    2,
    1.6,
    1,
    0.5,
    0.3,
    0.25,
    0.2,
    0.1,
    0.05,
)
WORLD = tuple(1 + 0.5 * math.sin(hour / 24 * 2 * math.pi) for hour in range(24))
NIGHT = (0.0, 0.0, 4.0, 4.0, 1.0, *[0.0] * 19)
ALWAYS = (1.0,) * 24

DAILY_NOISE = 0.2
"""Standard deviation of the logarithm of a day's volume."""

MONTHLY_NOISE = 0.12
"""The same of a month's beside the one before."""


def arrivals(
    rng: Random,
    requests: int,
    hours: tuple[float, ...],
    *,
    weekend: float = 1.0,
    days: range = range(DAYS),
) -> list[int]:
    """Seconds after the start of some requests, in order.

    Args:
        rng: of the seed.
        requests: how many.
        hours: of the day, by weight.
        weekend: the weight of its days.
        days: on which they come.
    """
    weights = [
        (weekend if (FIRST_WEEKDAY + day) % 7 >= 5 else 1.0) * rng.lognormvariate(0, DAILY_NOISE)
        for day in days
    ]
    on = rng.choices(days, cum_weights=list(accumulate(weights)), k=requests)
    at = rng.choices(range(24), cum_weights=list(accumulate(hours)), k=requests)
    return sorted(
        day * DAY + hour * HOUR + int(rng.random() * HOUR) for day, hour in zip(on, at, strict=True)
    )


def next_month(rng: Random) -> float:
    """How much more or less is asked for in the month after."""
    return rng.lognormvariate(0, MONTHLY_NOISE)
