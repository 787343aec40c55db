"""Change points: the days on which the level of a daily series became another one.

The series is cleaned of outliers (`analysis.forecasts.cleaning`), each day divided by what its
weekday usually is of its week, and taken as a logarithm, so that a third more is the same step
wherever it happens. Then:

1. Optimal partitioning (B. Jackson et al., "An algorithm for optimal partitioning of data on an
   interval", IEEE Signal Processing Letters 12(2), 2005; the exact minimum that PELT, R. Killick,
   P. Fearnhead and I. A. Eckley, JASA 107, 2012, finds too) of the squared distance from the mean
   of each segment, with a penalty for each further one that is a multiple of the logarithm of the
   days (the modified BIC of N. R. Zhang and D. O. Siegmund, Biometrics 63, 2007, has three).
2. Where a straight line explains the whole as well as all the steps do, by the Bayesian
   information criterion, or both segments of a step as well as the step, there is growth and no
   step.
3. A step has to be beyond what the noise about the levels explains, with its autocorrelation:
   days that resemble the day before them wander without any cause. The weakest step is taken away
   and its segments joined, until all that are left hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.forecasts.cleaning import MAD_TO_SIGMA, cleaned
from analysis.forecasts.daily import TINY, Floats, over_days
from analysis.forecasts.seasons import CLOSED, week_shape

LEAST_DAYS = 28
"""Four weeks: with fewer known days nothing is said."""

LEAST_SEGMENT = 7
"""Days, without weekdays that are closed, that a level lasts at least: no weekend is a level."""

PENALTY = 3.0
"""For each further segment, times the logarithm of the days, in variances of the noise."""

LEAST_SCORE = 4.5
"""Standard deviations that a step has to be wide: it is the largest of many places that were
looked at, so that the usual two or three are exceeded by chance."""

LEAST_STEP = 0.10
"""Of the logarithm: by about a tenth the level has to change to be worth a word."""

NEAR_ZERO = 0.05
"""Share of the usual level that is added before the logarithm is taken, so that zero has one."""

NOISELESS = 0.01
"""Of the logarithm: the noise that is reckoned with at least."""


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A level that became another one.

    Attributes:
        place: of the first day of the new level.
        ratio: of the new level to the one before.
        score: size of the step, in standard deviations of what noise makes of it.
    """

    place: int
    ratio: float
    score: float


def change_points(values: Sequence[float] | Floats) -> tuple[int, ...]:
    """The places at which the level changed, ascending: each the first day of a new level.

    None in fewer than `LEAST_DAYS` days, in a series that is zero on every other day or more, and
    in the first and the last week.

    Args:
        values: of each day, the oldest first; NaN: not known.
    """
    return tuple(change.place for change in level_changes(values))


def level_changes(values: Sequence[float] | Floats) -> tuple[LevelChange, ...]:
    """The changes of level, ascending by place; none where `change_points` finds none.

    Args:
        values: as of `change_points`.
    """
    given = np.asarray(values, dtype=np.float64)[None, :]
    known = ~np.isnan(given)
    if int(known.sum()) < LEAST_DAYS or float(np.mean(given[known] > 0)) <= 0.5:
        return ()
    days = cleaned(given).days[0]
    factors = over_days(week_shape(days[None, :], len(days)), len(days))[0]
    open_days = np.flatnonzero(factors >= CLOSED)
    flat = days[open_days] / factors[open_days]
    logs = np.log(flat + NEAR_ZERO * max(float(np.median(flat)), TINY))
    return tuple(
        LevelChange(int(open_days[start]), float(np.exp(step)), score)
        for start, step, score in _held(logs, _partition(logs, _noise(logs)))
    )


def _noise(logs: Floats) -> float:
    """The standard deviation of a day, from differences of neighbours: no step moves it."""
    steps = np.abs(np.diff(logs))
    return max(MAD_TO_SIGMA * float(np.median(steps)) / np.sqrt(2.0), NOISELESS)


def _partition(logs: Floats, noise: float) -> list[int]:
    """The starts of all segments but the first, at the least cost."""
    days = len(logs)
    sums = np.concatenate([[0.0], np.cumsum(logs)])
    squares = np.concatenate([[0.0], np.cumsum(logs * logs)])
    penalty = PENALTY * np.log(days) * noise**2
    least = np.full(days + 1, np.inf)
    least[0] = -penalty
    before = np.zeros(days + 1, dtype=np.int64)
    for end in range(LEAST_SEGMENT, days + 1):
        starts = np.arange(end - LEAST_SEGMENT + 1)
        inside = squares[end] - squares[starts] - (sums[end] - sums[starts]) ** 2 / (end - starts)
        costs = least[starts] + inside + penalty
        best = int(np.argmin(costs))
        least[end], before[end] = costs[best], best
    found: list[int] = []
    start = int(before[days])
    while start:
        found.append(start)
        start = int(before[start])
    return found[::-1]


def _held(logs: Floats, starts: list[int]) -> list[tuple[int, float, float]]:
    """Takes the weakest step away until each one that is left holds: places, sizes, scores."""
    while starts:
        if _is_line(np.split(logs, starts)):
            return []
        steps, scores = _steps(logs, starts)
        weakest = int(np.argmin(scores))
        if scores[weakest] >= LEAST_SCORE:
            return list(zip(starts, steps, scores, strict=True))
        starts = [*starts[:weakest], *starts[weakest + 1 :]]
    return []


def _steps(logs: Floats, starts: list[int]) -> tuple[list[float], list[float]]:
    """Each step and its size over its standard deviation; 0 where it is growth or too small."""
    segments = np.split(logs, starts)
    residuals = np.concatenate([segment - segment.mean() for segment in segments])
    memory = _autocorrelation(residuals)
    noise = max(float(np.std(residuals)), NOISELESS) * np.sqrt((1 + memory) / (1 - memory))
    steps: list[float] = []
    scores: list[float] = []
    for left, right in pairwise(segments):
        step = float(right.mean() - left.mean())
        spread = float(noise * np.sqrt(1 / len(left) + 1 / len(right)))
        is_step = abs(step) >= LEAST_STEP and not _is_line((left, right))
        steps.append(step)
        scores.append(abs(step) / spread if is_step else 0.0)
    return steps, scores


def _is_line(segments: Sequence[Floats]) -> bool:
    """Whether one line explains them as well as a level for each: n log RSS + parameters log n."""
    days = np.concatenate(segments)
    places = np.arange(len(days), dtype=np.float64) - (len(days) - 1) / 2
    slope = float(days @ places / (places @ places))
    line = float(np.sum((days - days.mean() - slope * places) ** 2))
    levels = sum(float(np.sum((segment - segment.mean()) ** 2)) for segment in segments)
    more = 2 * len(segments) - 1 - 2  # levels and the places between them, less the line's two
    return line <= levels * len(days) ** (more / len(days))


def _autocorrelation(residuals: Floats) -> float:
    """Of a day with the one before it, between 0 and 0.9."""
    total = float(residuals @ residuals)
    together = float(residuals[1:] @ residuals[:-1])
    return min(max(together / total, 0.0), 0.9) if total > TINY else 0.0
