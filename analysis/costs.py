"""The two kinds of cost, each a type of its own, and how they are reconciled.

Fully loaded cost is what requests cost: direct cost and the idle and overhead pushed onto them, of
inference rows alone. Infrastructure cost is what the machines cost: direct cost of every category.
What is pushed onto requests is in both, so a sum of the two counts it twice: there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FullyLoaded:
    """What requests cost, USD; added to its own kind alone."""

    usd: Decimal

    def __add__(self, other: FullyLoaded) -> FullyLoaded:
        _check_alike(self, other)
        return FullyLoaded(self.usd + other.usd)


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """What the machines cost, USD; added to its own kind alone."""

    usd: Decimal

    def __add__(self, other: Infrastructure) -> Infrastructure:
        _check_alike(self, other)
        return Infrastructure(self.usd + other.usd)


@dataclass(frozen=True, slots=True)
class Pushed:
    """A category whose cost is pushed onto requests, as far as it is.

    Attributes:
        spent: USD: its direct cost.
        attributed: USD: of that, pushed onto requests.
    """

    spent: Decimal
    attributed: Decimal

    @property
    def left(self) -> Decimal:
        """USD that no request carries; below zero, more was attributed than there was."""
        return self.spent - self.attributed


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Infrastructure cost beside what it is made of.

    infrastructure = fully loaded + unattributed, unattributed = unused + (idle - attributed idle)
    + (overhead - attributed overhead); the rule of the GPU table. Each figure is added up by
    itself, so that rows which break the rule (a fifth category, cost attributed to what is no
    request) show in the difference.

    Attributes:
        infrastructure: direct cost of all rows, internal ones included.
        fully_loaded: of all requests, internal ones included.
        unused: USD: direct cost of unused capacity.
        idle: of idle capacity.
        overhead: of overhead.
    """

    infrastructure: Infrastructure
    fully_loaded: FullyLoaded
    unused: Decimal
    idle: Pushed
    overhead: Pushed

    @property
    def unattributed(self) -> Decimal:
        """USD that no request carries."""
        return self.unused + self.idle.left + self.overhead.left

    @property
    def difference(self) -> Decimal:
        """USD of infrastructure that the parts do not explain; nothing where all is right."""
        return self.infrastructure.usd - self.fully_loaded.usd - self.unattributed


def _check_alike(one: object, other: object) -> None:
    if type(one) is not type(other):
        message = (
            f"{type(one).__name__} and {type(other).__name__} cannot be added: "
            "what is attributed to requests would count twice"
        )
        raise TypeError(message)
