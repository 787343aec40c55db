"""How often requests ask what was asked before: whole prompts, and the beginnings of prompts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from analysis.prices import TokenUsage
from analysis.recommendations.cells import Route

LIFETIMES = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24))
"""How long a cached beginning may live after its last use: what providers offer, and a day."""


NO_TOKENS = TokenUsage(requests=0)
"""Of no request."""


@dataclass(frozen=True, slots=True)
class ReuseDay:
    """The same as of a `Reuse`, of one UTC day.

    Attributes:
        day: the day.
        hashed, repeats, repeated_cost, input_tokens, hit_tokens, missed_shared_tokens: see there.
    """

    day: date
    hashed: int = 0
    repeats: int = 0
    repeated_cost: Decimal = Decimal(0)
    input_tokens: int = 0
    hit_tokens: int = 0
    missed_shared_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Reuse:
    """What a cache could have served on one route, had it kept things for one lifetime.

    A use keeps what it uses alive for another lifetime. A prompt's beginning is known by its
    blocks' hashes, each over all that precedes it as well: equal ones are equal beginnings.

    Attributes:
        route: where the requests went.
        lifetime: after the last use.
        requests: all of the evidence's days.
        hashed: of these, whose whole prompt is known by its hash.
        repeats: of the hashed, asked within the lifetime before.
        repeated: the tokens of the repeats: what an own cache of answers would not ask again.
        repeated_cost: USD billed for the repeats.
        blocked: requests whose blocks are known.
        input_tokens: of the blocked requests, all input.
        hit_tokens: of these, in leading blocks that were used within the lifetime before.
        missed_shared_tokens: of the rest, in blocks that occur again at some time: what would be
            written to the cache by who knows what is shared.
        missed_tokens: of the rest, all: what would be written by who marks whole prompts.
        shortest: tokens; a shorter beginning is neither hit nor written: providers do not keep it.
        days: with hashes or blocks, in order.
    """

    route: Route
    lifetime: timedelta
    requests: int
    hashed: int = 0
    repeats: int = 0
    repeated: TokenUsage = NO_TOKENS
    repeated_cost: Decimal = Decimal(0)
    blocked: int = 0
    input_tokens: int = 0
    hit_tokens: int = 0
    missed_shared_tokens: int = 0
    missed_tokens: int = 0
    shortest: int = 0
    days: tuple[ReuseDay, ...] = ()
