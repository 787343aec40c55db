"""A provider's cache that serves far less than it did, or than it serves for others alike.

Without hashes only the provider's own counters tell how much of the input was cached. Two things
in them are worth a look, on routes whose prompts are long enough:

- **The route's own best week.** Cached input fell to less than half of what it was in the best
  earlier week: a prompt was changed near its beginning, or a setting was lost. To be sure, nearly
  every day of the last week lies below every day of the best one.
- **Its peers.** Other tasks of the organization on the same model, with prompts about as long, are
  cached at least twice as much. The lower quartile of them is what is held against it. Other tasks
  may share less by their nature, so this is a hint: it promises nothing at its low end.

    hits  = (share of the best week, or of the peers - share now) · input
    saved = hits · (fresh price - cached price) - writes · (write price - fresh price)

Silent where: there are fewer than two weeks, or too few requests in either; fewer than
`LEAST_PEERS` peers; the difference is below `LEAST_GAP` of the input; the price list has no cheaper
cached price; what is saved is below the floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.caching.counts import CacheCounts, CacheDay
from analysis.recommendations.caching.routes import CachedRoute
from analysis.recommendations.caching.terms import cache_terms
from analysis.recommendations.cells import Route
from analysis.recommendations.confidence import confidence
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.ranges import savings_range, widened
from analysis.written import money, percent

WEEK = 7

LEAST_WEEKLY = 500
"""Requests of a week, so that its share is its own."""

LEAST_DAILY = 20
"""Requests of a day, so that it is held against others."""

LEAST_GAP = Decimal("0.15")
"""Of the input: below, more is explained by other prompts than by a cache."""

TIMES = 2
"""The share has to be lower by this factor too."""

NEARLY_EVERY = WEEK - 1
"""Days of the last week that lie below every day of the best one; one may be odd."""

LEAST_PEERS = 3

LEAST_REQUESTS = 1_000
"""Of a route that is held against others, and of each of them."""

ALIKE_LENGTH = 2
"""Mean input of peers, at most so many times longer or shorter."""

METHOD_SPREAD = Decimal("0.2")
"""Relative standard deviation: a share that was there once need not be quite reached again."""

OF_PEERS = Decimal("0.4")
"""What is known when only other tasks are cached better: an assumption, replaced by what is
decided on recommendations in time."""

FORMULA = (
    "saved = hits × (fresh price − cached price) − writes × (write price − fresh price); hits = "
    "(cached share of the best week, or lower quartile of the peers − cached share now) × input; "
    "monthly = × 30 ÷ days"
)

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Week:
    """Seven days of one route."""

    days: tuple[CacheDay, ...]

    @property
    def requests(self) -> int:
        return sum(day.requests for day in self.days)

    @property
    def input(self) -> int:
        return sum(day.input for day in self.days)

    @property
    def cached(self) -> Decimal:
        return _share(sum(day.cached for day in self.days), self.input)

    @property
    def written(self) -> Decimal:
        return _share(sum(day.written for day in self.days), self.input)

    @property
    def daily(self) -> list[Decimal]:
        """The cached share of each day with enough requests."""
        return [_share(day.cached, day.input) for day in self.days if day.requests >= LEAST_DAILY]


@dataclass(frozen=True, slots=True)
class _Gap:
    """How far a route's cached share lies below what it could be."""

    now: Decimal
    could: Decimal
    written: Decimal
    requests: int
    days: int
    input: Decimal
    """Tokens a month that it is about."""
    is_own: bool
    evidence: Mapping[str, Json]
    words: str


def counters(
    route: CachedRoute, counts: CacheCounts, others: Sequence[CachedRoute]
) -> Proposal | None:
    """The proposal for one route without hashes; None: nothing to save.

    Whether it is worth it is for the caller to say.

    Args:
        route: with its cells.
        counts: of its days.
        others: all routes of the organization.
    """
    gap = _own_best(route, counts) or _below_peers(route, others)
    if gap is None:
        return None
    saved = _monthly(route, gap)
    return _proposal(route, gap, saved) if saved > 0 else None


def _own_best(route: CachedRoute, counts: CacheCounts) -> _Gap | None:
    weeks = [week for week in _weeks(route, counts.days) if week.requests >= LEAST_WEEKLY]
    if len(weeks) < TIMES or weeks[0].days[-1].day < route.period.last_day - timedelta(days=WEEK):
        return None
    last, *earlier = weeks
    best = max(earlier, key=lambda week: week.cached)
    if not _is_far(last.cached, best.cached) or not best.daily:
        return None
    if sum(1 for day in last.daily if day < min(best.daily)) < min(NEARLY_EVERY, len(last.daily)):
        return None
    month = Decimal(last.input) * 30 / WEEK
    return _Gap(
        now=last.cached,
        could=best.cached,
        written=max(_NONE, best.written - last.written),
        requests=last.requests + best.requests,
        days=len(last.daily) + len(best.daily),
        input=month,
        is_own=True,
        evidence={
            "compared_with": "own_best_week",
            "best_week_first_day": best.days[0].day.isoformat(),
            "last_week_first_day": last.days[0].day.isoformat(),
            "chart": {
                "kind": "line",
                "x_label": "day",
                "y_label": "cached share of input",
                "x": [day.day.isoformat() for day in counts.days],
                "y": [share(_share(day.cached, day.input)) for day in counts.days],
            },
        },
        words=f"{percent(best.cached)} in the week from {best.days[0].day:%Y-%m-%d} on",
    )


def _weeks(route: CachedRoute, days: Iterable[CacheDay]) -> list[_Week]:
    """The days by weeks, counted back from the last one; the latest first."""
    weeks: dict[int, list[CacheDay]] = {}
    for day in days:
        weeks.setdefault((route.period.last_day - day.day).days // WEEK, []).append(day)
    whole = route.period.days // WEEK
    return [_Week(tuple(weeks[at])) for at in sorted(weeks) if at < whole]


def _below_peers(route: CachedRoute, others: Sequence[CachedRoute]) -> _Gap | None:
    own = _totals(route)
    if own.requests < LEAST_REQUESTS:
        return None
    peers = [
        found.cached
        for other in others
        if other.route != route.route and _is_peer(route.route, other.route)
        for found in (_totals(other),)
        if found.requests >= LEAST_REQUESTS
        and own.each <= ALIKE_LENGTH * found.each
        and found.each <= ALIKE_LENGTH * own.each
    ]
    if len(peers) < LEAST_PEERS:
        return None
    quartile = sorted(peers)[(len(peers) - 1) // 4]
    if not _is_far(own.cached, quartile):
        return None
    return _Gap(
        now=own.cached,
        could=quartile,
        written=_NONE,
        requests=own.requests,
        days=route.period.days,
        input=route.period.monthly(Decimal(own.input)),
        is_own=False,
        evidence={"compared_with": "peers", "peers": len(peers)},
        words=f"at least {percent(quartile)} for three quarters of {len(peers)} other tasks on it",
    )


@dataclass(frozen=True, slots=True)
class _Totals:
    requests: int
    input: int
    cached: Decimal

    @property
    def each(self) -> Decimal:
        return Decimal(self.input) / max(1, self.requests)


def _totals(route: CachedRoute) -> _Totals:
    tokens = [priced.cell.tokens for priced in route.cacheable]
    whole = sum(each.fresh_input + each.cached_input + each.cache_write for each in tokens)
    cached = sum(each.cached_input for each in tokens)
    return _Totals(sum(each.requests for each in tokens), whole, _share(cached, whole))


def _is_peer(one: Route, other: Route) -> bool:
    return (one.organization, one.provider, one.model) == (
        other.organization,
        other.provider,
        other.model,
    )


def _is_far(now: Decimal, could: Decimal) -> bool:
    return could - now >= LEAST_GAP and could >= TIMES * now


def _monthly(route: CachedRoute, gap: _Gap) -> Decimal:
    """USD a month; what the route would save over all days, scaled to the input it is about."""
    cells = route.cacheable
    own = _totals(route)
    if not own.input or any(
        priced.price is None
        or priced.price.cached_input is None
        or priced.price.cached_input >= priced.price.input
        for priced in cells
    ):
        return _NONE
    # What was cached in better days is not fresh, so that all days have less fresh input to be
    # hit than the last week: what a token saves is asked for, and how many there are now.
    fresh = Decimal(route.fresh)
    if not fresh:
        return _NONE
    each_hit = route.saved(cells, fresh, _NONE) / fresh
    each_write = route.saved(cells, _NONE, fresh) / fresh
    saved = gap.input * ((gap.could - gap.now) * each_hit + gap.written * each_write)
    return min(saved, route.monthly_cost)


def _proposal(route: CachedRoute, gap: _Gap, saved: Decimal) -> Proposal:
    price = route.cacheable[0].price
    terms = cache_terms("" if price is None else price.provider)[0]
    first = (
        "Find what changed at the beginning of the prompts since then: a date, a name, the order "
        "of tools, another model version or gateway."
        if gap.is_own
        else "Look whether the prompts of this task begin alike, and what changes near their "
        "beginning."
    )
    around = savings_range(saved, most=route.monthly_cost, stability=None, method=METHOD_SPREAD)
    savings: Savings = around if gap.is_own else widened(around, _NONE, around.high)
    return Proposal(
        kind=Kind.CACHING,
        organization=route.route.organization,
        scope=route.scope,
        variant="counters",
        title=f"Look at why the provider's cache serves little: {route.name}",
        description=(
            f"The cache serves {percent(gap.now)} of the input; it was {gap.words}. "
            if gap.is_own
            else f"The cache serves {percent(gap.now)} of the input, and {gap.words}. "
        )
        + f"Cached as much it would cost {money(saved)} a month less.",
        current_cost=route.monthly_cost,
        savings=savings,
        confidence=confidence(
            days=gap.days,
            requests=gap.requests,
            stability=None,
            known_share=route.priced_share * (1 if gap.is_own else OF_PEERS),
        ),
        difficulty=Difficulty.MEDIUM,
        quality_impact=QualityImpact.NONE,
        formula=FORMULA,
        source=f"Terms and prices of the cache: {terms.source}",
        valid_until=route.valid_until,
        steps=(first, *terms.steps),
        parts=(route.part(saved),),
        action={
            "type": Kind.CACHING.value,
            "what": "cache_counters",
            "provider": route.route.provider,
            "model": route.route.model,
        },
        evidence={
            "first_day": route.period.first_day.isoformat(),
            "last_day": route.period.last_day.isoformat(),
            "requests": gap.requests,
            "cached_share": share(gap.now),
            "possible_share": share(gap.could),
            "monthly_input_tokens": int(gap.input),
            "monthly_saved": dollars(saved),
            "savings_range": (
                "90 %: next month's volume within some 13 to 33 %, and 20 % for a share that was "
                "there and need not be quite reached"
                + ("" if gap.is_own else "; nothing at the low end: other tasks may share more")
            ),
            **gap.evidence,
        },
    )


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else _NONE
