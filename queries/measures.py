"""The figures of a breakdown: what they are called, and how they are added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, cast

from queries.schema import MEASURES, MONEY, SECONDS


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
        batch_requests: sent through a batch interface.
        latency_ms: sum of the latencies, in milliseconds.
        timed_requests: requests whose latency is in that sum.
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
    batch_requests: int = 0
    latency_ms: int = 0
    timed_requests: int = 0

    def __add__(self, other: Measures) -> Measures:
        return Measures.of([a + b for a, b in zip(self.values(), other.values(), strict=True)])

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
        return tuple(getattr(self, one.name) for one in fields(self))

    @staticmethod
    def of(row: Sequence[object]) -> Measures:
        """From the columns of `totals`, in their order; what is not there counts as nothing."""
        return Measures(*cast("Sequence[Any]", row))


COST_FIGURES = ("cost", "requests")
"""The figures, first of `Measures`, of a question that wants the cost alone."""


def added_up(*, fully_loaded: bool, cost_only: bool = False) -> list[str]:
    """GoogleSQL for the sums over the rows of `costs` from which `totals` are made.

    Args:
        fully_loaded: a cost is the direct one with the idle and overhead pushed onto it.
        cost_only: see `COST_FIGURES`.
    """
    money = ["billed_cost"]
    if fully_loaded:
        money += ["attributed_idle_cost", "attributed_overhead_cost"]
    cost = " + ".join(f"COALESCE(SUM({name}), 0)" for name in money)
    return [f"{cost} AS sum_cost"] + [
        f"COALESCE(SUM({measure.name}), 0) AS sum_{measure.name}"
        if measure.type == SECONDS
        else f"SUM({measure.name}) AS sum_{measure.name}"
        for measure in MEASURES
        if measure.type != MONEY and (not cost_only or measure.name in COST_FIGURES)
    ]


def totals(*, customers_only: bool, cost_only: bool = False) -> list[str]:
    """GoogleSQL for each figure of `Measures`, over rows that hold the sums of `added_up`.

    Args:
        customers_only: see `Measures`.
        cost_only: see `COST_FIGURES`.
    """
    kept = "is_internal IS FALSE" if customers_only else ""
    estimated = f"is_estimated AND {kept}" if kept else "is_estimated"
    special = {
        "estimated_requests": ("sum_requests", estimated),
        "estimated_cost": ("sum_cost", estimated),
        "internal_requests": ("sum_requests", "is_internal IS TRUE"),
        "internal_cost": ("sum_cost", "is_internal IS TRUE"),
        "unknown_requests": ("sum_requests", "is_internal IS NULL"),
        "unknown_cost": ("sum_cost", "is_internal IS NULL"),
    }
    found: list[str] = []
    for one in fields(Measures)[: len(COST_FIGURES) if cost_only else None]:
        value, condition = special.get(one.name, (f"sum_{one.name}", kept))
        summed = f"IF({condition}, {value}, 0)" if condition else value
        total = f"SUM({summed})"
        # GoogleSQL's sum of INT64 is one; DuckDB's is a HUGEINT, which is slow to fetch.
        exact = total if one.type == "Decimal" else f"CAST({total} AS INT64)"
        found.append(f"{exact} AS total_{one.name}")
    return found
