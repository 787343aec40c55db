"""Utilization: how much of what GPUs cost is spent on requests.

utilization = cost of inference / infrastructure cost, by direct cost (`row_cost`) of all
categories; the definition of the query `utilization_by_category`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from analysis.complete_days import DAY
from analysis.costs import Infrastructure, Pushed
from analysis.periods import Dates
from analysis.shifts import BEYOND

WEEK = timedelta(days=7)

MOST_WEEKS = 8
"""How far back the best week is looked for: further back it was another fleet."""

_NOTHING = Decimal(0)
_NOT_SPENT = Pushed(_NOTHING, _NOTHING)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What GPUs cost, by category.

    Attributes:
        inference: USD: direct cost of requests.
        failed: USD: of that, of requests that failed or timed out; they keep GPUs busy, too.
        idle: of capacity that waited for requests.
        overhead: of what it takes to serve requests at all.
        unused: USD: direct cost of capacity that nobody could use.
        other: USD: direct cost of categories that the rules do not know.
        unpriced_requests: without a price: their cost is in none of these.
    """

    inference: Decimal = _NOTHING
    idle: Pushed = _NOT_SPENT
    overhead: Pushed = _NOT_SPENT
    unused: Decimal = _NOTHING
    other: Decimal = _NOTHING
    unpriced_requests: int = 0
    failed: Decimal = _NOTHING

    def __add__(self, more: Capacity) -> Capacity:
        return Capacity(
            inference=self.inference + more.inference,
            idle=_added(self.idle, more.idle),
            overhead=_added(self.overhead, more.overhead),
            unused=self.unused + more.unused,
            other=self.other + more.other,
            unpriced_requests=self.unpriced_requests + more.unpriced_requests,
            failed=self.failed + more.failed,
        )

    @property
    def infrastructure(self) -> Infrastructure:
        """Direct cost of all categories; what is attributed to requests is in it once."""
        return Infrastructure(self.inference + self.machines)

    @property
    def machines(self) -> Decimal:
        """USD that no request is the direct reason of."""
        return self.idle.spent + self.overhead.spent + self.unused + self.other

    @property
    def waiting(self) -> Decimal:
        """USD of idle and unused capacity."""
        return self.idle.spent + self.unused

    @property
    def utilization(self) -> Decimal | None:
        """Inference as a share of infrastructure cost; None where that is nothing, or less."""
        whole = self.infrastructure.usd
        return self.inference / whole if whole > 0 else None

    @property
    def served(self) -> Decimal | None:
        """The same with successful requests alone: a storm of failures is no good use of GPUs."""
        whole = self.infrastructure.usd
        return (self.inference - self.failed) / whole if whole > 0 else None


@dataclass(frozen=True, slots=True)
class BestWeek:
    """The seven days of which most went into requests that succeeded.

    Attributes:
        days: the first and the last of them.
        served: see `Capacity.served`.
        weeks: how many were looked at.
    """

    days: Dates
    served: Decimal
    weeks: int


def added(several: Iterable[Capacity]) -> Capacity:
    """The sum; nothing where there is none."""
    return sum(several, Capacity())


def shift(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """The change of a utilization as a share of the one before; None where one is not known.

    Relative, not in points: at 20 %, four points less make every request's machines a quarter
    dearer, at 80 % a twentieth. A relative change of utilization is the change of what a dollar of
    inference costs in machines, turned round, so the threshold is that of any other cost.
    """
    if now is None or not before:
        return None
    return now / before - 1


def is_beyond(change: Decimal | None) -> bool:
    """Whether a change is worth flagging."""
    return change is not None and abs(change) > BEYOND


def best_week(by_day: Mapping[date, Capacity], last: date) -> BestWeek | None:
    """The best of the weeks that end with `last` or whole weeks before it.

    The best is that of which most went into requests that succeeded. A week counts where every one
    of its days cost something, and some of that was no inference: without rows of idle or unused
    capacity utilization is 100 % and says nothing.

    Returns:
        The week, the latest of equals; None where fewer than two can be compared.
    """
    found: list[tuple[Decimal, Dates]] = []
    for number in range(MOST_WEEKS):
        end = last - number * WEEK
        days = [by_day.get(end - back * DAY, Capacity()) for back in range(7)]
        whole = added(days)
        served = whole.served
        if served is None or not whole.machines:
            continue
        if all(day.infrastructure.usd > 0 for day in days):
            found.append((served, Dates(end - 6 * DAY, end)))
    if len(found) < 2:
        return None
    best, days = max(found, key=lambda week: (week[0], week[1].last))
    return BestWeek(days, best, len(found))


def saving(now: Capacity, served: Decimal) -> Decimal:
    """USD that the same successful requests would have cost less at another share of them.

    infrastructure - (inference - failed) / served: the machines grow and shrink with what they
    serve. Nothing where the share was that high already.
    """
    if served <= 0:
        return _NOTHING
    return max(now.infrastructure.usd - (now.inference - now.failed) / served, _NOTHING)


def _added(one: Pushed, other: Pushed) -> Pushed:
    return Pushed(one.spent + other.spent, one.attributed + other.attributed)
