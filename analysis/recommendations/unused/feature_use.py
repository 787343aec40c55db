"""What is paid for of keys, endpoints, features and models that nobody seems to be served by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from analysis.recommendations.cells import Route

UseKind = Literal["key", "endpoint", "feature", "model"]

SMALL_INPUT, SMALL_OUTPUT = 64, 16
"""Tokens of a request up to which it may be a health check: "ping" with a short system prompt,
answered by a word."""

STANDING = ("hosting", "hosted", "provisioned", "reserved", "deployment", "endpoint-hours")
"""Words in an endpoint or a feature that say that a row without tokens is a charge for having
something, not for asking it. Rows of fine-tuned models without tokens are such, too."""


@dataclass(frozen=True, slots=True)
class UseDay:
    """One UTC day.

    Attributes:
        day: the day.
        requests: that were made; charges for having something are none.
        failed: of these.
        small: of these, that did not fail and are as small as a health check.
        cost: USD billed, all of it.
        served_cost: USD of requests that neither failed nor are small.
        small_cost: USD of the small ones.
        standing_cost: USD of charges for having something.
    """

    day: date
    requests: int
    failed: int
    small: int
    cost: Decimal
    served_cost: Decimal = Decimal(0)
    small_cost: Decimal = Decimal(0)
    standing_cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """Something that is paid for, and may be unused.

    Attributes:
        organization: whose.
        kind: what it is.
        name: as the rows have it.
        provider: of a model; None otherwise.
        routes: USD billed, by where its requests went, dearest first.
        days: on which there was anything, in order.
        small_sizes: how many different sizes of input its small requests have.
        user_requests: in the name of a user.
        actors: users and keys behind its requests.
        environments: that they came from.
        unpriced_requests: without a price.
    """

    organization: str | None
    kind: UseKind
    name: str
    provider: str | None
    routes: tuple[tuple[Route, Decimal], ...]
    days: tuple[UseDay, ...]
    small_sizes: int
    user_requests: int
    actors: int
    environments: tuple[str | None, ...]
    unpriced_requests: int = 0

    @property
    def requests(self) -> int:
        """All of them."""
        return sum(day.requests for day in self.days)

    @property
    def cost(self) -> Decimal:
        """USD of the evidence's days."""
        return sum((day.cost for day in self.days), Decimal(0))


@dataclass(frozen=True, slots=True)
class QuietKey:
    """A key that was used before, and not of late.

    Attributes:
        organization: whose.
        name: as the rows have it.
        last_day: of its last request, UTC.
        cost: USD of the evidence's days.
    """

    organization: str | None
    name: str
    last_day: date
    cost: Decimal


@dataclass(frozen=True, slots=True)
class UseEvidence:
    """What may be unused.

    Attributes:
        features: that cost something.
        quiet: keys without any request of late.
    """

    features: tuple[FeatureUse, ...] = ()
    quiet: tuple[QuietKey, ...] = ()
