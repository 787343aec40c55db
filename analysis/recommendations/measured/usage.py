"""What of an organization's usage a recommendation is held against: its own routes, and others.

Volume is made of what the recommendation leaves alone, in units that stay the same: input tokens
and output tokens, the latter weighed by what one costs to what the former does.

| kind | volume of a day |
| --- | --- |
| caching (but repeats), batch processing, context tiers | input + weight × output |
| a cheaper model | input + weight × requests × the output of a request before: another model may answer at greater length, and that is its cost |
| shorter prompts | requests × the input of a request before + weight × output |
| answers kept for repeats | what the organization's other routes have, in the same units: the requests saved are no longer there |
| other rates (tiers) | input + weight × output; neither prices nor other routes are taken out |
| unused features, fewer requests | days, each weekday by itself |

A cheaper model moves requests to another one, so the task (endpoint, feature and environment) is
followed: the model that it was, the one that is proposed, and those that the task did not have
before. Others control that nobody has claimed: of the same model where there are three such routes,
else of the same provider, else all.
"""  # noqa: E501 - a table

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from analysis.recommendations.cells import Route
from analysis.recommendations.measured.counterfactual import DRIFT, LEAST_ROUTES
from analysis.recommendations.measured.daily import UsageDay
from analysis.recommendations.measured.measure import Facts, Span, Spent
from analysis.recommendations.measured.volumes import (
    Levels,
    RoutePrices,
    Task,
    Volumes,
    task_of,
)
from analysis.recommendations.proposal import Kind, Proposal

NEWCOMER = Decimal("0.01")
"""A model with less than this share of a task's requests before it was not there before."""

DRIFTS: Mapping[Kind, float] = {
    Kind.CACHING: 0.01,
    Kind.BATCH_PROCESSING: 0.01,
    Kind.TIER_MIGRATION: 0.01,
    Kind.MODEL_DOWNGRADE: 0.03,
    Kind.PROMPT_OPTIMIZATION: 0.05,
}
"""How far the rate of a kind moves by itself in a month, relative. Of the cost of a token only how
much the provider's caches serve moves; of that of a request of so much input its output, too; of
that of a request of so much output its input, which costs more."""

SHARE_DRIFT = 0.06
"""Of the cost of a route beside all others, or of a day: what people do with it moves."""

_BY_DAY = frozenset({Kind.UNUSED_FEATURES, Kind.RATE_LIMITING})
"""Kinds that are to end requests; limits of single users and keys aside, see `measured_gpu`."""

CONTEXT_TIER = "context_tier|"
"""How the variants of tiers begin that are no other rates, but shorter requests."""

REPEATS = "repeats"
"""The variant of caching that keeps whole answers."""

_ZERO = Decimal(0)
_ONE = Decimal(1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """What of an organization's usage a recommendation is about.

    Attributes:
        kind: what is recommended.
        variant: of it.
        routes: whose dollars it takes.
        target: the model that is proposed instead; None: none is.
    """

    kind: Kind
    variant: str
    routes: frozenset[Route]
    target: str | None

    @property
    def tasks(self) -> frozenset[Task]:
        """Endpoint, feature and environment of its routes."""
        return frozenset(task_of(route) for route in self.routes)


def scope_of(proposal: Proposal) -> Scope:
    """What a proposal is about, from the dollars that it takes."""
    routes = frozenset(
        route for part in proposal.parts if (route := route_of(part.cell)) is not None
    )
    target = proposal.action.get("to")
    named = target.get("model") if isinstance(target, dict) else None
    return Scope(proposal.kind, proposal.variant, routes, named if isinstance(named, str) else None)


def route_of(cell: str) -> Route | None:
    """The route whose dollars these are, see `dollars_of`; None: they are no route's."""
    named = json.loads(cell) if cell.startswith("[") else None
    match named:
        case ["usage", *names] if len(names) == 6:
            return Route(*(None if name is None else str(name) for name in names))
        case _:
            return None


def usage_facts(
    scope: Scope,
    days: Sequence[UsageDay],
    span: Span,
    prices: RoutePrices,
    claimed: Collection[Scope] = (),
) -> Facts:
    """What is known of a recommendation's own routes and of those that control them.

    Args:
        scope: what it is about.
        days: all usage of its organization; days that are not compared may be among them.
        span: the days that are compared.
        prices: of the routes.
        claimed: all that somebody has claimed there: no control.
    """
    days = [one for one in days if span.is_before(one.day) or span.is_since(one.day)]
    own = _own(scope, days, span)
    touched = _touched([scope, *claimed])
    others = _nearest(scope, [one for one in days if not touched(one.route)])
    levels = Levels(own, span, prices, by_task=scope.kind is Kind.MODEL_DOWNGRADE)
    of_others = Levels(others, span, prices, by_task=False)
    unpriced = _unpriced_share(own, span)
    if scope.kind in _BY_DAY:
        return cost_by_weekday(((one.day, one.cost) for one in own), span, unpriced)
    if scope.kind is Kind.CACHING and scope.variant == REPEATS:
        spent = _of_others_volume(own, others, span, prices)
        return Facts(spent, (), unpriced, levels.of(own), drift=SHARE_DRIFT)
    if scope.kind is Kind.TIER_MIGRATION and not scope.variant.startswith(CONTEXT_TIER):
        # Other rates are what it is about: neither the list nor routes with the same rates may
        # take them out.
        own_volumes = Volumes(scope.kind, own, span, prices, levels.stratum)
        return Facts(own_volumes.spent(own), (), unpriced)
    volumes = Volumes(scope.kind, own, span, prices, levels.stratum)
    others_volumes = Volumes(scope.kind, others, span, prices, of_others.stratum)
    return Facts(
        own=volumes.spent(own),
        others=others_volumes.spent(others),
        unpriced_share=unpriced,
        level=levels.of(own),
        level_of_others=of_others.of(others),
        drift=DRIFTS.get(scope.kind, DRIFT),
    )


def traffic(scope: Scope, days: Sequence[UsageDay], span: Span) -> Decimal | None:
    """Requests a day of its own routes since, by those of before; None: there were none before."""
    own = _own(scope, days, span)
    before = sum(one.requests for one in own if span.is_before(one.day))
    after = sum(one.requests for one in own if span.is_since(one.day))
    first = min((one.day for one in own if span.is_before(one.day)), default=span.before_last)
    length = (span.before_last - first).days + 1
    return Decimal(after * length) / (before * span.days) if before and span.days else None


def _own(scope: Scope, days: Sequence[UsageDay], span: Span) -> list[UsageDay]:
    if scope.kind is not Kind.MODEL_DOWNGRADE:
        return [one for one in days if one.route in scope.routes]
    tasks = scope.tasks
    there = [one for one in days if task_of(one.route) in tasks]
    requests: dict[tuple[Task, str | None], int] = {}
    whole: dict[Task, int] = {}
    for one in there:
        if span.is_before(one.day):
            task = task_of(one.route)
            key = task, one.route.model
            asked = one.requests + one.unpriced_requests
            requests[key] = requests.get(key, 0) + asked
            whole[task] = whole.get(task, 0) + asked

    def follows(route: Route) -> bool:
        if route in scope.routes or (scope.target is not None and route.model == scope.target):
            return True
        task = task_of(route)
        return requests.get((task, route.model), 0) < NEWCOMER * whole.get(task, 0)

    return [one for one in there if follows(one.route)]


def _nearest(scope: Scope, others: Sequence[UsageDay]) -> list[UsageDay]:
    """Of the routes that nobody has claimed those that are alike: of the same model, else provider.

    A price that changed and that the list does not know changes theirs as well.
    """
    models = {(route.provider, route.model) for route in scope.routes}
    providers = {route.provider for route in scope.routes}
    groups = (
        [one for one in others if (one.route.provider, one.route.model) in models],
        [one for one in others if one.route.provider in providers],
    )
    for group in groups:
        if len({one.route for one in group}) >= LEAST_ROUTES:
            return group
    return list(others)


def _touched(scopes: Iterable[Scope]) -> Callable[[Route], bool]:
    tasks: set[tuple[str | None, Task]] = set()
    routes: set[Route] = set()
    for scope in scopes:
        routes |= scope.routes
        if scope.kind is Kind.MODEL_DOWNGRADE:
            tasks |= {(route.organization, task_of(route)) for route in scope.routes}

    def is_touched(route: Route) -> bool:
        return route in routes or (route.organization, task_of(route)) in tasks

    return is_touched


def _unpriced_share(own: Sequence[UsageDay], span: Span) -> Decimal:
    """Of the requests since, beyond the share that they had before."""

    def share(part: Sequence[UsageDay]) -> Decimal:
        unpriced = sum(one.unpriced_requests for one in part)
        whole = unpriced + sum(one.requests for one in part)
        return Decimal(unpriced) / whole if whole else _ZERO

    before = share([one for one in own if span.is_before(one.day)])
    return max(_ZERO, share([one for one in own if span.is_since(one.day)]) - before)


def _of_others_volume(
    own: Sequence[UsageDay], others: Sequence[UsageDay], span: Span, prices: RoutePrices
) -> list[Spent]:
    """The cost of a day beside what everybody else of the organization asked for."""
    volumes = Volumes(Kind.CACHING, others, span, prices, lambda route: str(route))
    rest: dict[date, Decimal] = {}
    for one in others:
        rest[one.day] = rest.get(one.day, _ZERO) + volumes.volume(one)
    if not rest:
        return list(cost_by_weekday(((one.day, one.cost) for one in own), span).own)
    costs: dict[date, Decimal] = {}
    for one in own:
        costs[one.day] = costs.get(one.day, _ZERO) + one.cost
    strata = {str(one.route) for one in own}
    stratum = min(strata, default="")
    return [Spent(day, stratum, costs.get(day, _ZERO), volume) for day, volume in rest.items()]


def cost_by_weekday(
    costs: Iterable[tuple[date, Decimal]], span: Span, unpriced_share: Decimal = _ZERO
) -> Facts:
    """What each day cost, those without any too, held against its weekday.

    Args:
        costs: USD by day, in any order, several of a day too.
        span: the days that are compared.
        unpriced_share: of the requests since that have no price, beyond what it was before.
    """
    of_day: dict[date, Decimal] = {}
    for day, cost in costs:
        of_day[day] = of_day.get(day, _ZERO) + cost
    return Facts(weekdays(of_day, span), unpriced_share=unpriced_share, drift=SHARE_DRIFT)


def weekdays(costs: Mapping[date, Decimal], span: Span) -> list[Spent]:
    """Days as volume: each weekday is held against its own mean before."""
    first = min((day for day in costs if span.is_before(day)), default=None)
    if first is None:
        return []
    days = [first + number * _DAY for number in range((span.before_last - first).days + 1)]
    days += [span.since + number * _DAY for number in range(span.days)]
    return [Spent(day, f"weekday {day.weekday()}", costs.get(day, _ZERO), _ONE) for day in days]
