"""Cells with the prices that they would have now, and the models that they could go to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from analysis.prices import UnitPrice, price_in_force
from analysis.recommendations.cells import ModelFacts, PricedCell, UsageCell
from queries.prices.catalogue import Catalogue
from queries.prices.spellings import spellings
from storage.records.price import StoredPrice
from storage.repositories.prices import PriceRepository

if TYPE_CHECKING:
    from queries.prices.public_list import PublicList

_Name = tuple[str, str]


class PricingOfCells:
    """The prices and models of one instant, for any organization.

    What is looked up once is remembered: for each model and tier one look-up serves all
    organizations that negotiated nothing.

    Args:
        stored: the store's whole list.
        now: the instant whose prices count, UTC.
        public: asked where the store has no price in force; None: the one inside its package.
    """

    def __init__(
        self, stored: Sequence[StoredPrice], now: datetime, public: PublicList | None = None
    ) -> None:
        self._now = now
        self._catalogue = Catalogue((price.unit_price() for price in stored), public)
        self._in_force = [price for price in stored if price.in_force(now)]
        self._negotiating = {price.organization for price in self._in_force} - {None}
        self._candidates: dict[_Name, tuple[list[UnitPrice], list[int]]] = {}
        self._prices: dict[tuple[_Name, str | None, int], UnitPrice | None] = {}
        self._facts: dict[str | None, dict[_Name, ModelFacts]] = {}
        self._known: dict[tuple[str | None, str | None], _Name | None] = {}

    def priced(self, organization: str | None, cells: Iterable[UsageCell]) -> list[PricedCell]:
        """Cells of one organization, each with the price that its requests would have now.

        Args:
            organization: whose rates count.
            cells: the requests; their tier follows from the mean of their input.
        """
        facts = self._facts_of(organization)
        return [self._priced(cell, self._whose(organization), facts) for cell in cells]

    def models(self, organization: str | None) -> Sequence[ModelFacts]:
        """All models of the store's list, at what the organization would pay now."""
        return tuple(self._facts_of(organization).values())

    def price_of(
        self, provider: str, model: str, organization: str | None, mean_input: int
    ) -> UnitPrice | None:
        """The price that requests to a model would have now; None: it has none.

        Args:
            provider: as requests or the list write it.
            model: the same.
            organization: whose rates count.
            mean_input: tokens of one request: what decides the tier.
        """
        return self._price((provider, model), self._whose(organization), mean_input)

    @property
    def catalogue(self) -> Catalogue:
        """All prices that there are; names are looked up in it."""
        return self._catalogue

    def _whose(self, organization: str | None) -> str | None:
        """The organization, if it has any rate of its own."""
        return organization if organization in self._negotiating else None

    def _priced(
        self, cell: UsageCell, organization: str | None, facts: dict[_Name, ModelFacts]
    ) -> PricedCell:
        named = (cell.route.provider, cell.route.model)
        if named not in self._known:
            self._known[named] = self._name(*named)
        name = self._known[named]
        if name is None:
            return PricedCell(cell, None)
        model = next((facts[one] for one in spellings(*name) if one in facts), None)
        return PricedCell(cell, self._price(name, organization, cell.tokens.mean_input), model)

    def _name(self, provider: str | None, model: str | None) -> _Name | None:
        if model is None:
            return None
        known = provider or self._catalogue.provider_of(model)
        return None if known is None else (known, model)

    def _price(self, name: _Name, organization: str | None, mean_input: int) -> UnitPrice | None:
        if name not in self._candidates:
            found = self._catalogue.candidates(*name, self._now, self._now)
            tiers = sorted({price.above_input_tokens for price in found})
            self._candidates[name] = found, tiers
        candidates, tiers = self._candidates[name]
        key = (name, organization, bisect_left(tiers, mean_input))
        if key not in self._prices:
            self._prices[key] = price_in_force(candidates, self._now, organization, mean_input)
        return self._prices[key]

    def _facts_of(self, organization: str | None) -> dict[_Name, ModelFacts]:
        whose = self._whose(organization)
        if whose not in self._facts:
            self._facts[whose] = self._made(whose)
        return self._facts[whose]

    def _made(self, organization: str | None) -> dict[_Name, ModelFacts]:
        rows: dict[_Name, list[StoredPrice]] = {}
        for price in self._in_force:
            if price.organization in (None, organization):
                rows.setdefault((price.provider, price.model), []).append(price)
        return {name: _facts(its, self._now) for name, its in rows.items()}


def pricing_of(prices: PriceRepository) -> Callable[[datetime], Awaitable[PricingOfCells]]:
    """Gives the prices and models of an instant, from the store.

    Args:
        prices: the store's list.
    """

    async def at(now: datetime) -> PricingOfCells:
        return PricingOfCells(await prices.find_all(), now)

    return at


def _facts(rows: Sequence[StoredPrice], now: datetime) -> ModelFacts:
    """What is known of a model: told by its list price of every size, else by any."""
    told = min(rows, key=lambda row: (row.organization is not None, row.above_input_tokens))
    return ModelFacts(
        provider=told.provider,
        model=told.model,
        prices=tuple(row.unit_price() for row in rows),
        context_window=told.context_window,
        max_output=told.max_output,
        capabilities=frozenset(told.capabilities),
        quality=told.quality_score,
        quality_source=told.quality_source,
        is_offered=told.active and not told.is_deprecated(now),
        deprecated_at=told.deprecated_at if told.is_deprecated(now) else None,
        replacement=told.replacement,
    )
