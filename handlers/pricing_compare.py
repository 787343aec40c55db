"""What one's own usage would cost at each model's prices, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.errors import NotFound
from analysis.periods import Period
from analysis.prices import PriceSource, TokenUsage
from analysis.recommendations.cells import ModelFacts, PricedCell
from analysis.recommendations.cheaper_models.alternatives import THINKING, starts_thinking
from analysis.recommendations.cheaper_models.elsewhere import Elsewhere
from analysis.recommendations.cheaper_models.fit import Fit, fit_of
from analysis.recommendations.cheaper_models.quality import difference, scores, test_of
from handlers.caller import Caller
from handlers.other_model import OtherModel, find_model
from handlers.own_usage import MODEL, OwnUsage, UsageReader, cost_of

_LIKELY = THINKING[1]
"""Output tokens of a model that thinks, for each of one that does not."""


@dataclass(frozen=True, slots=True)
class PricingCompareRequest:
    """A question what one's own usage would cost elsewhere.

    Attributes:
        models: that are compared; empty: all that are on offer. Those in use always are.
        period: complete days; None: the last 30.
        filters: whose usage: dimension name to the values that count, any of them.
    """

    models: tuple[str, ...] = ()
    period: Period | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class ComparedModel:
    """A model beside the others.

    Attributes:
        provider, model: as the price list writes them.
        facts: what the list knows of it; None: nothing but a price at most.
        cost: USD a month for all of the usage; None: it is unpriced.
        used_cost: USD a month that it costs now, for its own part of the usage.
        quality: its score, 0 to 1, on `test`; None: not known.
        test: the test that the dearest model in use took too, else the first of its own.
        quality_change: in points of the score, above that model; None: they cannot be compared.
        fit: how the requests fit it; None: nothing is known of it.
        thinks: it thinks before it answers where a model in use does not: three times the output.
        is_estimate: its price is from the public list.
    """

    provider: str
    model: str
    facts: ModelFacts | None
    cost: Decimal | None
    used_cost: Decimal
    quality: Decimal | None
    test: str | None
    quality_change: Decimal | None
    fit: Fit | None
    thinks: bool
    is_estimate: bool

    @property
    def is_used(self) -> bool:
        """Whether it answers some of the requests now."""
        return self.used_cost > 0


@dataclass(frozen=True, slots=True)
class PricingCompareResult:
    """The answer to a `PricingCompareRequest`.

    Attributes:
        request: the question.
        usage: of which days, and whose.
        models: whose requests are meant where a filter names any, as the data writes them.
        current: USD a month that they cost.
        mix: their tokens in these days.
        batch_requests: of their requests, sent as batches.
        unpriced: of them, without a price: in no figure.
        rows: cheapest first; those without a price last.
        main: the model in use that costs most, by which quality is compared; None: not listed.
    """

    request: PricingCompareRequest
    usage: OwnUsage
    models: tuple[str, ...]
    current: Decimal
    mix: TokenUsage
    batch_requests: int
    unpriced: int
    rows: tuple[ComparedModel, ...]
    main: ModelFacts | None


@dataclass(frozen=True, slots=True)
class PricingCompareHandler:
    """Compares prices on one's own usage; knows no Slack and no HTTP."""

    usage: UsageReader

    async def compare(self, request: PricingCompareRequest, caller: Caller) -> PricingCompareResult:
        """What the caller's usage would cost at each model's prices.

        Raises:
            NotUnderstood: the period makes no sense, or a name is of several providers' models.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: there is no priced usage, or no list has a model.
            Unavailable: the mart or the store cannot be read.
        """
        usage = await self.usage.read(request.period, request.filters, caller)
        models = _models(request, usage)
        cells = [one for one in usage.cells if not models or one.cell.route.model in models]
        billed = [priced for priced in cells if priced.cell.billed_cost]
        if not billed:
            hint = "`/cost 30d by model` shows what there is."
            raise NotFound(f"No LLM usage in {usage.label} has a price.", hint)
        known = _dearest(billed)
        chosen = _chosen(request, usage, billed)
        rows = await asyncio.to_thread(_rows, chosen, billed, usage, known)
        return PricingCompareResult(
            request=request,
            usage=usage,
            models=models,
            current=usage.days.monthly(cost_of(billed)),
            mix=_mix(cells),
            batch_requests=sum(one.cell.tokens.requests for one in cells if one.cell.tokens.batch),
            unpriced=sum(one.cell.unpriced_requests for one in cells),
            rows=rows,
            main=known,
        )


def _models(request: PricingCompareRequest, usage: OwnUsage) -> tuple[str, ...]:
    names = {name for one in request.filters.get(MODEL, ()) for name in usage.named(one)}
    return tuple(name for name in usage.models() if name in names)


def _dearest(cells: Sequence[PricedCell]) -> ModelFacts | None:
    """The listed model that costs most."""
    costs: dict[tuple[str, str], Decimal] = {}
    facts: dict[tuple[str, str], ModelFacts] = {}
    for priced in cells:
        if priced.model is not None:
            key = priced.model.provider, priced.model.model
            costs[key] = costs.get(key, Decimal(0)) + priced.cell.billed_cost
            facts[key] = priced.model
    return facts[max(costs, key=lambda key: costs[key])] if costs else None


_Name = tuple[str, str]


def _chosen(
    request: PricingCompareRequest, usage: OwnUsage, cells: Sequence[PricedCell]
) -> dict[_Name, tuple[OtherModel, list[PricedCell]]]:
    """The models that are compared, each with the cells that it answers now."""
    chosen: dict[_Name, tuple[OtherModel, list[PricedCell]]] = {}
    for priced in cells:
        other = _own(priced, usage)
        if other is not None:
            key = other.provider, other.model
            chosen.setdefault(key, (other, []))[1].append(priced)
    providers = [provider for provider, _ in chosen]
    if request.models:
        named = [
            find_model(name, usage.pricing, usage.organization, usage.days.now, providers)
            for name in request.models
        ]
    else:
        listed = usage.pricing.models(usage.organization)
        named = [OtherModel(one.provider, one.model, one) for one in listed if one.is_offered]
    for other in named:
        chosen.setdefault((other.provider, other.model), (other, []))
    return chosen


def _own(priced: PricedCell, usage: OwnUsage) -> OtherModel | None:
    """The model that answers a cell's requests now; None: they name none."""
    facts, route = priced.model, priced.cell.route
    if facts is not None:
        return OtherModel(facts.provider, facts.model, facts)
    if route.model is None:
        return None
    provider = route.provider or usage.pricing.catalogue.provider_of(route.model)
    return OtherModel(provider or "", route.model, None)


def _rows(
    chosen: Mapping[_Name, tuple[OtherModel, list[PricedCell]]],
    cells: Sequence[PricedCell],
    usage: OwnUsage,
    main: ModelFacts | None,
) -> tuple[ComparedModel, ...]:
    elsewhere = Elsewhere()
    rows = [_row(other, own, cells, usage, main, elsewhere) for other, own in chosen.values()]
    rows.sort(key=lambda row: (row.cost is None, row.cost or 0, row.provider, row.model))
    return tuple(rows)


def _row(
    other: OtherModel,
    own: Sequence[PricedCell],
    cells: Sequence[PricedCell],
    usage: OwnUsage,
    main: ModelFacts | None,
    elsewhere: Elsewhere,
) -> ComparedModel:
    facts, days = other.facts, usage.days
    cost, is_estimate = _cost(other, own, cells, usage, elsewhere)
    test = None
    if facts is not None:
        test = None if main is None else test_of(main, facts)
        test = test or next(iter(scores(facts)), None)
    thinks = facts is not None and any(
        priced.model is not None and starts_thinking(facts, priced.model) for priced in cells
    )
    return ComparedModel(
        provider=other.provider,
        model=other.model,
        facts=facts,
        cost=None if cost is None else days.monthly(cost),
        used_cost=days.monthly(cost_of(own)),
        quality=None if facts is None or test is None else scores(facts)[test],
        test=test,
        quality_change=None if facts is None or main is None else difference(main, facts),
        fit=None if facts is None else fit_of(cells, facts),
        thinks=thinks,
        is_estimate=is_estimate,
    )


def _cost(
    other: OtherModel,
    own: Sequence[PricedCell],
    cells: Sequence[PricedCell],
    usage: OwnUsage,
    elsewhere: Elsewhere,
) -> tuple[Decimal | None, bool]:
    """USD of all cells at a model, and whether its price is an estimate."""
    mine = {id(priced) for priced in own}
    cost, is_estimate = Decimal(0), other.is_estimate
    for priced in cells:
        if id(priced) in mine:
            cost += priced.cell.billed_cost  # it answers them already, whatever the list says
            continue
        price = other.price_for(priced.cell, usage.pricing) if other.provider else None
        if price is None:
            return None, False
        is_estimate |= price.source is PriceSource.FALLBACK
        facts, present = other.facts, priced.model
        thinks = facts is not None and present is not None and starts_thinking(facts, present)
        cost += elsewhere.cost(priced, price, _LIKELY if thinks else Decimal(1))
    return cost, is_estimate


def _mix(cells: Sequence[PricedCell]) -> TokenUsage:
    tokens = [priced.cell.tokens for priced in cells]
    return TokenUsage(
        fresh_input=sum(one.fresh_input for one in tokens),
        cached_input=sum(one.cached_input for one in tokens),
        cache_write=sum(one.cache_write for one in tokens),
        output=sum(one.output for one in tokens),
        reasoning=sum(one.reasoning for one in tokens),
        requests=sum(one.requests for one in tokens),
    )
