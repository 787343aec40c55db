"""What a mix of tokens would cost at each model's price: a calculation, whoever uses what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.clock import Clock
from analysis.errors import NotFound
from analysis.prices import TokenUsage, price_in_force, request_cost
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from storage.records.price import StoredPrice
from storage.repositories.prices import PriceRepository


@dataclass(frozen=True, slots=True)
class TokenMixRequest:
    """A question what tokens would cost.

    Attributes:
        mix: the tokens, and of how many requests they are.
        models: that are compared, as `gpt-4` or `openai/gpt-4`; empty: all on the list.
    """

    mix: TokenUsage
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MixPrice:
    """A model and what the mix costs at it.

    Attributes:
        price: in force now for such requests.
        cost: USD.
    """

    price: StoredPrice
    cost: Decimal


@dataclass(frozen=True, slots=True)
class TokenMixHandler:
    """Compares the list's prices; knows no Slack and no HTTP."""

    prices: PriceRepository
    clock: Clock

    async def compare(self, request: TokenMixRequest, caller: Caller) -> Sequence[MixPrice]:
        """What the mix costs at each model's price now, cheapest first.

        A rate that was negotiated counts for its own organization alone.

        Raises:
            NotFound: the list has no such model.
            Unavailable: the store does not answer.
        """
        now, reach = self.clock(), caller.organization
        by_model: dict[tuple[str, str], list[StoredPrice]] = {}
        for price in await self.prices.find_all(active_only=True):
            if price.organization in (None, reach):
                by_model.setdefault((price.provider, price.model), []).append(price)
        found: list[MixPrice] = []
        for prices in by_model.values():
            units = [price.unit_price() for price in prices]
            unit = price_in_force(units, now, reach, request.mix.mean_input)
            if unit is not None:
                price = prices[units.index(unit)]
                found.append(MixPrice(price, request_cost(request.mix, unit)))
        found.sort(key=lambda one: (one.cost, one.price.provider, one.price.model))
        if not request.models:
            return found
        return [one for one in found if _is_among(one.price, _known(request.models, found))]


def _known(names: Sequence[str], found: Sequence[MixPrice]) -> set[str]:
    there = {one.price.model for one in found}
    asked = {name.strip().lower() for name in names}
    for name in sorted(asked):
        if not any(_is_among(one.price, {name}) for one in found):
            sentence = f"The price list has no model {shown(name)}."
            raise NotFound(sentence, did_you_mean(name, sorted(there)))
    return asked


def _is_among(price: StoredPrice, names: set[str]) -> bool:
    return price.model in names or f"{price.provider}/{price.model}" in names
