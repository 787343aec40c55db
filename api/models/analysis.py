"""What was spent: in all, and divided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.models.base import Answer, Figure, Money, percentage, plain, quotient
from handlers.caller import Caller
from handlers.cost_results import CostResult, CostRow
from handlers.freshness import Freshness
from queries.breakdown import Basis
from queries.measures import Measures

CostBasis = Literal["fully_loaded", "infrastructure"]
"""Direct cost with its share of idle and overhead, of requests; or direct cost of everything."""

BASES: Mapping[CostBasis, Basis] = {
    "fully_loaded": Basis.FULLY_LOADED,
    "infrastructure": Basis.INFRASTRUCTURE,
}


class Spent(Answer):
    """What some requests cost."""

    total_cost: Money | None = Field(
        description="US dollars; null: none of the requests has a price, which is not nothing."
    )
    total_requests: int
    total_tokens: int = Field(description="Of all classes, input and output.")
    failed_requests: int
    unpriced_requests: int = Field(description="Without a price: in no cost.")
    estimated_cost: Money = Field(
        description="The part of the cost that the public price list estimates."
    )
    cost_per_request: Figure | None


class Breakdown(Spent):
    """A member of the breakdown."""

    group: dict[str, str | None] = Field(
        description="By name of `group_by`; null: the facts have no value there."
    )
    model_name: str | None
    provider: str | None
    percentage: float | None = Field(description="Of the total cost; null where that is nothing.")
    change_percentage: float | None = Field(description="Against the period before.")


class Analysis(Spent):
    """What a period cost."""

    organization_id: str | None = Field(description="Whose cost it is; null: of all together.")
    period_start: datetime = Field(description="The first instant, UTC.")
    period_end: datetime = Field(description="The first instant behind the period, UTC.")
    time_zone: str = Field(description="In which its days begin.")
    is_provisional: bool = Field(description="The period is not over: its figures still grow.")
    basis: CostBasis
    group_by: list[str]
    previous_cost: Money | None = Field(
        description="Of the comparable part of the period before; null: nothing can be compared."
    )
    change_percentage: float | None = Field(
        description="Of the complete part of the period against the same part of the one before."
    )
    unpriced_models: list[str]
    breakdowns: list[Breakdown] = Field(description="Dearest first, or in order of time.")
    others: Spent | None = Field(description="What is beyond `limit`, added up.")
    others_count: int
    data_until: datetime | None = Field(description="Up to when there is data, UTC.")
    is_stale: bool = Field(description="A source should have had more data by now.")


class ModelCost(Answer):
    """A model and what it cost."""

    model_name: str | None = Field(description="Null: the facts name no model.")
    provider: str | None
    cost: Money | None = Field(description="US dollars; null: none of its requests has a price.")
    requests: int
    tokens: int
    cost_per_request: Figure | None
    cost_per_1k_tokens: Figure | None = Field(
        description="Null where GPU time or what is unpriced would blur it."
    )
    percentage: float | None = Field(description="Of the total cost.")
    unpriced_requests: int


class ModelBreakdown(Answer):
    """What each model cost."""

    organization_id: str | None
    period_start: datetime
    period_end: datetime
    total_cost: Money | None
    models: list[ModelCost] = Field(description="Dearest first.")
    data_until: datetime | None
    is_stale: bool


def analysis_of(result: CostResult, caller: Caller) -> Analysis:
    """The answer of a cost handler, as it is sent."""
    request, period, delta = result.request, result.period, result.delta
    shown, others = result.shown, result.others
    return Analysis(
        **_spent(result.total),
        organization_id=whose(caller, request.filters),
        period_start=period.window.start,
        period_end=period.window.end,
        time_zone=caller.zone.key,
        is_provisional=period.provisional,
        basis=basis_word(request.basis),
        group_by=list(request.by),
        previous_cost=None if delta is None else plain(delta.before),
        change_percentage=None if delta is None else percentage(delta.ratio),
        unpriced_models=list(result.unpriced_models),
        breakdowns=[_breakdown(row, request.by) for row in shown] if request.by else [],
        others=None if others is None else Spent(**_spent(others.measures)),
        others_count=len(result.rows) - len(shown),
        data_until=result.freshness.data_until,
        is_stale=is_stale(result.freshness),
    )


def models_of(result: CostResult, caller: Caller) -> ModelBreakdown:
    """The answer of a cost handler by model and provider, as it is sent."""
    return ModelBreakdown(
        organization_id=whose(caller, result.request.filters),
        period_start=result.period.window.start,
        period_end=result.period.window.end,
        total_cost=_cost(result.total),
        models=[_model(row) for row in result.rows],
        data_until=result.freshness.data_until,
        is_stale=is_stale(result.freshness),
    )


def whose(caller: Caller, filters: Mapping[str, tuple[str, ...]]) -> str | None:
    """The one organization that an answer is about; None: several."""
    if caller.organization is not None:
        return caller.organization
    asked = filters.get("organization", ())
    return asked[0] if len(asked) == 1 else None


def basis_word(basis: Basis) -> CostBasis:
    """A basis as the calls name it."""
    return "infrastructure" if basis is Basis.INFRASTRUCTURE else "fully_loaded"


def is_stale(freshness: Freshness) -> bool:
    """Whether any source should have had more data by now."""
    return any(source.is_stale for source in freshness.sources)


def tokens_of(measures: Measures) -> int:
    """Of all classes."""
    return measures.input_tokens + measures.all_output_tokens


def _breakdown(row: CostRow, by: tuple[str, ...]) -> Breakdown:
    group = {name: _written(value) for name, value in zip(by, row.key, strict=True)}
    return Breakdown(
        **_spent(row.measures),
        group=group,
        model_name=group.get("model"),
        provider=group.get("provider"),
        percentage=percentage(row.share),
        change_percentage=None if row.delta is None else percentage(row.delta.ratio),
    )


def _model(row: CostRow) -> ModelCost:
    measures = row.measures
    name, provider = row.key
    return ModelCost(
        model_name=_written(name),
        provider=_written(provider),
        cost=_cost(measures),
        requests=measures.requests,
        tokens=tokens_of(measures),
        cost_per_request=quotient(measures.cost_per_request),
        cost_per_1k_tokens=quotient(measures.cost_per_thousand_tokens),
        percentage=percentage(row.share),
        unpriced_requests=measures.unpriced_requests,
    )


def _spent(measures: Measures) -> dict[str, Any]:
    return {
        "total_cost": _cost(measures),
        "total_requests": measures.requests,
        "total_tokens": tokens_of(measures),
        "failed_requests": measures.failed_requests,
        "unpriced_requests": measures.unpriced_requests,
        "estimated_cost": plain(measures.estimated_cost),
        "cost_per_request": quotient(measures.cost_per_request),
    }


def _cost(measures: Measures) -> str | None:
    """The cost; None where it is not known at all."""
    none_priced = measures.requests and measures.unpriced_requests == measures.requests
    return None if none_priced and not measures.cost else plain(measures.cost)


def _written(value: str | date | datetime | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat().replace("+00:00", "Z")
