"""What is measured of a recommendation: the daily figures of routes, actors, services and pools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.recommendations.cells import Route
from analysis.recommendations.gpus.gpu import Pool, Service


@dataclass(frozen=True, slots=True)
class UsageDay:
    """Customers' LLM usage of one route on one UTC day.

    Attributes:
        day: UTC.
        route: where the requests went.
        requests: that have a price.
        input, output: tokens of these; all classes of input, reasoning as output.
        cost: USD of these.
        billed: USD of `cost` that came with the rows and was not reckoned by the price list.
        unpriced_requests: the others.
    """

    day: date
    route: Route
    requests: int
    input: int
    output: int
    cost: Decimal
    billed: Decimal = Decimal(0)
    unpriced_requests: int = 0


@dataclass(frozen=True, slots=True)
class ActorName:
    """A user or a key.

    Attributes:
        organization: whose.
        kind: `user` or `key`.
        name: as the rows have it.
    """

    organization: str | None
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ActorDay:
    """What a user or a key cost on one UTC day.

    Attributes:
        day: UTC.
        actor: who.
        cost: USD.
    """

    day: date
    actor: ActorName
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """What a service on GPUs did for one organization on one UTC day.

    Attributes:
        day: UTC.
        service: that was asked.
        organization: who asked.
        requests: that have a price.
        failed_requests: of these.
        cost: USD, direct, of these.
        failed_cost: USD of the failed ones.
        seconds: GPU seconds.
        unpriced_requests: the others.
    """

    day: date
    service: Service
    organization: str | None
    requests: int
    failed_requests: int
    cost: Decimal
    failed_cost: Decimal
    seconds: Decimal
    unpriced_requests: int = 0


@dataclass(frozen=True, slots=True)
class PoolDay:
    """What a pool of GPUs cost on one UTC day.

    Attributes:
        day: UTC.
        pool: which.
        busy: USD, direct, of requests and whatever else is no waiting capacity.
        waiting: USD, direct, idle and unused.
    """

    day: date
    pool: Pool
    busy: Decimal
    waiting: Decimal
