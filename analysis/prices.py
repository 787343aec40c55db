"""Prices of tokens: a dated price list, and what one request costs by it.

A price is in US dollars per million tokens. Token classes are disjoint: fresh input, cached
input, cache writes, output, reasoning. A class without a price of its own costs what the class
it belongs to costs (cached and written input as input, reasoning as output, batch as the
regular price).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

DIGITS = 15
"""Digits after the point of a price per token, and of a cost: see `queries.schema.MONEY`."""

_EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
_LAST_DIGIT = Decimal(1).scaleb(-DIGITS)


class PriceSource(StrEnum):
    """Who said what a request costs."""

    NEGOTIATED = "negotiated"
    """The store's price list, a rate agreed for one organization."""
    LIST = "list"
    """The store's price list."""
    FALLBACK = "genai-prices"
    """The public list of the package genai-prices: an estimate, labelled as one."""
    BILLED = "billed"
    """The imported row carried its own cost."""
    GPU_RATE = "gpu-hour rate"
    """GPU seconds at the hourly rate given with the import."""
    UNPRICED = "unpriced"
    """Nobody: the cost is not known, and never counted as zero."""


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What a million tokens of each class cost, for one model over one stretch of time.

    Attributes:
        provider: as the price list writes it, lower case.
        model: as the price list writes it, lower case.
        organization: the one organization that has this rate; None: everybody.
        effective_from: first instant at which it is in force, UTC.
        effective_until: first instant at which it no longer is; None: still in force.
        above_input_tokens: the tier: in force for requests with more input tokens than this;
            0: for every request.
        input, output: USD per million tokens.
        cached_input, cache_write, reasoning: USD per million tokens; None: see the module.
        batch_input, batch_output: USD per million tokens through the batch interface.
        batch_cached_input, batch_cache_write: the same of cached and written input; None: what
            these classes cost outside a batch, and without such a price what batch input costs.
        per_request: USD that every request costs besides its tokens; None: nothing.
        source: who said so.
        reference: where it is written: an address or a contract's name.
    """

    provider: str
    model: str
    input: Decimal
    output: Decimal
    effective_from: datetime
    effective_until: datetime | None
    source: PriceSource
    reference: str
    organization: str | None = None
    above_input_tokens: int = 0
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    batch_input: Decimal | None = None
    batch_output: Decimal | None = None
    batch_cached_input: Decimal | None = None
    batch_cache_write: Decimal | None = None
    per_request: Decimal | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether the instant lies in its stretch of time."""
        return self.effective_from <= at and (
            self.effective_until is None or at < self.effective_until
        )


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What a request used, or what several used together.

    Attributes:
        fresh_input, cached_input, cache_write, output, reasoning: tokens; disjoint classes.
        requests: how many requests the tokens belong to.
        batch: they came through a batch interface.
    """

    fresh_input: int = 0
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    requests: int = 1
    batch: bool = False

    @property
    def total(self) -> int:
        """Tokens of all classes."""
        inputs = self.fresh_input + self.cached_input + self.cache_write
        return inputs + self.output + self.reasoning

    @property
    def mean_input(self) -> int:
        """Input tokens of one request, the mean rounded up: what decides the tier.

        Rounded up it compares with a whole number of tokens exactly as the true mean does.
        """
        return -(-(self.fresh_input + self.cached_input + self.cache_write) // self.requests)


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """What one token of each class and one request cost, USD to 15 digits after the point."""

    fresh_input: Decimal
    cached_input: Decimal
    cache_write: Decimal
    output: Decimal
    reasoning: Decimal
    request: Decimal


def token_prices(price: UnitPrice, *, batch: bool) -> TokenPrices:
    """The price of one token of each class: what has none costs what it belongs to costs."""
    fresh = _first(price.batch_input if batch else None, price.input)
    output = _first(price.batch_output if batch else None, price.output)
    cached = _first(price.batch_cached_input if batch else None, price.cached_input, fresh)
    write = _first(price.batch_cache_write if batch else None, price.cache_write, fresh)
    return TokenPrices(
        fresh_input=_per_token(fresh),
        cached_input=_per_token(cached),
        cache_write=_per_token(write),
        output=_per_token(output),
        reasoning=_per_token(_first(price.reasoning, output)),
        request=_rounded(price.per_request or Decimal(0)),
    )


def request_cost(usage: TokenUsage, price: UnitPrice) -> Decimal:
    """What `usage` costs at `price`, USD, exact to 15 digits after the point.

    Whether the price applies is another question: see `price_in_force`.
    """
    each = token_prices(price, batch=usage.batch)
    parts = (
        (usage.fresh_input, each.fresh_input),
        (usage.cached_input, each.cached_input),
        (usage.cache_write, each.cache_write),
        (usage.output, each.output),
        (usage.reasoning, each.reasoning),
        (usage.requests, each.request),
    )
    total = Decimal(0).scaleb(-DIGITS)
    for amount, unit in parts:
        total = _EXACT.fma(Decimal(amount), unit, total)
    return total


def price_in_force(
    prices: Sequence[UnitPrice], at: datetime, organization: str | None, mean_input: int
) -> UnitPrice | None:
    """The one price that applies: negotiated, else of the list, else the public one.

    Args:
        prices: of one model under all the names that it goes by, the best name first.
        at: the request's instant.
        organization: whose request it is.
        mean_input: its input tokens, see `TokenUsage.mean_input`.

    Returns:
        Of the best source and name the highest tier reached, of that the latest; None: there
        is none.
    """
    names: dict[tuple[str, str], int] = {}
    for price in prices:
        names.setdefault((price.provider, price.model), -len(names))
    applicable = (
        price
        for price in prices
        if price.in_force(at)
        and price.organization in (None, organization)
        and (price.above_input_tokens == 0 or mean_input > price.above_input_tokens)
    )
    return max(
        applicable,
        key=lambda price: (
            price.source is not PriceSource.FALLBACK,
            price.organization is not None,
            names[price.provider, price.model],
            price.above_input_tokens,
            price.effective_from,
        ),
        default=None,
    )


def _first(*prices: Decimal | None) -> Decimal:
    return next(price for price in prices if price is not None)


def _per_token(price: Decimal) -> Decimal:
    return _rounded(price.scaleb(-6, _EXACT))


def _rounded(price: Decimal) -> Decimal:
    return price.quantize(_LAST_DIGIT, context=_EXACT)
