"""Prices of tokens: a dated price list, and what one request costs by it.

A price is in US dollars per million tokens. Token classes are disjoint: fresh input, cached
input, cache writes, output, reasoning. A class without a price of its own costs what the class
it belongs to costs (cached and written input as input, reasoning as output, batch as the
regular price).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


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
        above_input_tokens: the tier: in force for requests with more input tokens than this.
        input, output: USD per million tokens.
        cached_input, cache_write, reasoning: USD per million tokens; None: see the module.
        batch_input, batch_output: USD per million tokens through the batch interface.
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
