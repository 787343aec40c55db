"""What requests would have cost at many other models: what is the same for all is done once.

The same as `levers.cost_with` with everything migrated, many times as fast.
"""

from __future__ import annotations

from decimal import Decimal

from analysis.prices import TokenPrices, TokenUsage, UnitPrice, token_prices
from analysis.recommendations.cells import PricedCell

_NONE = Decimal(0)


class Elsewhere:
    """Prices cells at other models. Prices are told apart by identity, and kept."""

    def __init__(self) -> None:
        self._rates: dict[tuple[int, bool], tuple[UnitPrice, TokenPrices]] = {}
        self._levels: dict[int, tuple[PricedCell, Decimal]] = {}

    def cost(self, priced: PricedCell, price: UnitPrice, output: Decimal = Decimal(1)) -> Decimal:
        """What a cell's requests would have cost at a price, USD.

        A bill that differs from the list keeps its own level, as in `levers`.

        Args:
            priced: the requests.
            price: of the other model.
            output: so many times the output tokens.
        """
        return self._level(priced) * self._listed(priced.cell.tokens, price, output)

    def _level(self, priced: PricedCell) -> Decimal:
        """What was billed for each dollar of the price in force; 1 where there is no such price."""
        known = self._levels.get(id(priced))
        if known is None:
            price = priced.price
            listed = _NONE if price is None else self._listed(priced.cell.tokens, price)
            level = priced.cell.billed_cost / listed if listed > 0 else Decimal(1)
            known = self._levels[id(priced)] = priced, level
        return known[1]

    def _listed(
        self, tokens: TokenUsage, price: UnitPrice, output: Decimal = Decimal(1)
    ) -> Decimal:
        key = id(price), tokens.batch
        known = self._rates.get(key)
        if known is None:
            known = self._rates[key] = price, token_prices(price, batch=tokens.batch)
        each = known[1]
        said = (
            tokens.fresh_input * each.fresh_input
            + tokens.cached_input * each.cached_input
            + tokens.cache_write * each.cache_write
            + tokens.requests * each.request
        )
        given = tokens.output * each.output + tokens.reasoning * each.reasoning
        return said + output * given
