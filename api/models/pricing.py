"""Prices, and what the same usage would cost at each model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from analysis.prices import TokenUsage
from api.models.base import Answer, Figure, Money, Page, plain, plain_or_none, rounded
from handlers.caller import Caller
from handlers.pricing_compare import ComparedModel, PricingCompareResult
from handlers.token_mix import MixPrice
from storage.records.price import StoredPrice


class PriceAnswer(Answer):
    """A tier of a model's price, from one instant on; US dollars per million tokens."""

    id: UUID
    provider: str
    model_name: str
    organization_id: str | None = Field(description="Who has this rate; null: the list price.")
    above_input_tokens: int = Field(description="For requests with more; 0: for all.")
    input: Money
    output: Money
    cached_input: Money | None
    cache_write: Money | None
    reasoning: Money | None
    batch_input: Money | None
    batch_output: Money | None
    batch_cached_input: Money | None
    batch_cache_write: Money | None
    effective_from: datetime
    effective_until: datetime | None = Field(description="Null: there is no next price.")
    is_in_force: bool
    is_active: bool = Field(description="What is not, prices past requests alone.")
    context_window: int | None
    max_output: int | None
    capabilities: list[str]
    quality_score: Figure | None
    quality_source: str
    is_deprecated: bool
    deprecated_at: datetime | None
    replacement: str | None
    source: str
    reference: str


class PricePage(Page):
    """Prices by provider, model, organization, instant and tier."""

    providers: list[str]
    prices: list[PriceAnswer]


class TokenMix(Answer):
    """Tokens of disjoint classes."""

    fresh_input: int
    cached_input: int
    cache_write: int
    output: int
    reasoning: int


class ComparedPrice(Answer):
    """A model beside the others."""

    provider: str
    model_name: str
    cost: Money | None = Field(description="US dollars; null: it is unpriced for such requests.")
    is_used: bool
    used_cost: Money = Field(description="What it costs now, for its own part of the usage.")
    quality_score: Figure | None
    quality_test: str | None
    quality_change: Figure | None = Field(description="Against the model in use that costs most.")
    context_window: int | None
    max_output: int | None
    requests_too_long: int | None = Field(description="Requests that do not fit its context.")
    answers_too_long: int | None
    lacks: list[str] | None = Field(description="What requests need and it cannot do.")
    may_lack: list[str] | None
    output_factor: int = Field(description="3: it thinks where a model in use does not.")
    is_estimate: bool = Field(description="Its price is from the public list.")
    is_deprecated: bool
    replacement: str | None


class PriceComparison(Answer):
    """What the same usage would cost at each model's prices."""

    organization_id: str | None
    basis: Literal["own_usage", "token_mix"] = Field(
        description="own_usage: a month at the pace of these days. token_mix: the mix sent, once."
    )
    period_start: date | None
    period_end: date | None
    current_cost: Money | None = Field(description="Of one's own usage, a month.")
    requests: int
    batch_requests: int
    unpriced_requests: int = Field(description="Of one's own: in no figure.")
    token_mix: TokenMix
    models: list[ComparedPrice] = Field(description="Cheapest first; those without a price last.")


def price_answer(price: StoredPrice, now: datetime) -> PriceAnswer:
    """A price as it is sent."""
    return PriceAnswer(
        id=price.id,
        provider=price.provider,
        model_name=price.model,
        organization_id=price.organization,
        above_input_tokens=price.above_input_tokens,
        input=plain(price.input),
        output=plain(price.output),
        cached_input=plain_or_none(price.cached_input),
        cache_write=plain_or_none(price.cache_write),
        reasoning=plain_or_none(price.reasoning),
        batch_input=plain_or_none(price.batch_input),
        batch_output=plain_or_none(price.batch_output),
        batch_cached_input=plain_or_none(price.batch_cached_input),
        batch_cache_write=plain_or_none(price.batch_cache_write),
        effective_from=price.effective_from,
        effective_until=price.effective_until,
        is_in_force=price.in_force(now),
        is_active=price.active,
        context_window=price.context_window,
        max_output=price.max_output,
        capabilities=list(price.capabilities),
        quality_score=plain_or_none(price.quality_score),
        quality_source=price.quality_source,
        is_deprecated=price.is_deprecated(now),
        deprecated_at=price.deprecated_at,
        replacement=price.replacement,
        source=price.source,
        reference=price.reference,
    )


def own_comparison(result: PricingCompareResult, caller: Caller) -> PriceComparison:
    """What one's own usage would cost elsewhere, as it is sent."""
    days = result.usage.days
    return PriceComparison(
        organization_id=caller.organization or result.usage.organization,
        basis="own_usage",
        period_start=days.first_day,
        period_end=days.last_day,
        current_cost=rounded(result.current),
        requests=result.mix.requests,
        batch_requests=result.batch_requests,
        unpriced_requests=result.unpriced,
        token_mix=_mix(result.mix),
        models=[_compared(row) for row in result.rows],
    )


def mix_comparison(mix: TokenUsage, found: Sequence[MixPrice], caller: Caller) -> PriceComparison:
    """What a mix of tokens would cost at each model, as it is sent."""
    return PriceComparison(
        organization_id=caller.organization,
        basis="token_mix",
        period_start=None,
        period_end=None,
        current_cost=None,
        requests=mix.requests,
        batch_requests=mix.requests if mix.batch else 0,
        unpriced_requests=0,
        token_mix=_mix(mix),
        models=[_of_mix(one) for one in found],
    )


def _mix(mix: TokenUsage) -> TokenMix:
    return TokenMix(
        fresh_input=mix.fresh_input,
        cached_input=mix.cached_input,
        cache_write=mix.cache_write,
        output=mix.output,
        reasoning=mix.reasoning,
    )


def _compared(row: ComparedModel) -> ComparedPrice:
    facts, fit = row.facts, row.fit
    return ComparedPrice(
        provider=row.provider,
        model_name=row.model,
        cost=None if row.cost is None else rounded(row.cost),
        is_used=row.is_used,
        used_cost=rounded(row.used_cost),
        quality_score=plain_or_none(row.quality),
        quality_test=row.test,
        quality_change=plain_or_none(row.quality_change),
        context_window=None if facts is None else facts.context_window,
        max_output=None if facts is None else facts.max_output,
        requests_too_long=None if fit is None else fit.too_long,
        answers_too_long=None if fit is None else fit.too_talkative,
        lacks=None if fit is None else sorted(fit.lacking),
        may_lack=None if fit is None else sorted(fit.maybe_lacking),
        output_factor=3 if row.thinks else 1,
        is_estimate=row.is_estimate,
        is_deprecated=facts is not None and facts.deprecated_at is not None,
        replacement=None if facts is None else facts.replacement,
    )


def _of_mix(one: MixPrice) -> ComparedPrice:
    price = one.price
    return ComparedPrice(
        provider=price.provider,
        model_name=price.model,
        cost=plain(one.cost),
        is_used=False,
        used_cost="0",
        quality_score=plain_or_none(price.quality_score),
        quality_test=price.quality_source or None,
        quality_change=None,
        context_window=price.context_window,
        max_output=price.max_output,
        requests_too_long=None,
        answers_too_long=None,
        lacks=None,
        may_lack=None,
        output_factor=1,
        is_estimate=False,
        is_deprecated=price.deprecated_at is not None,
        replacement=price.replacement,
    )
