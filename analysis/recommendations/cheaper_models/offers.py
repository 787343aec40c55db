"""What another model would do with the requests of one model, and what that would cost."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.prices import TokenPrices, TokenUsage, UnitPrice, token_prices
from analysis.recommendations.cells import ModelFacts, PricedCell, UsageCell
from analysis.recommendations.cheaper_models.alternatives import (
    THINKING,
    Reach,
    is_able,
    price_for,
    reach_of,
    starts_thinking,
)
from analysis.recommendations.cheaper_models.quality import difference

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


class Group:
    """The requests of one model, with what is worked out once for all other models.

    Args:
        cells: all cells of the model.
        present: what is known of it.
        now: the instant whose prices count, UTC.
    """

    def __init__(self, cells: Sequence[PricedCell], present: ModelFacts, now: datetime) -> None:
        self.cells = cells
        self.present = present
        self._now = now
        self._rates: dict[tuple[int, bool], TokenPrices] = {}
        self._billed = [
            (priced, self._level(priced)) for priced in cells if priced.cell.billed_cost
        ]

    @property
    def cost(self) -> Decimal:
        """USD billed in the evidence's days."""
        return sum((priced.cell.billed_cost for priced in self.cells), Decimal(0))

    @property
    def requests(self) -> int:
        """How many there are."""
        return sum(priced.cell.tokens.requests for priced in self.cells)

    def offer(self, other: ModelFacts) -> Offer | None:
        """What another model would do with these requests.

        Returns:
            None: the two took no common test, or the other has no price.
        """
        change = difference(self.present, other)
        if change is None:
            return None
        thinks = starts_thinking(other, self.present)
        least, likely, most = THINKING if thinks else (_ALL, _ALL, _ALL)
        reach = reach_of(change)
        edges = sorted({price.above_input_tokens for price in other.prices})
        tiers: dict[int, UnitPrice | None] = {}
        cost_of_all, answers_all, moved = Decimal(0), True, list[Moved]()
        for priced, level in self._billed:
            cell = priced.cell
            tier = bisect_left(edges, cell.tokens.mean_input)
            if tier not in tiers:
                tiers[tier] = price_for(other, cell, self._now)
            price = tiers[tier]
            if price is None:
                return None
            if level is None or not is_able(other, self.present, cell):
                answers_all = False
                cost_of_all += cell.billed_cost
                continue
            said, given = self._costs(cell.tokens, price)
            cost = level * (said + likely * given)
            cost_of_all += cost
            if reach is not None and reach.holds(cell) and cost < cell.billed_cost:
                ends = (level * (said + factor * given) for factor in (least, most))
                moved.append(Moved(cell, cost, *ends))
        return Offer(other, change, reach, thinks, cost_of_all, answers_all, tuple(moved))

    def _level(self, priced: PricedCell) -> Decimal | None:
        """What was billed for each dollar of the price in force; None: there is no such price.

        As in `analysis.recommendations.levers`: a bill that differs from the list keeps its level.
        """
        if priced.price is None:
            return None
        listed = sum(self._costs(priced.cell.tokens, priced.price), Decimal(0))
        return priced.cell.billed_cost / listed if listed > 0 else None

    def _costs(self, tokens: TokenUsage, price: UnitPrice) -> tuple[Decimal, Decimal]:
        """What tokens cost at a price, USD: what goes in, and what comes out."""
        key = (id(price), tokens.batch)
        each = self._rates.get(key)
        if each is None:
            each = self._rates[key] = token_prices(price, batch=tokens.batch)
        said = (
            tokens.fresh_input * each.fresh_input
            + tokens.cached_input * each.cached_input
            + tokens.cache_write * each.cache_write
            + tokens.requests * each.request
        )
        return said, tokens.output * each.output + tokens.reasoning * each.reasoning
