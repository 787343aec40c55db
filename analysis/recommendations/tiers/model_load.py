"""How many tokens a model is asked for from minute to minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LoadMinute:
    """What one organization asked one model for in one minute.

    Attributes:
        start: of the minute, UTC.
        input: tokens, written to the cache or not, without those read from it.
        cached: tokens read from the cache.
        output: tokens, reasoning included.
        cost: USD billed.
    """

    start: datetime
    input: int
    cached: int
    output: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ModelLoad:
    """What one organization asked one model for, batches left out.

    Attributes:
        organization: whose.
        provider, model: as the rows name them.
        requests: all of the evidence's days.
        spread_requests: of these, in rows that stand for several: when they were made is not
            known, they count evenly over the hour of their row.
        minutes: in which anything was asked, in order.
    """

    organization: str | None
    provider: str | None
    model: str | None
    requests: int
    spread_requests: int
    minutes: tuple[LoadMinute, ...]
