"""Prompts that need not be paid in full: the provider's cache, and a cache of one's own.

Three findings, each about one route: the requests of one organization to one model by one
endpoint, feature and environment.

- beginnings that prompts share: `caching.prefixes`
- where there are no hashes, what the provider's counters tell: `…caching_counters`
- requests that are asked again word for word: `…caching_repeats`

Their formulas, their sources and what they are silent about stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from analysis.recommendations.caching.counters import counters
from analysis.recommendations.caching.counts import CacheCounts
from analysis.recommendations.caching.prefixes import prefixes
from analysis.recommendations.caching.repeats import repeats
from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.caching.routes import CachedRoute, routes_of
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.proposal import Proposal


def propose(
    cells: Sequence[PricedCell],
    reuses: Iterable[Reuse],
    period: EvidencePeriod,
    *,
    counts: Iterable[CacheCounts] = (),
    monthly_cost: Decimal | None = None,
) -> list[Proposal]:
    """At most two proposals for each route, the one that saves most first.

    Args:
        cells: of one organization, with their prices.
        reuses: what its requests repeat, by route and lifetime.
        period: the days of the evidence.
        counts: cached and written input by route and day; empty: nobody counted.
        monthly_cost: of everything that the organization spends, USD; None: of these cells.
    """
    routes = routes_of(cells, period)
    spent = sum((route.cost for route in routes.values()), Decimal(0))
    total = period.monthly(spent) if monthly_cost is None else monthly_cost
    by_route: dict[Route, list[Reuse]] = {}
    for one in reuses:
        by_route.setdefault(one.route, []).append(one)
    counted = {one.route: one for one in counts}
    found = [
        proposal
        for name, route in routes.items()
        for proposal in _of(
            route,
            by_route.get(name, []),
            counted.get(name, CacheCounts(name, ())),
            [*routes.values()],
            total,
        )
        if is_worth_it(proposal.savings.likely, total)
    ]
    return sorted(found, key=lambda one: (-one.savings.likely, one.key))


def _of(
    route: CachedRoute,
    reuses: Sequence[Reuse],
    counts: CacheCounts,
    others: Sequence[CachedRoute],
    monthly_cost: Decimal,
) -> Iterator[Proposal]:
    is_blocked = any(one.blocked for one in reuses)
    shared = (
        prefixes(route, reuses, monthly_cost) if is_blocked else counters(route, counts, others)
    )
    again = repeats(route, reuses)
    yield from (proposal for proposal in (shared, again) if proposal is not None)
