"""What another model would do with the requests of one model, and what that would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.recommendations.alternatives import (
    THINKING,
    Reach,
    is_able,
    price_for,
    reach_of,
    starts_thinking,
    with_thoughts,
)
from analysis.recommendations.cells import ModelFacts, PricedCell, UsageCell
from analysis.recommendations.levers import Migrate, cost_with
from analysis.recommendations.quality import difference

_ALL = Decimal(1)


@dataclass(frozen=True, slots=True)
class Moved:
    """A cell that would be migrated.

    Attributes:
        cell: the requests.
        cost: USD of the evidence's days at the other model.
        least, most: the same where it thinks less or more than assumed.
    """

    cell: UsageCell
    cost: Decimal
    least: Decimal
    most: Decimal

    @property
    def saved(self) -> Decimal:
        """USD of the evidence's days."""
        return self.cell.billed_cost - self.cost


@dataclass(frozen=True, slots=True)
class Offer:
    """Another model for the requests of one model.

    Attributes:
        model: the other one.
        change: how far it scores above the present one.
        reach: which requests its score is good enough for; None: it is below the floor.
        starts_thinking: it thinks before it answers, and the present one does not.
        cost_of_all: USD of the evidence's days if it answered all that it can.
        answers_all: it can answer all requests.
        moved: what it would answer, and cheaper.
    """

    model: ModelFacts
    change: Decimal
    reach: Reach | None
    starts_thinking: bool
    cost_of_all: Decimal
    answers_all: bool
    moved: tuple[Moved, ...]

    @property
    def saved(self) -> Decimal:
        """USD of the evidence's days."""
        return sum((moved.saved for moved in self.moved), Decimal(0))

    @property
    def requests(self) -> int:
        """How many would be migrated."""
        return sum(moved.cell.tokens.requests for moved in self.moved)

    @property
    def needs_are_assumed(self) -> bool:
        """Whether some of these do not say what they need of a model."""
        return any(not moved.cell.needs for moved in self.moved)


def offer_of(
    group: Sequence[PricedCell], present: ModelFacts, other: ModelFacts, now: datetime
) -> Offer | None:
    """What another model would do with the requests of one model.

    Args:
        group: all cells of the present model.
        present: what is known of it.
        other: the other one.
        now: the instant whose prices count.

    Returns:
        None: the two took no common test, or the other has no price.
    """
    change = difference(present, other)
    if change is None:
        return None
    thinks = starts_thinking(other, present)
    factors = THINKING if thinks else (_ALL, _ALL, _ALL)
    reach = reach_of(change)
    cost_of_all, answers_all, moved = Decimal(0), True, list[Moved]()
    for priced in group:
        cell = priced.cell
        if not cell.billed_cost:
            continue
        price = price_for(other, cell, now)
        if price is None:
            return None
        if priced.price is None or not is_able(other, present, cell):
            answers_all = False
            cost_of_all += cell.billed_cost
            continue
        costs = {
            factor: cost_with(priced, [Migrate(_ALL, with_thoughts(price, factor))])
            for factor in set(factors)
        }
        least, cost, most = (costs[factor] for factor in factors)
        cost_of_all += cost
        if reach is not None and reach.holds(cell) and cost < cell.billed_cost:
            moved.append(Moved(cell, cost, least, most))
    return Offer(other, change, reach, thinks, cost_of_all, answers_all, tuple(moved))
