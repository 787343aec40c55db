"""What the tokens of requests are worth at list prices: it tells dear tokens from cheap ones.

Held against each other, two periods' values of one model say how much the shares of input, cached
and output tokens changed what it costs, whatever rate was agreed: a discount on all classes
cancels out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from analysis.prices import UnitPrice, price_in_force, request_cost
from queries.prices.catalogue import Catalogue
from queries.work import Done

SHORT = 0
"""Input tokens of the requests whose prices count: the first tier. A tier that requests grew into
asks more for the same tokens, and is part of the rate."""


@dataclass(frozen=True)
class TokenValues:
    """Values by the prices of one instant, in whatever period the requests were made.

    Attributes:
        catalogue: where prices are looked up.
        at: the instant, UTC.
    """

    catalogue: Catalogue
    at: datetime
    _known: dict[tuple[str | None, str], UnitPrice | None] = field(
        default_factory=dict[tuple[str | None, str], UnitPrice | None], init=False, repr=False
    )

    def of(self, done: Done) -> Decimal | None:
        """USD at list prices, batches at theirs; None where no list has the model.

        How many requests of a cell were batched is known, which of its tokens are theirs is not:
        they count as long as the others.
        """
        priced = done.usage.requests
        if done.model is None or not priced or not done.usage.total:
            return None
        price = self._price(done.provider, done.model)
        if price is None:
            return None
        batched = Decimal(done.batched) / priced
        value = request_cost(done.usage, price) * (1 - batched)
        if batched:
            value += request_cost(replace(done.usage, batch=True), price) * batched
        return value

    @property
    def unknown(self) -> tuple[str, ...]:
        """The models that were looked up in vain, in order."""
        return tuple(sorted({name for (_, name), price in self._known.items() if price is None}))

    def _price(self, provider: str | None, model: str) -> UnitPrice | None:
        key = provider, model
        if key not in self._known:
            self._known[key] = self._looked_up(provider, model)
        return self._known[key]

    def _looked_up(self, provider: str | None, model: str) -> UnitPrice | None:
        provider = provider or self.catalogue.provider_of(model)
        if provider is None:
            return None
        prices = self.catalogue.candidates(provider, model, self.at, self.at)
        return price_in_force(prices, self.at, None, SHORT)
