"""The figures of a breakdown: what they are called, and how they are added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import Field, dataclass, fields
from decimal import Decimal
from operator import attrgetter
from typing import Any, cast

from queries.schema import FULLY_LOADED


@dataclass(frozen=True, slots=True)
class Measures:
    """What was spent, and on what.

    With `customers_only` everything but the internal and unknown figures is of customers alone;
    those two are always counted, so that what was left out can be said.

    Attributes:
        cost: USD, on the question's basis; what is unpriced is not in it.
        requests: that the rows stand for.
        failed_requests: of these, failed or timed out.
        unpriced_requests: of these, without a price: their cost is not known.
        estimated_requests: of these, priced by the public fallback list.
        estimated_cost: USD: what they cost; in `cost` too.
        internal_requests: of the owner's own traffic.
        internal_cost: USD: what they cost.
        unknown_requests: of traffic that is not known to be internal or not.
        unknown_cost: USD: what they cost.
        fresh_input_tokens: input tokens that no cache served or stored.
        cached_input_tokens: input tokens read from the provider's cache.
        cache_write_tokens: input tokens written to the provider's cache.
        output_tokens: without reasoning.
        reasoning_tokens: spent on reasoning.
        gpu_seconds: GPU seconds.
    """

    cost: Decimal = Decimal(0)
    requests: int = 0
    failed_requests: int = 0
    unpriced_requests: int = 0
    estimated_requests: int = 0
    estimated_cost: Decimal = Decimal(0)
    internal_requests: int = 0
    internal_cost: Decimal = Decimal(0)
    unknown_requests: int = 0
    unknown_cost: Decimal = Decimal(0)
    fresh_input_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    gpu_seconds: Decimal = Decimal(0)

    def __add__(self, other: Measures) -> Measures:
        return added((self, other))

    @property
    def input_tokens(self) -> int:
        """Of the three classes of input."""
        return self.fresh_input_tokens + self.cached_input_tokens + self.cache_write_tokens

    @property
    def all_output_tokens(self) -> int:
        """With reasoning."""
        return self.output_tokens + self.reasoning_tokens

    @property
    def cost_per_request(self) -> Decimal | None:
        """USD per request that has a price; None where none has one."""
        priced = self.requests - self.unpriced_requests
        return self.cost / priced if priced > 0 else None

    @property
    def cost_per_thousand_tokens(self) -> Decimal | None:
        """USD per 1,000 tokens; None where GPU time or what is unpriced would blur it."""
        tokens = self.input_tokens + self.all_output_tokens
        if not tokens or self.gpu_seconds or self.unpriced_requests:
            return None
        return self.cost * 1000 / tokens

    def values(self) -> tuple[Decimal | int, ...]:
        """The figures, in declared order."""
        return _VALUES(self)

    @staticmethod
    def of(row: Sequence[object]) -> Measures:
        """From the columns of `totals`, in their order; what is not there counts as nothing."""
        return Measures(*cast("Sequence[Any]", row))


_VALUES: Callable[[Measures], tuple[Decimal | int, ...]] = attrgetter(
    *(one.name for one in fields(Measures))
)


def added(several: Iterable[Measures]) -> Measures:
    """The measures of several groups as those of one; nothing where there is none."""
    return Measures.of(
        [sum(column) for column in zip(*(one.values() for one in several), strict=True)]
    )


COST_FIGURES = ("cost", "requests")
"""The figures, first of `Measures`, of a question that wants the cost alone."""

PARTS = {
    "estimated_requests": ("requests", "is_estimated"),
    "estimated_cost": ("cost", "is_estimated"),
    "internal_requests": ("requests", "is_internal IS TRUE"),
    "internal_cost": ("cost", "is_internal IS TRUE"),
    "unknown_requests": ("requests", "is_internal IS NULL"),
    "unknown_cost": ("cost", "is_internal IS NULL"),
}
"""The figures that are parts of others, and of which rows; every other figure is a column."""


def added_up(*, fully_loaded: bool, cost_only: bool) -> list[str]:
    """GoogleSQL for the sums over the rows of `costs` from which `totals` are made.

    With `cost_only` they are the figures.

    Args:
        fully_loaded: a cost is the direct one with the idle and overhead pushed onto it.
        cost_only: see `COST_FIGURES`.
    """
    columns = {"cost": FULLY_LOADED.name if fully_loaded else "billed_cost"}
    found: list[str] = []
    for one in _figures(cost_only=cost_only):
        if one.name not in PARTS:
            total = f"SUM({columns.get(one.name, one.name)})"
            # A sum of money or seconds over nothing known is nothing; counts are never NULL.
            known = f"COALESCE({total}, 0)" if one.type == "Decimal" else total
            found.append(f"{known} AS sum_{one.name}")
    return found


def totals(*, customers_only: bool, cost_only: bool) -> list[str]:
    """GoogleSQL for each figure of `Measures`, over rows that hold the sums of `added_up`.

    Args:
        customers_only: see `Measures`; with `cost_only` the rows are of customers already.
        cost_only: see `COST_FIGURES`.
    """
    kept = "is_internal IS FALSE" if customers_only and not cost_only else ""
    found: list[str] = []
    for one in _figures(cost_only=cost_only):
        whole, condition = PARTS.get(one.name, (one.name, kept))
        if condition == "is_estimated" and kept:
            condition = f"is_estimated AND {kept}"
        total = f"SUM(IF({condition}, sum_{whole}, 0))" if condition else f"SUM(sum_{whole})"
        # GoogleSQL's sum of INT64 is one; DuckDB's is a HUGEINT, which is slow to fetch.
        exact = total if one.type == "Decimal" else f"CAST({total} AS INT64)"
        found.append(f"{exact} AS total_{one.name}")
    return found


def _figures(*, cost_only: bool) -> tuple[Field[Any], ...]:
    return fields(Measures)[: len(COST_FIGURES) if cost_only else None]
