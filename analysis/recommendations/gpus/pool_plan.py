"""How large a pool would have to be, hour by hour: by its peak, and by the hour of the week.

With the need of an hour (what requests cost directly) and what the pool cost in it (need, idle and
unused; overhead is what it takes to serve at all and stays):

    constant size = max(95th percentile of the need of all hours, and of the last week's) x 1.3
    by schedule   = in hours of the week that are quiet, max(need in that hour in any week) x 1.3
    saved         = what it cost - max(need, the smaller of the sizes that hold in this hour)

An hour that needed more keeps what it needed: nothing is ever saved of the need itself. The
constant size is reckoned first, the schedule on what that leaves, so no dollar is in both.

Percentile and headroom are those of a balanced rightsizing preference in AWS Compute Optimizer
(95th percentile, 30 % headroom).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus.gpu import PoolHour
from analysis.recommendations.weekly_draws import quantile
from analysis.utilization import Capacity

SLOTS = 168
"""Hours of a week; 0 is Monday from midnight on, where the pool's days begin."""

PEAK = Decimal("0.95")
HEADROOM = Decimal("1.3")

QUIET = Decimal("0.5")
"""An hour of the week is quiet while at most half of the pool, at its constant size, is busy: what
is lost by rounding to whole machines, by starting and by stopping them fits into the other half."""

NEARLY_ALL = Decimal("0.8")
"""Of the weeks, in which a quiet hour was quiet: all of up to four, four of five."""

LEAST_WEEKS = 3
"""That an hour of the week has to have been seen in: of two quiet Sundays one may be a holiday."""

MOST_SURPRISES = Decimal("0.05")
"""Of the hours that the other weeks call quiet, those that were busy after all: with more, quiet
hours are chance. Of a pool that is busy in one hour of ten, at random, four weeks leave two thirds
of the hours of the week without any."""

LEAST_BLOCK = 3
"""Hours in a row. Machines that are stopped and started for less gain little: draining requests
and loading a model take tens of minutes."""

_NOTHING = Decimal(0)
_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of the week.

    Attributes:
        weeks: in which it was seen.
        utilization: the median of these weeks' share of capacity that requests took; None: it
            never cost anything.
        quiet_weeks: in how many at most `QUIET` of the constant size was busy.
        peak: USD: the largest need of any week.
    """

    weeks: int
    utilization: Decimal | None
    quiet_weeks: int
    peak: Decimal

    @property
    def is_quiet(self) -> bool:
        """Whether nearly all of enough weeks were quiet."""
        return self.weeks >= LEAST_WEEKS and self.quiet_weeks >= NEARLY_ALL * self.weeks


@dataclass(frozen=True, slots=True)
class Block:
    """Quiet hours in a row, each week.

    Attributes:
        first: hour of the week.
        hours: how many; it may reach over the end of the week.
    """

    first: int
    hours: int

    def __contains__(self, slot: int) -> bool:
        return (slot - self.first) % SLOTS < self.hours


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pool would save, and how it was used.

    Attributes:
        cost: USD of the evidence's days: need, idle and unused.
        need: of it, direct cost of requests.
        constant: USD an hour: the size by the peak.
        mean: USD an hour: how large the pool was on average, in its hours.
        slots: the hours of the week, all 168.
        blocks: of quiet hours.
        by_size: USD of each day that the constant size saves.
        by_schedule: USD of each day that the schedule saves beyond that.
    """

    cost: Decimal
    need: Decimal
    constant: Decimal
    mean: Decimal
    slots: tuple[Slot, ...]
    blocks: tuple[Block, ...]
    by_size: tuple[Decimal, ...]
    by_schedule: tuple[Decimal, ...]

    @property
    def utilization(self) -> Decimal:
        """The share of the capacity that requests took."""
        return self.need / self.cost if self.cost > 0 else _NOTHING

    @property
    def daily(self) -> list[Decimal]:
        """USD of each day that both save."""
        return [one + other for one, other in zip(self.by_size, self.by_schedule, strict=True)]


def plan_of(hours: Sequence[PoolHour], period: EvidencePeriod, zone: ZoneInfo) -> Plan:
    """What a pool would save.

    Args:
        hours: in which it cost something; in the others it needed nothing.
        period: the evidence's days, UTC.
        zone: in which its weeks begin.
    """
    start = datetime.combine(period.first_day, datetime.min.time(), ZoneInfo("UTC"))
    by_start = {hour.start: hour.capacity for hour in hours}
    starts = [start + number * _HOUR for number in range(24 * period.days)]
    capacities = [by_start.get(one, Capacity()) for one in starts]
    needs = [max(_NOTHING, capacity.inference) for capacity in capacities]
    costs = [max(need, need + one.waiting) for need, one in zip(needs, capacities, strict=True)]
    places = [_place(one, zone) for one in starts]
    last_week = needs[-int(_WEEK / _HOUR) :]
    constant = max(quantile(needs, PEAK), quantile(last_week, PEAK)) * HEADROOM
    slots = _slots(places, needs, costs, constant)
    quiet = [_is_quiet(need, cost, constant) for need, cost in zip(needs, costs, strict=True)]
    blocks = _blocks(slots) if _surprises(places, quiet) <= MOST_SURPRISES else ()
    by_size, by_schedule = [_NOTHING] * period.days, [_NOTHING] * period.days
    for number, (place, need, cost) in enumerate(zip(places, needs, costs, strict=True)):
        sized = min(cost, max(need, constant))
        by_size[number // 24] += cost - sized
        if any(place in block for block in blocks):
            scheduled = max(need, slots[place].peak * HEADROOM)
            by_schedule[number // 24] += max(_NOTHING, sized - scheduled)
    paid = [cost for cost in costs if cost > 0]
    whole = sum(costs, _NOTHING)
    return Plan(
        cost=whole,
        need=sum(needs, _NOTHING),
        constant=constant,
        mean=whole / len(paid) if paid else _NOTHING,
        slots=slots,
        blocks=blocks,
        by_size=tuple(by_size),
        by_schedule=tuple(by_schedule),
    )


def _place(instant: datetime, zone: ZoneInfo) -> int:
    local = instant.astimezone(zone)
    return local.weekday() * 24 + local.hour


def _slots(
    places: Sequence[int],
    needs: Sequence[Decimal],
    costs: Sequence[Decimal],
    constant: Decimal,
) -> tuple[Slot, ...]:
    seen: Mapping[int, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for place, need, cost in zip(places, needs, costs, strict=True):
        seen[place].append((need, cost))
    found: list[Slot] = []
    for place in range(SLOTS):
        weeks = seen[place]
        shares = [need / cost for need, cost in weeks if cost > 0]
        found.append(
            Slot(
                weeks=len(weeks),
                utilization=median(shares) if shares else None,
                quiet_weeks=sum(_is_quiet(need, cost, constant) for need, cost in weeks),
                peak=max((need for need, _ in weeks), default=_NOTHING),
            )
        )
    return tuple(found)


def _is_quiet(need: Decimal, cost: Decimal, constant: Decimal) -> bool:
    # An hour in which the pool was off is as quiet as can be.
    return need <= QUIET * min(cost, constant)


def _surprises(places: Sequence[int], quiet: Sequence[bool]) -> Decimal:
    """The share of busy hours among those that the other weeks would call quiet, 0 to 1."""
    weeks: Mapping[int, list[bool]] = defaultdict(list)
    for place, is_quiet in zip(places, quiet, strict=True):
        weeks[place].append(is_quiet)
    called = busy = 0
    for seen in weeks.values():
        for is_quiet in seen:
            if len(seen) < LEAST_WEEKS or sum(seen) - is_quiet < NEARLY_ALL * (len(seen) - 1):
                continue
            called += 1
            busy += not is_quiet
    return Decimal(busy) / called if called else _NOTHING


def _blocks(slots: Sequence[Slot]) -> tuple[Block, ...]:
    """Quiet hours in a row; a week follows upon a week."""
    quiet = [slot.is_quiet for slot in slots]
    if all(quiet):
        return ()  # peaks come at any hour: there is nothing to go by
    busy = quiet.index(False)
    found: list[Block] = []
    length = 0
    for number in range(busy + 1, busy + 1 + SLOTS):
        if quiet[number % SLOTS]:
            length += 1
            continue
        if length >= LEAST_BLOCK:
            found.append(Block((number - length) % SLOTS, length))
        length = 0
    return tuple(sorted(found, key=lambda block: block.first))
