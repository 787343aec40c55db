"""How far next month's savings may lie from what the days of the evidence say, from their spread.

For savings that are known by the day: idle capacity, failures, bursts. Days of a week differ in a
way of their own, and neighbouring days are alike: so whole weeks count as draws, not days (block
means; Kunsch, "The Jackknife and the Bootstrap for General Stationary Observations", 1989). With
k weeks of mean m and standard deviation s a day of the coming month, itself of 30 / 7 weeks, saves
on average with 90 %

    m +- t s sqrt(1/k + 7/30)

a prediction interval with Student's t of k - 1 degrees of freedom. With less than two whole weeks
the days are the draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from statistics import fmean, stdev

from analysis.recommendations.cells import MONTH
from analysis.recommendations.proposal import Savings

_WEEK = 7

_T = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771)
"""Student's t for 90 %, two-sided, by degrees of freedom from 1 on."""

_NORMAL = 1.645

_DIGITS = Decimal("1e-9")


def monthly_range(daily: Sequence[Decimal], most: Decimal) -> Savings:
    """Savings a month with their range of 90 %, from the savings of each day.

    Args:
        daily: USD of every day of the evidence, in order, those without any too; 0 or more.
        most: USD a month beyond which nothing can be saved.

    Raises:
        ValueError: there is no day.
    """
    if not daily:
        message = "no day, no savings"
        raise ValueError(message)
    likely = min(most, sum(daily, Decimal(0)) * MONTH / len(daily))
    half = monthly_half_width(daily)
    low = min(likely, max(Decimal(0), likely - half))
    return Savings(low=low, likely=likely, high=max(likely, min(most, likely + half)))


def monthly_half_width(daily: Sequence[Decimal]) -> Decimal:
    """How far a month may lie from what these days say, to either side with 90 %, USD.

    Args:
        daily: USD of every day of the evidence, in order; below 0 where something was lost.
    """
    half = MONTH * Decimal(_half_width([float(amount) for amount in daily])).quantize(_DIGITS)
    return abs(half)


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """The smallest value that `share` of all values do not exceed (nearest rank).

    Raises:
        ValueError: there is no value.
    """
    if not values:
        message = "no values, no quantile"
        raise ValueError(message)
    place = int((share * len(values)).to_integral_value(ROUND_CEILING))
    return sorted(values)[max(0, min(place, len(values)) - 1)]


def _half_width(daily: Sequence[float]) -> float:
    """Of the range of a day's mean, USD."""
    length = _WEEK if len(daily) >= 2 * _WEEK else 1
    # The first days that make no whole week are left out: the last ones say more of next month.
    kept = daily[len(daily) % length :]
    means = [fmean(kept[at : at + length]) for at in range(0, len(kept), length)]
    if len(means) < 2:
        return fmean(daily)
    freedom = len(means) - 1
    t = _T[freedom - 1] if freedom <= len(_T) else _NORMAL
    return t * stdev(means) * math.sqrt(1 / len(means) + length / MONTH)
