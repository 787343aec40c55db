"""Hours in which a user or a key asked for far more than in its own other hours.

An hour is a burst where it is far above each of

- the median of the actor's other active hours,
- the median of the same hour of the other days, and of the same hour of the other weeks, those in
  which it asked for nothing included, where there are at least three of them: what is done every
  night, or every Monday, is no burst, however large.

Far above: at least 5 times, where the hour carries a sign of waste itself (half of its requests
repeat a prompt, or failed); at least 10 times, and three times any hour that is no such candidate,
where it does not; and so many robust standard deviations of the logarithms (median absolute
deviation of the other hours, Iglewicz and Hoaglin, 1993, whose bound is 3.5) that chance is out of
the question. Every hour that is tested is left out of what it is held against, with all other
candidates: a runaway of many hours would hide itself.

An actor whose candidates are many of its hours has changed its habits: no burst.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median

from analysis.recommendations.actors import ActorHour, ActorLoad

TIMES_SIGNED, TIMES_PLAIN = 5, 10
"""How often the usual an hour has to be, with a sign of waste in it and without."""

BEYOND_ANY = 3
"""Times the largest ordinary hour, without a sign."""

DEVIATIONS = 3.5

LEAST_SPREAD = 0.3
"""Of the logarithms of hourly requests: a third up or down is nothing, however steady the rest."""

LEAST_REQUESTS = 30
"""Of a burst hour: fewer somebody may type."""

SIGN = Decimal("0.5")
"""Of an hour's requests that repeat, or failed, to be a sign of a loop or of a retry storm."""

ORDINARY_HOURS = 24
"""Of an actor, to have habits at all."""

ALIKE_HOURS = 3
"""Others at the same hour of the day or week, to be a habit of that hour."""

MOST_SIGNED, MOST_PLAIN = Decimal("0.4"), Decimal("0.15")
"""Of the active hours, that can be bursts: more are a new habit. The median bears up to half."""

_CONSISTENT = 1.4826
_HOUR = timedelta(hours=1)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bursts:
    """Where somebody ran away.

    Attributes:
        load: whose.
        hours: the burst hours, in order.
        ordinary: all others.
        usual: requests of an ordinary hour, the median.
    """

    load: ActorLoad
    hours: tuple[ActorHour, ...]
    ordinary: tuple[ActorHour, ...]
    usual: Decimal

    @property
    def is_signed(self) -> bool:
        """Whether most of the bursts' cost lies in hours that carry a sign of waste."""
        whole = sum((hour.cost for hour in self.hours), _NOTHING)
        signed = sum((hour.cost for hour in self.hours if sign_of(hour)), _NOTHING)
        return 2 * signed >= whole


def sign_of(hour: ActorHour) -> str | None:
    """What says by itself that an hour was waste: "repeats", "failures", or nothing."""
    if not hour.requests:
        return None
    if hour.repeats >= SIGN * hour.requests:
        return "repeats"
    return "failures" if hour.failed >= SIGN * hour.requests else None


def bursts_of(load: ActorLoad) -> Bursts | None:
    """The bursts of an actor; None: there are none."""
    hours = [hour for hour in load.hours if hour.requests > 0]
    if len(hours) <= ORDINARY_HOURS:
        return None
    # First against all hours, whose median bears many large ones; then against what is left.
    candidates = _far_above(hours, hours)
    ordinary = [hour for hour in hours if hour.start not in candidates]
    if len(ordinary) < ORDINARY_HOURS:
        return None
    candidates = {start for start in _far_above(hours, ordinary) if start in candidates}
    found = [hour for hour in hours if hour.start in candidates]
    largest = max(hour.requests for hour in ordinary)
    found = [hour for hour in found if sign_of(hour) or hour.requests > BEYOND_ANY * largest]
    signed = sum(1 for hour in found if sign_of(hour))
    if not found or len(found) > MOST_SIGNED * len(hours):
        return None
    if len(found) - signed > MOST_PLAIN * len(hours):
        return None
    starts = {hour.start for hour in found}
    ordinary = [hour for hour in hours if hour.start not in starts]
    usual = Decimal(median(hour.requests for hour in ordinary))
    return Bursts(load, tuple(found), tuple(ordinary), usual)


def _far_above(hours: Iterable[ActorHour], others: Sequence[ActorHour]) -> set[object]:
    """The starts of the hours that are far above all that they are held against."""
    of_day = _grouped(others, 24)
    of_week = _grouped(others, 168)
    usual = median(hour.requests for hour in others)
    logs = [math.log(hour.requests) for hour in others]
    middle = median(logs)
    spread = max(LEAST_SPREAD, _CONSISTENT * median(abs(one - middle) for one in logs))
    found: set[object] = set()
    for hour in hours:
        if hour.requests < LEAST_REQUESTS:
            continue
        reference = max(float(usual), *(_habit(hour, group) for group in (of_day, of_week)))
        times = TIMES_SIGNED if sign_of(hour) else TIMES_PLAIN
        deviations = (math.log(hour.requests) - middle) / spread
        if hour.requests >= times * reference and deviations >= DEVIATIONS:
            found.add(hour.start)
    return found


def _habit(hour: ActorHour, group: _Group) -> float:
    """The median of the same hour of other days or weeks; nothing where there are too few."""
    place = _place(hour, group.length)
    same = [other for other in group.by_place.get(place, ()) if other.start != hour.start]
    # Those in which nothing was asked for count as nothing: a loop of three nights is no habit.
    times = [other.requests for other in same] + [0] * (group.cycles - 1 - len(same))
    return float(median(times)) if len(times) >= ALIKE_HOURS else 0.0


@dataclass(frozen=True, slots=True)
class _Group:
    """Hours by their place in a day or a week.

    Attributes:
        length: hours of the day or week.
        cycles: days or weeks from the first to the last hour.
        by_place: the hours.
    """

    length: int
    cycles: int
    by_place: Mapping[int, Sequence[ActorHour]]


def _grouped(hours: Sequence[ActorHour], length: int) -> _Group:
    found: dict[int, list[ActorHour]] = defaultdict(list)
    for hour in hours:
        found[_place(hour, length)].append(hour)
    starts = [hour.start for hour in hours]
    cycles = math.ceil(((max(starts) - min(starts)) / _HOUR + 1) / length)
    return _Group(length, cycles, found)


def _place(hour: ActorHour, length: int) -> int:
    return int(hour.start.timestamp() // 3600) % length
