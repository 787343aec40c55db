"""What recommendations about GPUs are drawn from: pools by the hour, services by the day.

Dollars here are direct cost (`row_cost`), never fully loaded: with what is pushed onto requests the
idle time of a pool would be in the dollars of its requests, too, and be saved twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analysis.failures import Outcome
from analysis.recommendations.cells import gpu_dollars_of
from analysis.utilization import Capacity

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pool:
    """Machines that are paid for together; None: the rows of idle capacity do not say.

    Attributes:
        product: that they serve.
        model: that runs on them.
        billing_type: how they are paid for.
    """

    product: str | None
    model: str | None
    billing_type: str | None


@dataclass(frozen=True, slots=True)
class PoolHour:
    """What a pool cost in one hour.

    Attributes:
        start: of the hour, UTC.
        capacity: USD by category.
    """

    start: datetime
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """How a pool was used.

    Attributes:
        pool: which.
        hours: in which it cost something, in order.
    """

    pool: Pool
    hours: tuple[PoolHour, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """What GPUs are asked for; None: the rows do not say.

    Attributes:
        product: api, studio, …
        endpoint: of the API.
        process: of Studio.
        model: that answers.
    """

    product: str | None
    endpoint: str | None
    process: str | None
    model: str | None

    @property
    def name(self) -> str | None:
        """The endpoint or the process."""
        return self.endpoint or self.process

    @property
    def scope(self) -> dict[str, tuple[str, ...]]:
        """The same by dimension, as far as it is known."""
        known = {
            "product": self.product,
            "endpoint": self.endpoint,
            "process": self.process,
            "model": self.model,
        }
        return {name: (value,) for name, value in known.items() if value is not None}

    @property
    def label(self) -> str:
        """How a sentence names it."""
        parts = [part for part in (self.name, self.model) if part is not None]
        return " with ".join(parts) or self.product or "requests without a name"

    @property
    def dollars(self) -> str:
        """The name of what its requests cost, see `gpu_dollars_of`."""
        return gpu_dollars_of(self.product, self.name, self.model)


def pool_dollars_of(pool: Pool) -> str:
    """The name of what the waiting capacity of a pool costs: no service's dollars."""
    return gpu_dollars_of(pool.product, f"waiting capacity, {pool.billing_type}", pool.model)


@dataclass(frozen=True, slots=True)
class Ending:
    """How requests of a service ended on one day.

    Attributes:
        service: that was asked.
        day: UTC.
        result: success, failed, timeout, pending, …; None: not told.
        error_type: infrastructure or applicative; None: not told.
        outcome: of these requests, at direct cost.
        fully_loaded: USD: what failed ones cost with the idle time and overhead pushed onto them.
    """

    service: Service
    day: date
    result: str | None
    error_type: str | None
    outcome: Outcome
    fully_loaded: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Mixed:
    """What the work of a day took, beside what it would have taken at the rates of the baseline.

    Attributes:
        seconds: of the requests whose cell the baseline has, too; GPU seconds.
        expected: of the same requests, at their cells' seconds per request in the baseline.
    """

    seconds: float = 0.0
    expected: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkDay:
    """What a service did on one day; unpriced requests are not in it.

    Attributes:
        service: that was asked.
        day: UTC.
        requests: of all kinds.
        seconds: GPU seconds.
        cost: USD, direct.
        coarse: with cells by result and type of error alone.
        fine: with cells by organization and whatever else tells one kind of work from another.
    """

    service: Service
    day: date
    requests: int
    seconds: Decimal
    cost: Decimal
    coarse: Mixed
    fine: Mixed


@dataclass(frozen=True, slots=True)
class GpuEvidence:
    """All that is known of the GPUs in the days of the evidence.

    Attributes:
        pools: by the hour.
        endings: of all requests.
        work: of all services.
        baseline_until: the first day that is not in the baseline of `work` any more.
        monthly_cost: USD a month of all categories: what the GPUs cost altogether.
    """

    pools: tuple[PoolLoad, ...] = ()
    endings: tuple[Ending, ...] = ()
    work: tuple[WorkDay, ...] = ()
    baseline_until: date | None = None
    monthly_cost: Decimal = _NOTHING
