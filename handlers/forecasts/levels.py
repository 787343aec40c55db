"""When the level of a daily cost became another one, and which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from handlers.forecasts.results import DAY, DailySeries
from handlers.forecasts.statistics import numbers

WEEK = 7


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A day from which on a cost stayed at another level.

    Attributes:
        day: the first one at the new level.
        until: the last one at it.
        before: USD an average day cost until then.
        after: USD an average day has cost since.
    """

    day: date
    until: date
    before: Decimal
    after: Decimal


def level_changes(series: DailySeries, since: date) -> tuple[LevelChange, ...]:
    """The changes of level, the earliest first.

    Takes some thousandths of a second: for a thread.

    Args:
        series: in which they are looked for.
        since: those of this day and later ones are told.
    """
    from analysis.change_points import change_points

    places = change_points(numbers(series))
    levels = [series.costs[begin:end] for begin, end in pairwise([0, *places, len(series.costs)])]
    changes: list[LevelChange] = []
    for place, (old, new) in zip(places, pairwise(levels), strict=True):
        day = series.first + place * DAY
        until = day + (len(new) - 1) * DAY
        changes.append(LevelChange(day, until, _average(old, latest=True), _average(new)))
    return tuple(change for change in changes if change.day >= since)


def _average(costs: Sequence[Decimal], *, latest: bool = False) -> Decimal:
    """USD a day over whole weeks, so that no weekday counts more often than another."""
    whole = len(costs) // WEEK * WEEK or len(costs)
    used = costs[len(costs) - whole :] if latest else costs[:whole]
    return sum(used, Decimal(0)) / len(used)
