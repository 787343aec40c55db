"""What usage would cost if some of it were done otherwise: levers that a person sets.

Each cell is priced anew by `analysis.recommendations.levers`, in the fixed order of that module:
requests that are not made, shorter ones, those that a cache serves, those that another model
answers, those that are sent as a batch. What a part saves is the difference that it makes after
all parts before it, so that the parts add up to what is saved together; beside it stands what it
would save alone.

    saved = Σ over cells of cost × (1 − price with the levers ÷ price now), × 30 ÷ days

The range of 90 % adds up two things that are unsure and independent, as squares: how the next
month differs from these days (whole weeks as draws, see `analysis.recommendations.weekly_draws`),
and, where another model answers, what it costs (a fifth, see `model_downgrade.METHOD_SPREAD`). A
model that thinks before it answers, where the present one does not, is counted with three times
the output tokens, and the range holds one time and six times (`alternatives.THINKING`). The shares
themselves are taken as they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from analysis.prices import UnitPrice
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route, UsageCell
from analysis.recommendations.cheaper_models.alternatives import THINKING
from analysis.recommendations.cheaper_models.model_downgrade import METHOD_SPREAD
from analysis.recommendations.levers import (
    Batch,
    Cache,
    Lever,
    Migrate,
    Remove,
    Shorten,
    cost_with,
)
from analysis.recommendations.ranges import NORMAL_90
from analysis.recommendations.weekly_draws import monthly_half_width

_NONE = Decimal(0)


class Part(StrEnum):
    """What is done otherwise, in the order in which it acts."""

    REQUESTS = "requests"
    LENGTH = "length"
    CACHE = "cache"
    MODEL = "model"
    BATCH = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What would be different; shares from 0 to 1, 0: nothing.

    Attributes:
        requests: of the requests, that would not be made.
        input, output: of the fresh input and of the output tokens, that would fall away.
        cache: of the fresh input tokens, that would be read from the provider's cache.
        cache_write: of them, that would be written to it; with `cache` at most 1.
        model: of the requests, that another model would answer.
        batch: of the requests, that would go through the batch interface.
    """

    requests: Decimal = _NONE
    input: Decimal = _NONE
    output: Decimal = _NONE
    cache: Decimal = _NONE
    cache_write: Decimal = _NONE
    model: Decimal = _NONE
    batch: Decimal = _NONE

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that change anything, in order."""
        present = {
            Part.REQUESTS: self.requests,
            Part.LENGTH: self.input or self.output,
            Part.CACHE: self.cache or self.cache_write,
            Part.MODEL: self.model,
            Part.BATCH: self.batch,
        }
        return tuple(part for part in Part if present[part])


@dataclass(frozen=True, slots=True)
class Target:
    """The model that requests would go to.

    Attributes:
        price_for: its price for the requests of a cell, by their size; None: it has none.
        thinks: it thinks before it answers, and the present one does not.
    """

    price_for: Callable[[UsageCell], UnitPrice | None]
    thinks: bool = False


@dataclass(frozen=True, slots=True)
class PartSaved:
    """What one part saves; below 0: it costs.

    Attributes:
        part: which.
        saved: USD a month, after all parts before it.
        alone: USD a month, without any other.
    """

    part: Part
    saved: Decimal
    alone: Decimal


@dataclass(frozen=True, slots=True)
class RouteSaved:
    """What a route costs, and what of it is saved by all parts together, USD a month."""

    cost: Decimal
    saved: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What it would come to, USD a month.

    Attributes:
        current: what it costs.
        saved: of it; below 0: it would cost more.
        low, high: the ends of a range that holds `saved` with 90 %.
        parts: in order; their `saved` add up to `saved`.
        routes: by route.
    """

    current: Decimal
    saved: Decimal
    low: Decimal
    high: Decimal
    parts: tuple[PartSaved, ...]
    routes: Mapping[Route, RouteSaved]

    @property
    def projected(self) -> Decimal:
        """What it would cost."""
        return self.current - self.saved


def what_if(
    cells: Sequence[PricedCell],
    changes: Changes,
    target: Target | None,
    period: EvidencePeriod,
    daily: Mapping[Route, Sequence[Decimal]],
) -> Outcome:
    """What usage would cost with some changes.

    Args:
        cells: the usage, priced.
        changes: what would be different.
        target: the other model; None: there is none.
        period: the days of the usage.
        daily: USD of each route on each of these days, in order.
    """
    parts = changes.parts
    least, likely, most = _levers(changes, target)
    current = _costs(cells)
    costs = current
    saved_by: list[PartSaved] = []
    for place, part in enumerate(parts):
        following = _costs(cells, _chosen(likely, parts[: place + 1]))
        alone = _total(current) - _total(_costs(cells, _chosen(likely, (part,))))
        saved_by.append(
            PartSaved(
                part,
                period.monthly(_total(costs) - _total(following)),
                period.monthly(alone),
            )
        )
        costs = following
    routes = {
        route: RouteSaved(period.monthly(cost), period.monthly(cost - costs[route]))
        for route, cost in current.items()
    }
    before = period.monthly(_total(current))
    saved = before - period.monthly(_total(costs))
    ends = [
        before - period.monthly(_total(_costs(cells, _chosen(levers, parts))))
        for levers in (least, most)
        if target is not None and target.thinks
    ]
    half = _half_width(routes, daily, _moved(cells, likely, parts, period))
    return Outcome(
        current=before,
        saved=saved,
        low=min(saved - half, *ends, saved),
        high=max(saved, *ends, min(before, saved + half)),
        parts=tuple(saved_by),
        routes=routes,
    )


_LeversOf = Callable[[UsageCell], Mapping[Part, Lever]]


def _levers(changes: Changes, target: Target | None) -> tuple[_LeversOf, _LeversOf, _LeversOf]:
    """The levers of a cell by part: where the other model thinks least, likely, and most."""

    def of(factor: Decimal) -> _LeversOf:
        # By identity: a price is looked up often, and slow to hash. Kept, it keeps its identity.
        prices: dict[int, tuple[UnitPrice, UnitPrice]] = {}

        def levers(cell: UsageCell) -> Mapping[Part, Lever]:
            found: dict[Part, Lever] = {
                Part.REQUESTS: Remove(changes.requests),
                Part.LENGTH: Shorten(changes.input, changes.output),
                Part.CACHE: Cache(changes.cache, changes.cache_write),
                Part.BATCH: Batch(changes.batch),
            }
            price = None if target is None else target.price_for(cell)
            if price is not None:
                if id(price) not in prices:
                    prices[id(price)] = price, with_output(price, factor)
                found[Part.MODEL] = Migrate(changes.model, prices[id(price)][1])
            return found

        return levers

    thinks = target is not None and target.thinks
    least, likely, most = THINKING if thinks else (Decimal(1),) * 3
    return of(least), of(likely), of(most)


def with_output(price: UnitPrice, factor: Decimal) -> UnitPrice:
    """A price at which the same requests cost what they would with so many times the output."""
    if factor == 1:
        return price
    return replace(
        price,
        output=price.output * factor,
        reasoning=None if price.reasoning is None else price.reasoning * factor,
        batch_output=None if price.batch_output is None else price.batch_output * factor,
    )


def _chosen(levers: _LeversOf, parts: Sequence[Part]) -> _LeversOf:
    def of(cell: UsageCell) -> Mapping[Part, Lever]:
        return {part: lever for part, lever in levers(cell).items() if part in parts}

    return of


def _costs(cells: Sequence[PricedCell], levers: _LeversOf | None = None) -> dict[Route, Decimal]:
    """USD of the days, by route."""
    costs: dict[Route, Decimal] = {}
    for priced in cells:
        cost = priced.cell.billed_cost
        if levers is not None:
            cost = cost_with(priced, levers(priced.cell).values())
        costs[priced.cell.route] = costs.get(priced.cell.route, _NONE) + cost
    return costs


def _total(costs: Mapping[Route, Decimal]) -> Decimal:
    return sum(costs.values(), _NONE)


def _moved(
    cells: Sequence[PricedCell], likely: _LeversOf, parts: Sequence[Part], period: EvidencePeriod
) -> Decimal:
    """What the other model would ask, USD a month."""
    if Part.MODEL not in parts:
        return _NONE
    with_all = _total(_costs(cells, _chosen(likely, parts)))

    def without_them(cell: UsageCell) -> Mapping[Part, Lever]:
        found = dict(_chosen(likely, parts)(cell))
        moved = found.get(Part.MODEL)
        if isinstance(moved, Migrate):
            found[Part.MODEL] = Migrate(moved.share, _free(moved.price))
        return found

    return period.monthly(with_all - _total(_costs(cells, without_them)))


def _free(price: UnitPrice) -> UnitPrice:
    """A price that asks for nothing."""
    return UnitPrice(
        provider=price.provider,
        model=price.model,
        input=_NONE,
        output=_NONE,
        effective_from=price.effective_from,
        effective_until=None,
        source=price.source,
        reference=price.reference,
    )


def _half_width(
    routes: Mapping[Route, RouteSaved], daily: Mapping[Route, Sequence[Decimal]], moved: Decimal
) -> Decimal:
    shares = {route: one.saved / one.cost for route, one in routes.items() if one.cost}
    days = max((len(costs) for costs in daily.values()), default=0)
    saved = [
        sum((shares.get(route, _NONE) * costs[day] for route, costs in daily.items()), _NONE)
        for day in range(days)
    ]
    of_days = monthly_half_width(saved) if saved else _NONE
    return (of_days**2 + (NORMAL_90 * METHOD_SPREAD * moved) ** 2).sqrt()
