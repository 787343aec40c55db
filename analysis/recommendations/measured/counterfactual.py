"""What would have been spent, held against what was: the estimate of savings and its range.

The change of cost that is left after the volume is taken out, beyond that of a control: difference
in differences (Angrist and Pischke, "Mostly Harmless Econometrics", 2009, chapter 5), which FinOps
calls cost avoidance. With X expected at the rates of before, A actual, K the control's change:

    saved = K × X_after − A_after

Its variance adds up what is independent:

- the rate of before: (K X_after / X_before)² × the residuals of before;
- the noise of what would have been spent: the residuals of before, at the size of the days since,
  or those of the days since around their own rate where these are larger;
- rates that move by themselves: X_after² × σ², with σ from how far the rates of routes moved that
  nobody has touched (a placebo test in space, as Abadie, Diamond and Hainmueller, 2010). A few
  routes tell it badly, so it is shrunk towards a usual drift, as if `PRIOR` more routes had that;
- the control's own error.

Neighbouring days are alike: residuals count (1 + ρ) / (1 − ρ) times, with ρ their correlation from
one day to the next (the variance of a mean of AR(1) draws). Student's t with Satterthwaite's
degrees of freedom makes 90 % of it. Floats, as everywhere in statistics; money is made Decimal by
whoever calls.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

DRIFT = 0.05
"""Usual standard deviation of a rate from one month to the next where nothing was done, relative:
what people ask for moves."""

PRIOR = 4
"""Routes that the usual drift counts as."""

LEAST_DRIFT = 0.01
"""Of a control's routes: they are never taken for more alike."""

LEAST_NOISE = 0.02
"""Of one day, relative: three days that are alike by chance are no certainty."""

MOST_CORRELATION = 0.6

LEAST_ROUTES = 3
"""Of a control: of two, one may have been changed as well, and nobody could tell which."""

MOST_SPREAD = 0.15
"""Of a control's routes, relative: where they vary more they say nothing of anybody else."""

_ROUNDING = 1e-18

_OWN_DAYS = 7
"""Days from which the days since tell anything of their own noise."""

_T = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771)
"""Student's t for 90 %, two-sided, by degrees of freedom from 1 on."""


@dataclass(frozen=True, slots=True)
class Held:
    """One day, held against what was to be expected.

    Attributes:
        expected: USD at the rates of before.
        actual: USD.
    """

    expected: float
    actual: float


@dataclass(frozen=True, slots=True)
class Control:
    """How the rates of others changed in the same time.

    Attributes:
        change: rate after by rate before: the weighted median of its routes, so that one of them
            that was changed as well moves nothing.
        error: standard error of it.
        spread: standard deviation of its routes.
        routes: how many.
    """

    change: float
    error: float
    spread: float
    routes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was saved, USD, in the days since.

    Attributes:
        low, likely, high: with the ends of a range of 90 %.
        expected: what would have been spent.
        actual: what was.
    """

    low: float
    likely: float
    high: float
    expected: float
    actual: float


def control_of(changes: Sequence[tuple[float, float]]) -> Control | None:
    """The control that some routes make; None: too few, or they vary too much by themselves.

    Args:
        changes: of each route its rate after by its rate before, and its weight (its cost before).
    """
    if len(changes) < LEAST_ROUTES:
        return None
    change = _weighted_median(changes)
    deviations = [(abs(one - change), weight) for one, weight in changes]
    # 1.4826: of a normal distribution the median deviation is that part of the standard deviation.
    spread = 1.4826 * _weighted_median(deviations)
    if spread > MOST_SPREAD:
        return None
    weights = [weight for _, weight in changes]
    alike = sum(weights) ** 2 / sum(weight**2 for weight in weights)
    # 1.2533: the error of a median, by that of a mean.
    error = 1.2533 * max(spread, LEAST_DRIFT) / math.sqrt(alike)
    return Control(change, error, spread, len(changes))


def estimate(
    before: Sequence[Held],
    after: Sequence[Held],
    control: Control | None,
    cells: float = 1.0,
    drift: float = DRIFT,
) -> Estimate:
    """What was saved in the days after.

    Args:
        before: its days, whose rates make what is expected; in order.
        after: the days since, in order.
        control: of the same days; None: there is none.
        cells: how many routes of equal size would be as many as these are.
        drift: the usual one of such rates, relative.

    Raises:
        ValueError: nothing was expected before or after.
    """
    before = [day for day in before if day.expected > 0]
    after = [day for day in after if day.expected > 0]
    if not before or not after:
        message = "without any volume there is nothing to hold a cost against"
        raise ValueError(message)
    change = control.change if control else 1.0
    whole_before, whole = _expected(before), _expected(after)
    actual = sum(day.actual for day in after)
    noise_before, noise_after = _noises(before, after)
    spread, known = _spread(control, drift)
    of_before = (change * whole / whole_before) ** 2 * noise_before
    of_others = (whole * spread) ** 2 / max(1.0, cells)
    if control is not None:
        of_others += (whole * control.error) ** 2
    variance = of_before + noise_after + of_others
    freedom = variance**2 / (
        of_before**2 / max(1, len(before) - 1)
        + noise_after**2 / max(1, len(after) - 1)
        + of_others**2 / known
    )
    half = _t(freedom) * math.sqrt(variance)
    likely = change * whole - actual
    return Estimate(likely - half, likely, likely + half, change * whole, actual)


def _spread(control: Control | None, drift: float) -> tuple[float, float]:
    """How far a rate moves by itself, relative, with its degrees of freedom."""
    if control is None:
        return drift, PRIOR
    # The median deviation is worth 37 % of as many standard deviations (its efficiency).
    routes = 0.37 * (control.routes - 1)
    squares = PRIOR * drift**2 + routes * control.spread**2
    return math.sqrt(squares / (PRIOR + routes)), PRIOR + routes


def _expected(days: Sequence[Held]) -> float:
    return sum(day.expected for day in days)


def _noises(before: Sequence[Held], after: Sequence[Held]) -> tuple[float, float]:
    """The variances of the sums of what was spent before, and would have been since."""
    first, second = _residuals(before), _residuals(after)
    count = len(first) + len(second)
    size = sum(day.expected**2 for day in (*before, *after))
    correlation = _correlation((first, second), size)
    correlation += (1 + 3 * correlation) / count  # its estimate is too small by that
    correlation = max(0.0, min(MOST_CORRELATION, correlation))
    inflation = (1 + correlation) / (1 - correlation)
    floors = [LEAST_NOISE**2 * sum(day.expected**2 for day in days) for days in (before, after)]
    # What would have been spent has the noise of the days before, however even the days since are
    # now that it is not: days without a burst may have been such anyway.
    sizes = sum(day.expected**2 for day in after) / sum(day.expected**2 for day in before)
    of_before = max(floors[0], _variance(first))
    own = _variance(second) if len(after) >= _OWN_DAYS else 0.0
    of_after = max(floors[1], own, _variance(first) * sizes)
    return of_before * inflation, of_after * inflation


def _residuals(days: Sequence[Held]) -> list[float]:
    rate = sum(day.actual for day in days) / _expected(days)
    return [day.actual - rate * day.expected for day in days]


def _variance(residuals: Sequence[float]) -> float:
    count = len(residuals)
    return sum(one**2 for one in residuals) * count / max(1, count - 1)


def _correlation(series: tuple[Sequence[float], Sequence[float]], size: float) -> float:
    """From one day to the next, of both series together; 0 where all is rounding beside `size`."""
    squares = sum(one**2 for part in series for one in part)
    products = sum(one * following for part in series for one, following in pairwise(part))
    return products / squares if squares > _ROUNDING * size else 0.0


def _t(freedom: float) -> float:
    """Student's t for 90 %; between whole degrees of freedom the larger one."""
    whole = max(1, math.floor(freedom))
    if whole <= len(_T):
        return _T[whole - 1]
    return 1.645 + 1.6 / whole


def _weighted_median(pairs: Sequence[tuple[float, float]]) -> float:
    ordered = sorted(pairs)
    half = sum(weight for _, weight in ordered) / 2
    if half <= 0:
        return median(value for value, _ in ordered) if ordered else fmean([1.0])
    reached = 0.0
    for value, weight in ordered:
        reached += weight
        if reached >= half:
            return value
    return ordered[-1][0]
