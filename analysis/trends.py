"""Trends: where a daily cost stands against its past, which way it runs, and how fast.

The direction is the seasonal Kendall test with Sen's slope (R. M. Hirsch, J. R. Slack and
R. A. Smith, "Techniques of trend analysis for monthly water quality data", Water Resources
Research 18(1), 1982), with weekdays as the seasons: Mondays are compared with Mondays only, so
that a week's rhythm is no trend, wherever the stretch begins; and the median of the slopes
between any two days of one weekday is not moved by a few odd days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from math import sqrt
from statistics import median

from analysis.shifts import BEYOND, Shift

WEEK = 7
MONTH = 28
"""Four whole weeks, with as many of each weekday: what the prior month is compared over."""

LEAST_DAYS = 14
"""Two of each weekday: with fewer there is no slope between two days of the same weekday."""

Z_BEYOND_NOISE = 1.96
"""The test's score beyond which noise alone would go in fewer than 5 of 100 cases (two-sided)."""

LEAST_GROWTH = Decimal("0.01")
"""A growth of less than this share a week is called flat, however steady: at that pace a cost
takes more than three months to move by the 15 % that are worth flagging."""

LEAST_SAME_WEEKDAYS = 3
"""Earlier days of a weekday from which it is known what is usual for it."""

MOST_SAME_WEEKDAYS = 4
"""Earlier days of a weekday that still say what is usual for it."""


class Direction(StrEnum):
    """Which way a daily cost runs."""

    RISING = "rising"
    FALLING = "falling"
    FLAT = "flat"
    """Within noise, or by less than `LEAST_GROWTH`."""
    UNKNOWN = "unknown"
    """There are fewer than `LEAST_DAYS` days."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A daily cost and its past; there is at least one day.

    Attributes:
        first: the first day.
        costs: USD, of each day from the first on; a day without cost is 0.
        against_week: the last day against the average of the seven days before it.
        is_usual: that shift is usual for the weekday.
        prior_week: the last seven days against the seven before.
        prior_month: the last 28 days against the 28 before.
        direction: which way the cost runs.
        growth: USD that a day costs more, week by week; None where that is unknown.
    """

    first: date
    costs: tuple[Decimal, ...]
    against_week: Shift | None
    is_usual: bool
    prior_week: Shift | None
    prior_month: Shift | None
    direction: Direction
    growth: Decimal | None

    @property
    def last(self) -> date:
        """The last day."""
        return self.day(len(self.costs) - 1)

    @property
    def total(self) -> Decimal:
        """USD of all days."""
        return sum(self.costs, Decimal(0))

    @property
    def average(self) -> Decimal:
        """USD a day."""
        return self.total / len(self.costs)

    @property
    def least(self) -> tuple[date, Decimal]:
        """The cheapest day, the latest of several, and its cost."""
        return min(self._dated(), key=lambda dated: (dated[1], -dated[0].toordinal()))

    @property
    def most(self) -> tuple[date, Decimal]:
        """The dearest day, the latest of several, and its cost."""
        return max(self._dated(), key=lambda dated: (dated[1], dated[0]))

    @property
    def growth_ratio(self) -> Decimal | None:
        """The growth as a share of the average day, a week."""
        return growth_ratio(self.growth, self.average)

    @property
    def is_shifted(self) -> bool:
        """Whether the last day is far from its past in a way that is not usual for it."""
        return self.against_week is not None and self.against_week.is_beyond and not self.is_usual

    def day(self, place: int) -> date:
        """The day that stands at a place of `costs`."""
        return self.first + timedelta(days=place)

    def _dated(self) -> list[tuple[date, Decimal]]:
        return [(self.day(place), cost) for place, cost in enumerate(self.costs)]


def trend_of(
    first: date, costs: Sequence[Decimal], days: int, whole: Sequence[Decimal] = ()
) -> Trend:
    """The trend of the last days of a daily cost.

    Args:
        first: the first day of which the cost is known.
        costs: USD of each day from it on, without a gap, at least one; more than `days` of them
            serve the comparisons only.
        days: how many of the latest days the trend is about; fewer where fewer are known.
        whole: USD of each day, to the same last one, of everything that this is a part of; empty:
            it is no part of anything.
    """
    whole = whole or costs
    shown = tuple(costs[-days:])
    growth = sens_slope(shown)
    return Trend(
        first=first + timedelta(days=len(costs) - len(shown)),
        costs=shown,
        against_week=_against_week(costs, whole),
        is_usual=_is_usual(costs),
        prior_week=_against_before(costs, WEEK, whole),
        prior_month=_against_before(costs, MONTH, whole),
        direction=_direction(shown, growth),
        growth=growth,
    )


def growth_ratio(growth: Decimal | None, average: Decimal) -> Decimal | None:
    """A growth as a share of the average day; None where the average is nothing, or less."""
    return growth / average if growth is not None and average > 0 else None


def sens_slope(costs: Sequence[Decimal]) -> Decimal | None:
    """How much more a day costs from week to week, USD.

    The seasonal Kendall slope estimator of Hirsch, Slack and Smith: the median of
    (x_j - x_i) / (j - i) over all pairs of days of one weekday, j and i counted in weeks.
    None with fewer than `LEAST_DAYS` days.
    """
    if len(costs) < LEAST_DAYS:
        return None
    return median(
        (later - earlier) / (apart // WEEK)
        for apart in range(WEEK, len(costs), WEEK)
        for earlier, later in zip(costs, costs[apart:], strict=False)
    )


def kendall_z(costs: Sequence[Decimal]) -> float:
    """The standard normal score of the seasonal Kendall test, weekdays as seasons.

    S, the number of rises less the number of falls over all pairs of days of one weekday, has
    the variance sum of [n (n - 1) (2n + 5) - sum of t (t - 1) (2t + 5)] / 18 over the weekdays,
    with n days each and t of them alike; it is taken one nearer to 0 for continuity.
    """
    score = 0
    variance = 0.0
    for weekday in range(WEEK):
        season = costs[weekday::WEEK]
        for place, earlier in enumerate(season):
            score += sum((later > earlier) - (later < earlier) for later in season[place + 1 :])
        ties = sum(_spread(alike) for alike in Counter(season).values())
        variance += (_spread(len(season)) - ties) / 18
    if not score or not variance:
        return 0.0
    return (score - (1 if score > 0 else -1)) / sqrt(variance)


def _spread(number: int) -> int:
    return number * (number - 1) * (2 * number + 5)


def _direction(costs: Sequence[Decimal], growth: Decimal | None) -> Direction:
    if growth is None:
        return Direction.UNKNOWN
    ratio = growth_ratio(growth, sum(costs, Decimal(0)) / len(costs))
    is_slow = ratio is None or abs(ratio) < LEAST_GROWTH
    if is_slow or abs(kendall_z(costs)) <= Z_BEYOND_NOISE:
        return Direction.FLAT
    return Direction.RISING if growth > 0 else Direction.FALLING


def _against_week(costs: Sequence[Decimal], whole: Sequence[Decimal]) -> Shift | None:
    """The last day beside an average day of the week before it, of which it is no part."""
    if len(costs) <= WEEK:
        return None
    return Shift(costs[-1], sum(costs[-1 - WEEK : -1], Decimal(0)) / WEEK, whole[-1])


def _is_usual(costs: Sequence[Decimal]) -> bool:
    """Whether the last day is as the same weekday was lately."""
    places = range(len(costs) - 1 - WEEK, -1, -WEEK)
    same = [costs[place] for place in places][:MOST_SAME_WEEKDAYS]
    if len(same) < LEAST_SAME_WEEKDAYS:
        return False
    usual = median(same)
    return abs(costs[-1] - usual) <= BEYOND * abs(usual)


def _against_before(costs: Sequence[Decimal], days: int, whole: Sequence[Decimal]) -> Shift | None:
    """The last days beside as many before them; None where those are not known."""
    if len(costs) < 2 * days:
        return None
    now, before = costs[-days:], costs[-2 * days : -days]
    return Shift(sum(now, Decimal(0)), sum(before, Decimal(0)), sum(whole[-days:], Decimal(0)))
