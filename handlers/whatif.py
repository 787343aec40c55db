"""What one's own usage would cost if some of it were done otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.errors import NotFound, NotUnderstood
from analysis.periods import Period
from analysis.prices import PriceSource, TokenPrices, token_prices
from analysis.recommendations.cells import ModelFacts, PricedCell, Route
from analysis.recommendations.cheaper_models.alternatives import starts_thinking
from analysis.recommendations.cheaper_models.fit import Fit, fit_of
from analysis.recommendations.cheaper_models.quality import difference, test_of
from analysis.recommendations.whatif import Changes, Outcome, Target, what_if
from handlers.caller import Caller
from handlers.nearest import shown
from handlers.other_model import OtherModel, find_model
from handlers.own_usage import MODEL, OwnUsage, UsageReader, cost_of


@dataclass(frozen=True, slots=True)
class WhatIfRequest:
    """A question what usage would cost otherwise.

    Attributes:
        changes: what would be different.
        source: the model whose requests are meant; None: those that the filters leave.
        target: the model that would answer them; None: no other one.
        period: complete days; None: the last 30.
        filters: dimension name to the values that count, any of them.
    """

    changes: Changes
    source: str | None = None
    target: str | None = None
    period: Period | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Comparison:
    """The other model beside the present one.

    Attributes:
        other: the one that would answer.
        present: the one that answers; None: the list does not know it, or there are several.
        quality_change: in points of a score from 0 to 1; below 0: it is worse; None: they cannot
            be compared.
        test: on which; None: there is none that both took.
        thinks: it thinks before it answers, and the present one does not.
        fit: how the requests fit it; None: nothing is known of it but its price.
    """

    other: OtherModel
    present: ModelFacts | None
    quality_change: Decimal | None
    test: str | None
    thinks: bool
    fit: Fit | None


@dataclass(frozen=True, slots=True)
class WhatIfResult:
    """The answer to a `WhatIfRequest`.

    Attributes:
        request: the question.
        usage: of which days, and whose.
        models: whose requests are meant, as the data writes them, dearest first.
        cells: these requests.
        outcome: what it comes to.
        daily: USD of each of their routes on each day.
        comparison: the other model; None: there is none.
        requests, unpriced: how many they are, and without a price: these are in no figure.
        cacheable: the share of their cost that has a cheaper price for cached input.
        written_dearer: the share that pays more for input written to the cache than for fresh.
        batchable: the share that has a cheaper price for batches and is not sent so yet.
        not_listed: the share that was billed and has no price in force: only fewer requests and
            another model change it.
        estimated: the share that is priced by the public list, as is the other model then.
    """

    request: WhatIfRequest
    usage: OwnUsage
    models: tuple[str, ...]
    cells: tuple[PricedCell, ...]
    outcome: Outcome
    daily: Mapping[Route, Sequence[Decimal]]
    comparison: Comparison | None
    requests: int
    unpriced: int
    cacheable: Decimal
    written_dearer: Decimal
    batchable: Decimal
    not_listed: Decimal
    estimated: Decimal

    @property
    def unpriced_share(self) -> Decimal:
        """Of the requests, 0 to 1."""
        return Decimal(self.unpriced) / self.requests if self.requests else Decimal(0)

    @property
    def whole(self) -> Decimal:
        """USD a month of all models, within the same filters."""
        return self.usage.days.monthly(self.usage.cost)


@dataclass(frozen=True, slots=True)
class WhatIfHandler:
    """Answers what usage would cost otherwise; knows no Slack and no HTTP."""

    usage: UsageReader

    async def what_if(self, request: WhatIfRequest, caller: Caller) -> WhatIfResult:
        """What the caller's own usage would cost with some changes.

        Raises:
            NotUnderstood: nothing would change, or the question makes no sense.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: there is no usage, the model was not used, or the other one has no price.
            Unavailable: the mart or the store cannot be read.
        """
        _check(request)
        usage = await self.usage.read(request.period, request.filters, caller)
        models, cells = _meant(request, usage)
        requests = sum(priced.cell.tokens.requests for priced in cells)
        unpriced = sum(priced.cell.unpriced_requests for priced in cells)
        if not cost_of(cells):
            raise NotFound(*_nothing(requests, unpriced, models, usage))
        priced_cells = tuple(one for one in cells if one.cell.billed_cost)
        comparison = _comparison(request, usage, models, priced_cells)
        target = _target(comparison, usage)
        if target is not None:
            _check_prices(priced_cells, target, comparison)
        daily = await self.usage.daily(usage, models)
        outcome = await asyncio.to_thread(
            what_if, priced_cells, request.changes, target, usage.days, daily
        )
        return WhatIfResult(
            request=request,
            usage=usage,
            models=models,
            cells=cells,
            outcome=outcome,
            daily=daily,
            comparison=comparison,
            requests=requests,
            unpriced=unpriced,
            cacheable=_share(priced_cells, _is_cacheable),
            written_dearer=_share(priced_cells, _is_written_dearer),
            batchable=_share(priced_cells, _is_batchable),
            not_listed=_share(priced_cells, lambda priced: priced.price is None),
            estimated=_share(priced_cells, _is_estimate),
        )


def _check(request: WhatIfRequest) -> None:
    if not request.changes.parts:
        hint = "Try `/cost whatif cache 30%`, or `/cost whatif model gpt-4-turbo to gpt-4o-mini`."
        raise NotUnderstood("Nothing would be different.", hint)
    if request.source is not None and request.source == request.target:
        sentence = f"{shown(request.source)} is answered by itself already."
        raise NotUnderstood(sentence, "Name another model behind the arrow.")


def _meant(
    request: WhatIfRequest, usage: OwnUsage
) -> tuple[tuple[str, ...], tuple[PricedCell, ...]]:
    """The models whose requests are meant, and these requests; no name: those of all."""
    asked = request.filters.get(MODEL, ())
    if request.source is not None:
        asked = (request.source,)
    if not asked:
        return (), usage.cells
    names = {name for one in asked for name in usage.named(one)}
    models = tuple(name for name in usage.models() if name in names)
    return models, tuple(one for one in usage.cells if one.cell.route.model in names)


def _nothing(
    requests: int, unpriced: int, models: tuple[str, ...], usage: OwnUsage
) -> tuple[str, str]:
    if unpriced and unpriced == requests:
        whose = f" of {', '.join(shown(name) for name in models[:3])}" if models else ""
        sentence = f"None of the {requests:,} requests{whose} in {usage.label} has a price."
        return sentence, "`costbot pricing add` gives one; what is imported then is priced."
    if requests:
        return f"The requests in {usage.label} cost nothing.", "Name other days, or other usage."
    return f"There was no such LLM usage in {usage.label}.", "`/cost 30d by model` shows what was."


def _comparison(
    request: WhatIfRequest,
    usage: OwnUsage,
    models: tuple[str, ...],
    cells: Sequence[PricedCell],
) -> Comparison | None:
    if request.target is None:
        return None
    known = [priced.model for priced in cells if priced.model is not None]
    providers = [priced.cell.route.provider or "" for priced in cells]
    other = find_model(
        request.target,
        usage.pricing,
        usage.organization,
        usage.days.now,
        beside=[*(facts.provider for facts in known), *providers],
    )
    names = {(facts.provider, facts.model) for facts in known}
    if (other.provider, other.model) in names and len(names) == 1:
        sentence = f"{shown(request.target)} is what answers these requests already."
        raise NotUnderstood(sentence, "Name another model behind the arrow.")
    present = known[0] if len(names) == 1 else None
    facts = other.facts
    if facts is None:
        return Comparison(other, present, None, None, thinks=False, fit=None)
    return Comparison(
        other=other,
        present=present,
        quality_change=None if present is None else difference(present, facts),
        test=None if present is None else test_of(present, facts),
        thinks=present is not None and starts_thinking(facts, present),
        fit=fit_of(cells, facts),
    )


def _target(comparison: Comparison | None, usage: OwnUsage) -> Target | None:
    if comparison is None:
        return None
    other = comparison.other
    return Target(lambda cell: other.price_for(cell, usage.pricing), thinks=comparison.thinks)


def _check_prices(
    cells: Sequence[PricedCell], target: Target, comparison: Comparison | None
) -> None:
    if comparison is None or all(target.price_for(one.cell) is not None for one in cells):
        return
    name = shown(comparison.other.model)
    hint = "`/cost pricing` shows what has a price now."
    raise NotFound(f"{name} has no price in force for these requests, so it is unpriced.", hint)


def _share(cells: Sequence[PricedCell], holds: Callable[[PricedCell], bool]) -> Decimal:
    """Of the cost, 0 to 1."""
    whole = cost_of(cells)
    return cost_of(one for one in cells if holds(one)) / whole if whole else Decimal(0)


def _prices(priced: PricedCell) -> TokenPrices | None:
    price = priced.price
    return None if price is None else token_prices(price, batch=priced.cell.tokens.batch)


def _is_cacheable(priced: PricedCell) -> bool:
    prices = _prices(priced)
    return prices is not None and prices.cached_input < prices.fresh_input


def _is_written_dearer(priced: PricedCell) -> bool:
    prices = _prices(priced)
    return prices is not None and prices.cache_write > prices.fresh_input


def _is_batchable(priced: PricedCell) -> bool:
    price = priced.price
    if price is None or priced.cell.tokens.batch:
        return False
    usual, batch = token_prices(price, batch=False), token_prices(price, batch=True)
    return batch.fresh_input < usual.fresh_input or batch.output < usual.output


def _is_estimate(priced: PricedCell) -> bool:
    return priced.price is not None and priced.price.source is PriceSource.FALLBACK
