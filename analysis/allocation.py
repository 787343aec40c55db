"""What a pool of GPUs is paid for: allocation cost, beside the usage cost of its requests.

Usage cost is the direct cost of what was asked of the GPUs. Allocation cost is what they are paid
for, asked or not: direct cost of all categories. Rows of idle, overhead and unused capacity often
say less about themselves than requests do; what such a row does not say is divided by use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.costs import FullyLoaded, Infrastructure

INFERENCE = "inference"
"""The category of requests; every other one is of capacity."""

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was asked of GPUs.

    Attributes:
        requests: all of them.
        failed: of these, failed or timed out.
        unpriced: of these, without a price: their cost is in no figure.
        served: with a price, and not failed: what an API would have billed.
        gpu_seconds: GPU seconds that they took; 0 where none are known.
        fully_loaded: with the idle and overhead pushed onto them.
    """

    requests: int = 0
    failed: int = 0
    unpriced: int = 0
    served: int = 0
    gpu_seconds: Decimal = NOTHING
    fully_loaded: FullyLoaded = field(default_factory=lambda: FullyLoaded(NOTHING))

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(
            self.requests + other.requests,
            self.failed + other.failed,
            self.unpriced + other.unpriced,
            self.served + other.served,
            self.gpu_seconds + other.gpu_seconds,
            self.fully_loaded + other.fully_loaded,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A part of what GPUs cost.

    Attributes:
        category: `inference`, `idle`, `overhead`, `unused`; None: the rows do not say.
        model: that the rows name; None: they name none.
        inside: for each condition of the pool whether the rows fulfil it; None: they do not say.
        direct: USD: their direct cost.
        traffic: the requests, where the category is inference.
    """

    category: str | None
    model: str | None
    inside: tuple[bool | None, ...]
    direct: Decimal
    traffic: Traffic

    @property
    def is_of_pool(self) -> bool:
        """Whether the rows say that they belong to the pool."""
        return all(self.inside)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a pool is paid for.

    Attributes:
        used: USD: direct cost of its requests.
        carried: USD by category: capacity whose rows say that they belong to the pool.
        shared: USD by category: its share of capacity whose rows do not say it.
        undivided: USD of such capacity that served no request at all: in nobody's share.
        by_model: its requests, by the model that they name.
    """

    used: Decimal
    carried: Mapping[str, Decimal]
    shared: Mapping[str, Decimal]
    undivided: Decimal
    by_model: Mapping[str | None, Traffic]

    @property
    def paid(self) -> Infrastructure:
        """Allocation cost: what was used, and the capacity that stands beside it."""
        beside = sum((*self.carried.values(), *self.shared.values()), NOTHING)
        return Infrastructure(self.used + beside)

    @property
    def utilization(self) -> Decimal | None:
        """Used as a share of paid; None where nothing is paid."""
        return self.used / self.paid.usd if self.paid.usd else None

    @property
    def traffic(self) -> Traffic:
        """All its requests."""
        return sum(self.by_model.values(), Traffic())


def allocated(lines: Sequence[Line]) -> Allocation:
    """What the pool is paid for, of which `Line.inside` tells.

    Capacity whose rows lack a label of the pool (a model, a product) is divided in proportion to
    direct cost among the requests that agree with it in every label that it has: proportional
    allocation of shared cost, as FinOps has it (FinOps Framework, capability "Allocation").
    """
    requests = [line for line in lines if line.category == INFERENCE]
    own = [line for line in requests if line.is_of_pool]
    carried: dict[str, Decimal] = {}
    shared: dict[str, Decimal] = {}
    undivided = NOTHING
    for line in lines:
        if line.category == INFERENCE or False in line.inside:
            continue
        name = line.category or "no category"
        if line.is_of_pool:
            carried[name] = carried.get(name, NOTHING) + line.direct
            continue
        whole = _direct(one for one in requests if _agrees(one, line))
        if whole:
            part = _direct(one for one in own if _agrees(one, line))
            shared[name] = shared.get(name, NOTHING) + line.direct * part / whole
        else:
            undivided += line.direct
    by_model: dict[str | None, Traffic] = {}
    for line in own:
        by_model[line.model] = by_model.get(line.model, Traffic()) + line.traffic
    return Allocation(_direct(own), carried, shared, undivided, by_model)


def by_model(lines: Sequence[Line]) -> dict[str | None, Allocation]:
    """What each model's pool is paid for; requests that name none are a pool of their own.

    Capacity that names no model is divided among all pools, so that they add up to the whole.
    """
    models = {line.model for line in lines if line.category == INFERENCE or line.model is not None}
    return {
        model: allocated([_seen_from(line, model) for line in lines])
        for model in sorted(models, key=lambda name: (name is None, name or ""))
    }


def _seen_from(line: Line, model: str | None) -> Line:
    """The line with the one condition that it is of `model`."""
    is_inside = line.model == model
    is_unsaid = line.model is None and line.category != INFERENCE
    inside = None if is_unsaid else is_inside
    return Line(line.category, line.model, (inside,), line.direct, line.traffic)


def _agrees(request: Line, capacity: Line) -> bool:
    """Whether a request is, by every label that the capacity has, one that it served."""
    return capacity.model in (None, request.model) and all(
        is_inside or not told
        for is_inside, told in zip(request.inside, capacity.inside, strict=True)
    )


def _direct(lines: Iterable[Line]) -> Decimal:
    return sum((line.direct for line in lines), NOTHING)
