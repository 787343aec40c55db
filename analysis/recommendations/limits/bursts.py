"""Hours in which a user or a key asked for far more than in its own other hours.

Hours are measured twice, in requests and in dollars: a loop may send few requests that grow. By
either measure an hour is a candidate where it is many times each of

- the median of the actor's other active hours,
- the median of the same hour of the other days, and of the same hour of the other weeks, those in
  which it asked for nothing included, where there are at least three of them: what is done every
  night, or every Monday, is no burst, however large.

A candidate with a sign of waste in it (half of its requests repeat a prompt, or failed, which is
not so in other hours) is a burst from 5 times on. One without is a burst from 10 times on, and only
beyond a gap: all bursts are at least 3 times as large as any other hour. The largest hours of a
skewed distribution follow closely one upon the other (of a lognormal one with a standard deviation
of 1 and 400 hours the first is 3 times the second in 2 of 100 cases), so a gap tells a thing of its
own from a tail; it takes no spread, which days and nights would blow up.

All candidates are left out of what they are held against: a runaway of many hours would hide
itself. An actor whose bursts are many of its hours has changed its habits: no burst.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

from analysis.recommendations.limits.actors import ActorHour, ActorLoad

TIMES_SIGNED, TIMES_PLAIN = 5, 10
"""How often the usual an hour has to be, with a sign of waste in it and without."""

GAP = 3
"""Times any other hour, without a sign."""

LEAST_REQUESTS = 30
"""Of a burst hour: fewer somebody may type."""

SIGN, ORDINARY_SIGN = Decimal("0.5"), Decimal("0.25")
"""Of an hour's requests that repeat, or failed, to be a sign of a loop or of a retry storm; and of
all ordinary requests, from which on it is none: health checks always repeat."""

ORDINARY_HOURS = 24
"""Of an actor, to have habits at all."""

ALIKE_HOURS = 3
"""Others at the same hour of the day or week, to be a habit of that hour."""

MOST_SIGNED, MOST_PLAIN = Decimal("0.4"), Decimal("0.15")
"""Of the active hours, that can be bursts: more are a new habit. The median bears up to half."""

_HOUR = timedelta(hours=1)
_NOTHING = Decimal(0)

Measure = Callable[[ActorHour], Decimal]


def requests_of(hour: ActorHour) -> Decimal:
    """Requests."""
    return Decimal(hour.requests)


def cost_of(hour: ActorHour) -> Decimal:
    """USD."""
    return hour.cost


@dataclass(frozen=True, slots=True)
class Bursts:
    """Where somebody ran away.

    Attributes:
        load: whose.
        hours: the burst hours, in order.
        ordinary: all others.
        signs: by the start of a burst hour, what says by itself that it was waste: "repeats" or
            "failures"; others have none.
    """

    load: ActorLoad
    hours: tuple[ActorHour, ...]
    ordinary: tuple[ActorHour, ...]
    signs: Mapping[datetime, str]

    @property
    def usual_requests(self) -> Decimal:
        """Of an ordinary hour, the median."""
        return Decimal(median(map(requests_of, self.ordinary)))

    @property
    def usual_cost(self) -> Decimal:
        """USD of an ordinary hour, the median."""
        return median(map(cost_of, self.ordinary))

    @property
    def is_signed(self) -> bool:
        """Whether most of the bursts' cost lies in hours that carry a sign of waste."""
        whole = sum((hour.cost for hour in self.hours), _NOTHING)
        signed = sum((hour.cost for hour in self.hours if hour.start in self.signs), _NOTHING)
        return 2 * signed >= whole


def bursts_of(load: ActorLoad) -> Bursts | None:
    """The bursts of an actor; None: there are none."""
    hours = [hour for hour in load.hours if hour.requests > 0]
    if len(hours) <= ORDINARY_HOURS:
        return None
    # First against all hours, whose median bears many large ones; then against what is left.
    first = {start for of in (requests_of, cost_of) for start in _times(hours, hours, of)}
    ordinary = [hour for hour in hours if hour.start not in first]
    if len(ordinary) < ORDINARY_HOURS:
        return None
    signs = _signs(hours, ordinary)
    starts: set[datetime] = set()
    for of in (requests_of, cost_of):
        times = _times(hours, ordinary, of)
        starts |= {start for start in times if start in signs}
        starts |= _beyond_gap(hours, {s for s in times if times[s] >= TIMES_PLAIN}, of)
    if not starts or len(starts) > MOST_SIGNED * len(hours):
        return None
    if len(starts - signs.keys()) > MOST_PLAIN * len(hours):
        return None
    return Bursts(
        load=load,
        hours=tuple(hour for hour in hours if hour.start in starts),
        ordinary=tuple(hour for hour in hours if hour.start not in starts),
        signs={start: sign for start, sign in signs.items() if start in starts},
    )


def _signs(hours: Sequence[ActorHour], ordinary: Sequence[ActorHour]) -> dict[datetime, str]:
    whole = sum(hour.requests for hour in ordinary)
    found: dict[datetime, str] = {}
    if sum(hour.failed for hour in ordinary) <= ORDINARY_SIGN * whole:
        found |= {one.start: "failures" for one in hours if one.failed >= SIGN * one.requests}
    if sum(hour.repeats for hour in ordinary) <= ORDINARY_SIGN * whole:
        found |= {one.start: "repeats" for one in hours if one.repeats >= SIGN * one.requests}
    return found


def _beyond_gap(
    hours: Sequence[ActorHour], candidates: set[datetime], of: Measure
) -> set[datetime]:
    """As many of the largest hours, all of them candidates, as lie beyond a gap."""
    ranked = sorted(hours, key=lambda hour: (-of(hour), hour.start))
    beyond = 0
    for number, (hour, following) in enumerate(pairwise(ranked), 1):
        if hour.start not in candidates:
            break
        if of(hour) >= GAP * of(following):
            beyond = number
    return {hour.start for hour in ranked[:beyond]}


def _times(
    hours: Sequence[ActorHour], others: Sequence[ActorHour], of: Measure
) -> dict[datetime, float]:
    """How often the usual the hours are that are at least `TIMES_SIGNED` times that."""
    groups = [_grouped(others, length, of) for length in (24, 168)]
    usual = float(median(map(of, others)))
    found: dict[datetime, float] = {}
    for hour in hours:
        if hour.requests < LEAST_REQUESTS:
            continue
        reference = max(usual, *(group.habit(hour) for group in groups))
        times = float(of(hour)) / reference if reference else math.inf
        if times >= TIMES_SIGNED and of(hour) > 0:
            found[hour.start] = times
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """Hours by their place in a day or a week.

    Attributes:
        length: hours of the day or week.
        cycles: days or weeks from the first to the last hour.
        by_place: the hours, and how much each was.
    """

    length: int
    cycles: int
    by_place: Mapping[int, Sequence[tuple[datetime, float]]]

    def habit(self, hour: ActorHour) -> float:
        """The median of the same hour of other days or weeks; nothing where they are too few."""
        place = _place(hour, self.length)
        same = [size for start, size in self.by_place.get(place, ()) if start != hour.start]
        # Those in which nothing was asked for count as nothing: a loop of three nights is no habit.
        sizes = same + [0.0] * (self.cycles - 1 - len(same))
        return median(sizes) if len(sizes) >= ALIKE_HOURS else 0.0


def _grouped(hours: Sequence[ActorHour], length: int, of: Measure) -> _Group:
    found: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for hour in hours:
        found[_place(hour, length)].append((hour.start, float(of(hour))))
    starts = [hour.start for hour in hours]
    cycles = math.ceil(((max(starts) - min(starts)) / _HOUR + 1) / length)
    return _Group(length, cycles, found)


def _place(hour: ActorHour, length: int) -> int:
    return int(hour.start.timestamp() // 3600) % length
