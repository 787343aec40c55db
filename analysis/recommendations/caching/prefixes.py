"""Beginnings that prompts share, in the provider's cache.

By the hashes of prompts' leading blocks it is known which of them were used shortly before, so a
cache that keeps things for one lifetime after their last use would have served them. They are
read at the price of cached input; shared blocks that were not there are written, at the price of
a write. What the provider's cache has served and stored already is taken off.

    hits   = tokens of leading blocks used within the lifetime before - cached tokens as counted
    writes = tokens of shared leading blocks that were not there - written tokens as counted
    saved  = hits · (fresh price - cached price) - writes · (write price - fresh price)

The lifetime is the one offered by the provider at which most is saved. Silent where: the price
list has no cheaper cached price; beginnings are shorter than the provider keeps; fewer than
`LEAST_REQUESTS` have hashes; the premium of writing eats what reading saves; the cache serves
nearly all that it could already; what is saved is below the floor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.caching.routes import (
    CachedRoute,
    hit_chart,
    stability_of,
    words_of,
)
from analysis.recommendations.caching.terms import CacheTerms, cache_terms
from analysis.recommendations.cells import PricedCell
from analysis.recommendations.confidence import confidence
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Proposal,
    QualityImpact,
)
from analysis.recommendations.ranges import savings_range, widened
from analysis.written import money, percent

LEAST_REQUESTS = 200
"""With known blocks: of fewer the hit rate is not known to within some 7 points."""

LEAST_RISE = Decimal("0.02")
"""Of all input, by which cached input has to rise: less is what blocks and counters differ by."""

METHOD_SPREAD = {True: Decimal("0.15"), False: Decimal("0.05")}
"""Relative standard deviation of what a cache serves of what it could, automatic or asked for.

An assumption: automatic caches are best effort, requests are spread over machines.
"""

UNCOUNTED = Decimal("0.5")
"""An automatic cache of which nothing was counted may have worked all the same."""

FORMULA = (
    "saved = hits × (fresh price − cached price) − writes × (write price − fresh price); hits = "
    "tokens of leading blocks used within the lifetime before, less what was cached already; "
    "writes = shared leading blocks that were not there, less what was written already; monthly "
    "= × 30 ÷ days of evidence"
)

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Offer:
    terms: CacheTerms
    reuse: Reuse
    hits: Decimal
    writes: Decimal
    saved: Decimal
    whole_saved: Decimal
    """Where whole prompts are written, for want of knowing what is shared."""
    all_saved: Decimal
    """Where requests without hashes share as much."""


def prefixes(route: CachedRoute, reuses: Sequence[Reuse], monthly_cost: Decimal) -> Proposal | None:
    """The proposal for one route, from its reuse at several lifetimes; None: nothing to save.

    Whether it is worth it is for the caller to say.

    Args:
        route: with its cells.
        reuses: of the route, one for each lifetime.
        monthly_cost: of the organization, USD.
    """
    known = [one for one in reuses if one.blocked >= LEAST_REQUESTS]
    offers = [
        offer
        for one in known
        for offer in _offers(route, one)
        if offer.saved > 0 and offer.hits >= LEAST_RISE * one.input_tokens
    ]
    if not offers:
        return None
    # Of equal ones the shortest: it asks least of whoever stores the prompts.
    best = max(offers, key=lambda offer: (offer.saved, -offer.terms.lifetime))
    return _proposal(route, best, known, monthly_cost)


def _offers(route: CachedRoute, reuse: Reuse) -> Iterator[_Offer]:
    """What the provider's caches of this lifetime would save."""
    cells = route.cacheable
    if not cells or not route.fresh:
        return
    price = cells[0].price
    if price is None:
        return
    for terms in cache_terms(price.provider):
        if terms.lifetime != reuse.lifetime:
            continue
        at = _priced(cells, terms)
        if at is not None:
            yield _offer(route, reuse, terms, at)


def _priced(cells: Sequence[PricedCell], terms: CacheTerms) -> list[PricedCell] | None:
    """The cells at what these terms cost; None: they do not hold for all of them."""
    found: list[PricedCell] = []
    for priced in cells:
        each = None if priced.price is None else terms.priced(priced.price)
        if priced.price is None or each is None:
            return None
        write = each[2]
        if write != priced.price.cache_write:
            if priced.cell.tokens.cache_write and priced.price.cache_write is not None:
                # What is written now is written at another price: what it cost would be wrong.
                return None
            found.append(replace(priced, price=replace(priced.price, cache_write=write)))
        else:
            found.append(priced)
    return found


def _offer(
    route: CachedRoute, reuse: Reuse, terms: CacheTerms, cells: Sequence[PricedCell]
) -> _Offer:
    tokens = [priced.cell.tokens for priced in cells]
    whole = sum(each.fresh_input + each.cached_input + each.cache_write for each in tokens)
    # Requests without blocks are supposed to be cached as much as those with them.
    part = min(Decimal(1), Decimal(reuse.input_tokens) / whole)
    cached = part * sum(each.cached_input for each in tokens)
    written = part * sum(each.cache_write for each in tokens)
    hits = max(_NONE, reuse.hit_tokens - cached)
    writes = max(_NONE, reuse.missed_shared_tokens - written)
    whole_writes = max(_NONE, reuse.missed_tokens - written)
    saved = route.saved(cells, hits, writes)
    return _Offer(
        terms=terms,
        reuse=reuse,
        hits=hits,
        writes=writes,
        saved=saved,
        whole_saved=route.saved(cells, hits, whole_writes),
        all_saved=saved / part if part else saved,
    )


def _proposal(
    route: CachedRoute, best: _Offer, known: Sequence[Reuse], monthly_cost: Decimal
) -> Proposal:
    period, terms, reuse = route.period, best.terms, best.reuse
    saved = min(period.monthly(best.saved), route.monthly_cost)
    by_day: dict[date, Decimal] = {day.day: Decimal(day.hit_tokens) for day in reuse.days}
    alike = stability_of(by_day, period)
    around = savings_range(
        saved,
        most=route.monthly_cost,
        stability=alike,
        method=METHOD_SPREAD[terms.is_automatic],
    )
    low, high = (period.monthly(one) for one in (best.whole_saved, best.all_saved))
    rate = _rate(reuse)
    is_counted = any(priced.cell.tokens.cached_input for priced in route.cells)
    sure = UNCOUNTED if terms.is_automatic and not is_counted else Decimal(1)
    return Proposal(
        kind=Kind.CACHING,
        organization=route.route.organization,
        scope=route.scope,
        variant="prefixes",
        title=f"Have the provider cache how prompts begin: {route.name}",
        description=(
            f"{percent(rate)} of the input had been sent at the beginning of another prompt within "
            f"{words_of(terms.lifetime)} before. Read from the provider's cache it would cost "
            f"{money(saved)} a month less, what is written to the cache included."
        ),
        current_cost=route.monthly_cost,
        savings=widened(around, low, min(high, route.monthly_cost)),
        confidence=confidence(
            days=len({day.day for day in reuse.days if day.input_tokens}),
            requests=reuse.blocked,
            stability=alike,
            known_share=route.priced_share * sure,
        ),
        difficulty=Difficulty.MEDIUM if terms.is_automatic else Difficulty.EASY,
        quality_impact=QualityImpact.NONE,
        formula=FORMULA,
        source=f"Terms and prices of the cache: {terms.source}",
        valid_until=route.valid_until,
        steps=terms.steps,
        parts=(route.part(saved),),
        action={
            "type": Kind.CACHING.value,
            "what": "prompt_prefixes",
            "provider": route.route.provider,
            "model": route.route.model,
            "lifetime_minutes": int(terms.lifetime.total_seconds()) // 60,
            "parameter": terms.parameter,
        },
        evidence=_evidence(route, best, known, monthly_cost),
    )


def _rate(reuse: Reuse) -> Decimal:
    return Decimal(reuse.hit_tokens) / reuse.input_tokens if reuse.input_tokens else _NONE


def _evidence(
    route: CachedRoute, best: _Offer, known: Sequence[Reuse], monthly_cost: Decimal
) -> dict[str, Json]:
    period, reuse = route.period, best.reuse
    price = route.cacheable[0].price
    each = None if price is None else best.terms.priced(price)
    prices: dict[str, Json] = {}
    if each is not None:
        names = ("fresh_input", "cached_input", "cache_write")
        prices = {name: dollars(value) for name, value in zip(names, each, strict=True)}
    ordered = sorted(known, key=lambda one: one.lifetime)
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "requests": reuse.requests,
        "requests_with_hashes": reuse.blocked,
        "input_tokens": reuse.input_tokens,
        "hit_tokens": reuse.hit_tokens,
        "missed_shared_tokens": reuse.missed_shared_tokens,
        "missed_tokens": reuse.missed_tokens,
        "new_hit_tokens": int(best.hits),
        "new_written_tokens": int(best.writes),
        "possible_hit_rate": share(_rate(reuse)),
        "shortest_prefix_tokens": reuse.shortest,
        "lifetime": best.terms.words,
        "usd_per_million_tokens": prices,
        "share_of_organization": share(
            route.monthly_cost / monthly_cost if monthly_cost > 0 else _NONE
        ),
        "savings_range": (
            "90 %: next month's hits by how far the two halves of the days differ, at least 13 %; "
            "at the low end whole prompts are written rather than what they share, at the high end "
            "requests without hashes share as much"
        ),
        "chart": hit_chart(
            [(one.lifetime, share(_rate(one))) for one in ordered], "possible hit rate of input"
        ),
    }
