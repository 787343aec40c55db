"""Waste that comes in episodes, and what of it can be expected in a month.

What happened once in some weeks may happen again, or never: nothing but recurrence makes it a
monthly sum. Two separate episodes, or one that is not over, count at the rate of the evidence's
days; the range allows for how often they come by chance. A single one that is over counts as if it
came once a year, a twelfth a month; its range reaches from nothing to the rate of the evidence's
days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.proposal import Savings
from analysis.recommendations.ranges import NORMAL_90
from analysis.recommendations.weekly_draws import monthly_range

MONTHS = 12

SINGLE = Decimal("0.3")
"""What the confidence is multiplied by where there was one episode, and it is over: of processes
that show one event in a window without any before, whether there is another is anybody's guess."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of trouble.

    Attributes:
        start: of its first hour or day, UTC.
        end: of its last one, UTC.
    """

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often there was trouble.

    Attributes:
        episodes: in order.
        is_running: the last one was not over when the evidence ended.
    """

    episodes: tuple[Episode, ...]
    is_running: bool

    @property
    def recurs(self) -> bool:
        """Whether it can be expected to go on."""
        return self.is_running or len(self.episodes) > 1

    @property
    def certainty(self) -> Decimal:
        """What the confidence is multiplied by."""
        return Decimal(1) if self.recurs else SINGLE


def recurrence(
    starts: Iterable[datetime],
    length: timedelta,
    until: datetime,
    *,
    apart: timedelta,
    over_after: timedelta,
) -> Recurrence:
    """Joins hours or days of trouble into episodes.

    Args:
        starts: of each hour or day, UTC, in any order.
        length: of each.
        until: the end of the evidence, UTC.
        apart: what lies so far apart is two episodes.
        over_after: what ended so long before the end of the evidence is over.
    """
    found: list[Episode] = []
    for start in sorted(starts):
        if found and start - found[-1].end < apart:
            found[-1] = Episode(found[-1].start, start + length)
        else:
            found.append(Episode(start, start + length))
    return Recurrence(tuple(found), bool(found) and until - found[-1].end < over_after)


def savings_of(
    waste: list[Decimal], seen: Recurrence, period: EvidencePeriod, most: Decimal
) -> Savings:
    """What is saved a month.

    Args:
        waste: USD of every day of the evidence, in order.
        seen: how often it was.
        period: the evidence's days.
        most: USD a month beyond which nothing can be saved.
    """
    if seen.recurs:
        around = monthly_range(waste, most)
        if seen.is_running:
            return around
        # Their number is drawn anew: a Poisson count held against one varies by both.
        half = NORMAL_90 * around.likely * (Decimal(2) / len(seen.episodes)).sqrt()
        return Savings(
            low=max(Decimal(0), min(around.low, around.likely - half)),
            likely=around.likely,
            high=max(around.high, min(most, around.likely + half)),
        )
    whole = sum(waste, Decimal(0))
    high = min(most, period.monthly(whole))
    return Savings(low=Decimal(0), likely=min(high, whole / MONTHS), high=high)
