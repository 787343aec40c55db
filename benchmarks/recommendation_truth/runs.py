"""Requests to GPUs one by one, and the machines that wait for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from analysis.recommendations.gpus.gpu import Pool, Service
from analysis.recommendations.proposal import Kind, Proposal

SECOND = 700_000_000
"""1e-12 USD: a GPU for a second, at $2.52 an hour."""

MACHINE = 3_600 * SECOND
"""A GPU for an hour."""


@dataclass(slots=True)
class Run:
    """One request.

    Attributes:
        at: seconds after the start.
        service: that was asked.
        organization: who asked.
        billing: how the machine is paid for.
        milliseconds: of GPUs.
        price: of a GPU second, beside `SECOND`: in thousandths.
        result, error: how it ended.
        avoidable: it failed by a fault that can be mended.
        slower: how many times as long as it need take, for a reason that can be mended.
    """

    at: int
    service: Service
    organization: str
    billing: str
    milliseconds: int
    price: int = 1_000
    result: str = "success"
    error: str | None = None
    avoidable: bool = False
    slower: float = 1.0

    @property
    def pico(self) -> int:
        """Its cost, 1e-12 USD."""
        return self.milliseconds * self.price * (SECOND // 1_000_000)

    @property
    def seconds(self) -> float:
        """GPU seconds."""
        return self.milliseconds / 1_000

    @property
    def pool(self) -> Pool:
        """The machines that it ran on."""
        return Pool(self.service.product, self.service.model, self.billing)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a pool cost in an hour beyond its requests.

    Attributes:
        hour: after the start.
        pool: which.
        pico: 1e-12 USD.
    """

    hour: int
    pool: Pool
    pico: int


Saved = Callable[[Proposal], tuple[float, float]]
"""USD a month as things stood at the end of the evidence, and of the month that came after, had
that been done."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Waste on GPUs, or a look-alike of it.

    Attributes:
        kind: what a recommendation about it would be.
        variant: which.
        scope: what it would name.
        is_waste: false: it only looks like it.
        expected: USD a month that a remedy saves.
        saved: what doing a recommendation saves.
    """

    kind: Kind
    variant: str
    scope: Mapping[str, str]
    is_waste: bool
    expected: float
    saved: Saved

    def is_meant(self, proposal: Proposal) -> bool:
        """Whether a recommendation is about it."""
        return proposal.kind is self.kind and all(
            proposal.scope.get(name) == (value,) for name, value in self.scope.items()
        )


@dataclass
class Fleet:
    """The GPUs of a deployment.

    Attributes:
        rng: of its own.
        name: of it.
        runs: in the order of time, once it is complete.
        waiting: by pool and hour.
        faults: that were planted, and their look-alikes.
        sizes: of each service, how large its customers' orders are, beside each other.
    """

    rng: Random
    name: str
    runs: list[Run] = field(default_factory=list[Run])
    waiting: list[Waiting] = field(default_factory=list[Waiting])
    faults: list[Fault] = field(default_factory=list[Fault])
    sizes: dict[Service, list[float]] = field(default_factory=dict[Service, list[float]])
