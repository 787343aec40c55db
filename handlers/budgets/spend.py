"""What budgets have spent by day, and which days are known: the facts behind every status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from analysis.budgets.burn import KnownDays
from analysis.complete_days import DAY, last_complete_day
from handlers.freshness import Freshness
from handlers.turns import Turns
from queries.budget_spend import BudgetPeriods, DailySpend
from queries.dimensions import Dimensions
from storage.records.budget import BudgetDraft, scope_text


class DailySpends(Protocol):
    """Where the spend of some budgets by day comes from."""

    async def daily(self, budgets: BudgetPeriods) -> list[DailySpend]:
        """The days that have any costs, by place and day.

        Raises:
            Unavailable: the facts cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Spend:
    """What one budget has spent; days without a cost are left out.

    Attributes:
        costs: USD by local day.
        unpriced: requests without a price by local day: their cost is not known.
    """

    costs: Mapping[date, Decimal] = field(default_factory=dict[date, Decimal])
    unpriced: Mapping[date, int] = field(default_factory=dict[date, int])

    def unpriced_between(self, first: date, last: date) -> int:
        """Requests without a price in some days, both ends included."""
        return sum(count for day, count in self.unpriced.items() if first <= day <= last)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A budget, and the local days that are asked for, both included."""

    budget: BudgetDraft
    first: date
    last: date


def counts_customers_only(budget: BudgetDraft) -> bool:
    """Whether internal traffic is left out: what an organization is shown is its customers' cost.

    The deployment's own budgets count all traffic.
    """
    return budget.organization is not None


def is_answerable(budget: BudgetDraft, dimensions: Dimensions) -> bool:
    """Whether this deployment has all dimensions that the scope names."""
    return set(budget.scope) <= set(dimensions)


async def spends(source: DailySpends, stretches: Sequence[Stretch]) -> list[Spend]:
    """The spend of each, in one pass over the facts.

    Raises:
        Unavailable: the facts cannot be read.
    """
    if not stretches:
        return []
    budgets = [stretch.budget for stretch in stretches]
    asked = BudgetPeriods(
        places=range(len(stretches)),
        organizations=[budget.organization for budget in budgets],
        scopes=[scope_text(budget.scope) for budget in budgets],
        zones=[budget.zone.key for budget in budgets],
        firsts=[stretch.first for stretch in stretches],
        lasts=[stretch.last for stretch in stretches],
        customers_only=[counts_customers_only(budget) for budget in budgets],
    )
    found = [(dict[date, Decimal](), dict[date, int]()) for _ in stretches]
    turns = Turns()
    for row in await source.daily(asked):
        await turns.take()
        costs, unpriced = found[row.place]
        costs[row.day] = row.cost
        if row.unpriced_requests:
            unpriced[row.day] = row.unpriced_requests
    return [Spend(costs, unpriced) for costs, unpriced in found]


def known_days(freshness: Freshness, zone: ZoneInfo, until: date) -> KnownDays | None:
    """Which local days are known, as of one of them.

    A source that has gone stale does not hold the others back, as everywhere.

    Args:
        freshness: of the sources.
        zone: of the budget.
        until: what lies behind this local day is not looked at.

    Returns:
        The days; None where there is no data.
    """
    data_until = freshness.data_until
    if data_until is None:
        return None
    # A first day that is known in part is spent in nevertheless.
    first = min(source.data_from for source in freshness.sources).astimezone(zone).date()
    last = max(source.data_until for source in freshness.sources).astimezone(zone).date()
    # The day that is on has facts of its last hour at most when it is over.
    today = freshness.now.astimezone(zone).date()
    complete = min(last_complete_day(data_until, zone), today - DAY)
    return KnownDays(first, min(last, until), min(complete, last, until))
