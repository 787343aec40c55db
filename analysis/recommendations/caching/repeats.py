"""Requests that were asked before, word for word, answered from a cache of one's own.

By the hash of the whole prompt, sampling parameters included, it is known which requests had been
asked within some time before. A cache that keeps answers as long after their last use would have
answered them: they would not have been sent.

    saved = Σ billed cost of the requests repeated within the lifetime

Of the lifetimes the shortest is proposed that saves nearly as much as the longest: an answer that
is kept for longer is more often out of date. Silent where: fewer than `LEAST_REQUESTS` have a hash,
fewer than `LEAST_REPEATS` repeat; they are a smaller share than `LEAST_SHARE`; what is saved is
below the floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.caching.routes import (
    CachedRoute,
    hit_chart,
    stability_of,
    words_of,
)
from analysis.recommendations.confidence import confidence
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Proposal,
    QualityImpact,
)
from analysis.recommendations.ranges import savings_range
from analysis.written import money, percent, plural

LEAST_REQUESTS = 200
"""With a hash."""

LEAST_REPEATS = 50
"""Of 50 the share of repeats is known to within a seventh (1 / √50)."""

LEAST_SHARE = Decimal("0.01")
"""Of the requests with a hash: whoever tests a prompt twice is no reason to build a cache."""

NEARLY_ALL = Decimal("0.9")
"""Of what the longest lifetime saves."""

METHOD_SPREAD = Decimal("0.1")
"""Relative standard deviation: some answers must not be repeated, some are thrown out early."""

FORMULA = (
    "saved = Σ billed cost of the requests whose whole prompt was asked within the lifetime "
    "before; monthly = × 30 ÷ days of evidence"
)

SOURCE = (
    "FinOps Foundation, “Optimizing GenAI Usage”: response caching; RFC 9111 for the freshness of "
    "stored responses"
)

STEPS = (
    "Keep answers under the hash of the whole request: model, messages, tools and sampling "
    "parameters, and whose request it is, so that nobody is given another's answer.",
    "Keep each for {lifetime} after its last use, and throw all of them out when the model, the "
    "prompt or the data behind it changes.",
    "Leave out what must be answered anew: several samples of one prompt asked on purpose, and "
    "answers that depend on the time or on a search.",
    "Count hits and misses, and compare the hit rate with the one here.",
)


def repeats(route: CachedRoute, reuses: Sequence[Reuse]) -> Proposal | None:
    """The proposal for one route, from its reuse at several lifetimes; None: nothing to save.

    Whether it is worth it is for the caller to say.
    """
    known = sorted(
        (
            one
            for one in reuses
            if one.hashed >= LEAST_REQUESTS
            and one.repeats >= max(LEAST_REPEATS, LEAST_SHARE * one.hashed)
            and one.repeated_cost > 0
        ),
        key=lambda one: one.lifetime,
    )
    if not known:
        return None
    enough = NEARLY_ALL * known[-1].repeated_cost
    best = next(one for one in known if one.repeated_cost >= enough)
    return _proposal(route, best, [one for one in reuses if one.hashed])


def _proposal(route: CachedRoute, best: Reuse, known: Sequence[Reuse]) -> Proposal:
    period = route.period
    saved = min(period.monthly(best.repeated_cost), route.monthly_cost)
    alike = stability_of({day.day: day.repeated_cost for day in best.days}, period)
    lifetime = words_of(best.lifetime)
    return Proposal(
        kind=Kind.CACHING,
        organization=route.route.organization,
        scope=route.scope,
        variant="repeats",
        title=f"Keep answers to prompts that are asked again: {route.name}",
        description=(
            f"{percent(_rate(best))} of the requests with a hash ({plural(best.repeats, 'request')}"
            f") had been asked word for word within {lifetime}. Answered from a cache of your own "
            f"they would have saved {money(saved)} a month."
        ),
        current_cost=route.monthly_cost,
        savings=savings_range(
            saved, most=route.monthly_cost, stability=alike, method=METHOD_SPREAD
        ),
        confidence=confidence(
            days=len({day.day for day in best.days if day.hashed}),
            requests=best.hashed,
            stability=alike,
            known_share=route.priced_share,
        ),
        difficulty=Difficulty.MEDIUM,
        quality_impact=QualityImpact.LOW,
        formula=FORMULA,
        source=SOURCE,
        valid_until=route.valid_until,
        steps=tuple(step.format(lifetime=lifetime) for step in STEPS),
        parts=(route.part(saved),),
        action={
            "type": Kind.CACHING.value,
            "what": "own_answers",
            "provider": route.route.provider,
            "model": route.route.model,
            "lifetime_minutes": int(best.lifetime.total_seconds()) // 60,
        },
        evidence=_evidence(route, best, known),
    )


def _rate(reuse: Reuse) -> Decimal:
    return Decimal(reuse.repeats) / reuse.hashed


def _evidence(route: CachedRoute, best: Reuse, known: Sequence[Reuse]) -> dict[str, Json]:
    period = route.period
    ordered = sorted(known, key=lambda one: one.lifetime)
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "requests": best.requests,
        "requests_with_hashes": best.hashed,
        "repeats": best.repeats,
        "hit_rate": share(_rate(best)),
        "lifetime": f"{words_of(best.lifetime)} after the last use",
        "monthly_saved_by_lifetime": [
            {
                "lifetime": words_of(one.lifetime),
                "repeats": one.repeats,
                "monthly_saved": dollars(period.monthly(one.repeated_cost)),
            }
            for one in ordered
        ],
        "savings_range": (
            "90 %: next month's repeats by how far the two halves of the days differ, at least "
            "13 %, and 10 % for answers that cannot be kept"
        ),
        "chart": hit_chart(
            [(one.lifetime, share(_rate(one))) for one in ordered], "hit rate of requests"
        ),
    }
