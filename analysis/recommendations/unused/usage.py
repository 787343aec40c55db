"""Keys, endpoints, features and models that serve nobody: see `unused_features`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from analysis.recommendations.cells import EvidencePeriod, Route, dollars_of
from analysis.recommendations.confidence import confidence, stability
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.unused.feature_use import FeatureUse, UseDay
from analysis.recommendations.weekly_draws import monthly_range
from analysis.written import money, plural

LEAST_DAYS = 7
"""On which it cost something: two days of failures are an incident, and somebody's already."""

LEAST_REQUESTS = 50
"""Before it is said of requests that none of them served."""

LEAST_CHECKS = 200
"""Before it is said that they are health checks: one in an hour, for eight days."""

NEARLY_ALL = Decimal("0.95")

MOST_SIZES = 2
"""Of the input of health checks. They ask the same each time; short questions of people differ."""

MOST_SERVED_COST = Decimal("0.1")
"""Of the cost, of requests that are no health checks: more is use, however rare."""

RECENT = timedelta(days=3)
"""It still costs something within so long before the evidence ends: otherwise it is over."""

TESTS = frozenset({"test", "testing", "tests", "ci", "qa", "sandbox", "dev", "development"})
"""Environments that serve no customer. Staging is not among them: it is like production."""

TEST_CERTAINTY = Decimal("0.5")
"""What is known of a test is multiplied by this: somebody may want it as it is."""

VALID_DAYS = 14

_ZERO = Decimal(0)

_ORDER = ("model", "endpoint", "feature", "key")
"""What is looked at first. The same dollars are told of once, by the widest that is unused."""


class Why(StrEnum):
    """Why something counts as unused."""

    SERVED_NOBODY = "served_nobody"
    HEALTH_CHECKS = "health_checks"
    ONE_TEST = "one_test"


@dataclass(frozen=True, slots=True)
class _Found:
    use: FeatureUse
    why: Why
    daily: tuple[Decimal, ...]


def unused_usage(
    features: Iterable[FeatureUse], costs: Mapping[Route, Decimal], period: EvidencePeriod
) -> list[Proposal]:
    """What is paid for and serves nobody, no dollar twice.

    Args:
        features: of one organization.
        costs: USD a month, by route.
        period: the days.
    """
    ordered = sorted(features, key=lambda one: (_ORDER.index(one.kind), -one.cost, one.name))
    told: set[Route] = set()
    found: list[Proposal] = []
    for use in ordered:
        routes = {route for route, _ in use.routes}
        one = _judged(use, period)
        # A route that is told of leaves nothing to tell of its keys.
        if one is None or (routes and routes <= told):
            continue
        told |= routes if use.kind != "key" else set()
        found.append(_proposal(one, costs, period))
    return found


def _judged(use: FeatureUse, period: EvidencePeriod) -> _Found | None:
    costly = [day for day in use.days if day.cost > 0]
    if len(costly) < LEAST_DAYS or period.last_day - costly[-1].day > RECENT:
        return None
    why = _why(use)
    if why is None:
        return None
    daily = [_ZERO] * period.days
    for day in use.days:
        daily[(day.day - period.first_day).days] = _unused_of(day, why)
    first = next(place for place, amount in enumerate(daily) if amount > 0) if any(daily) else None
    return None if first is None else _Found(use, why, tuple(daily[first:]))


def _why(use: FeatureUse) -> Why | None:
    failed = sum(day.failed for day in use.days)
    small = sum(day.small for day in use.days)
    standing = sum((day.standing_cost for day in use.days), _ZERO)
    served = sum((day.served_cost for day in use.days), _ZERO)
    answered = use.requests - failed
    if answered == 0 and (use.requests >= LEAST_REQUESTS or standing > 0):
        return Why.SERVED_NOBODY
    checks = small >= NEARLY_ALL * answered and served <= MOST_SERVED_COST * use.cost
    alike = use.small_sizes <= MOST_SIZES and not use.user_requests
    if checks and alike and (small >= LEAST_CHECKS or standing > 0):
        return Why.HEALTH_CHECKS
    environments = {(name or "").lower() for name in use.environments}
    one_test = use.actors == 1 and environments <= TESTS and not use.user_requests
    if use.kind == "model" and one_test and use.requests >= LEAST_REQUESTS:
        return Why.ONE_TEST
    return None


def _unused_of(day: UseDay, why: Why) -> Decimal:
    return day.cost - day.served_cost if why is Why.HEALTH_CHECKS else day.cost


def _proposal(found: _Found, costs: Mapping[Route, Decimal], period: EvidencePeriod) -> Proposal:
    use = found.use
    place = len(found.daily) // 2
    first, rest = found.daily[:place], found.daily[place:]
    alike = stability(_mean(first), _mean(rest))
    cost = period.monthly(use.cost)
    around = monthly_range(found.daily, max(cost, _mean(found.daily) * 30))
    likely = min(around.likely, cost)
    savings = Savings(
        low=_ZERO if found.why is Why.ONE_TEST else min(around.low, likely),
        likely=likely,
        high=max(likely, around.high),
    )
    known = TEST_CERTAINTY if found.why is Why.ONE_TEST else Decimal(1)
    if use.requests:
        known *= 1 - Decimal(min(use.unpriced_requests, use.requests)) / use.requests
    scope = {use.kind: (use.name,)}
    return Proposal(
        kind=Kind.UNUSED_FEATURES,
        organization=use.organization,
        scope=scope | ({"provider": (use.provider,)} if use.provider else {}),
        variant=found.why.value,
        title=_TITLES[found.why].format(kind=use.kind, name=use.name),
        description=_description(found, period),
        current_cost=cost,
        savings=savings,
        confidence=confidence(
            days=len(found.daily),
            # Charges for having something come by the day.
            requests=max(use.requests, len(use.days)),
            stability=alike,
            known_share=known,
        ),
        difficulty=Difficulty.MEDIUM if found.why is Why.ONE_TEST else Difficulty.EASY,
        quality_impact=QualityImpact.NONE,
        formula="saved = what it cost on the evidence's days × 30 ÷ days, without what served",
        source="FinOps Framework, Workload Optimization: unused resources",
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(found),
        parts=_parts(found, costs, period, likely),
        action={"do": "switch_off", "what": use.kind, "name": use.name, "why": found.why.value},
        evidence=_evidence(found, period),
    )


def _mean(daily: Sequence[Decimal]) -> Decimal:
    return sum(daily, _ZERO) / len(daily) if daily else _ZERO


_TITLES = {
    Why.SERVED_NOBODY: "The {kind} {name} is paid for and serves nobody",
    Why.HEALTH_CHECKS: "The {kind} {name} is asked for health checks alone",
    Why.ONE_TEST: "The {kind} {name} is used by one test alone",
}


def _description(found: _Found, period: EvidencePeriod) -> str:
    use = found.use
    costs = f"{money(use.cost)} in {plural(period.days, 'day')}"
    failed = sum(day.failed for day in use.days)
    if found.why is Why.SERVED_NOBODY:
        asked = f"all {plural(failed, 'request')} failed" if failed else "nobody asked anything"
        return f"It cost {costs}, and {asked}."
    if found.why is Why.HEALTH_CHECKS:
        small = sum(day.small for day in use.days)
        return (
            f"It cost {costs}. {plural(small, 'request')} of {plural(use.requests, 'request')} are "
            "as small as a ping, alike, and in no user's name."
        )
    return f"It cost {costs}: one sender of a test environment, and nobody else, uses it."


def _steps(found: _Found) -> tuple[str, ...]:
    use = found.use
    ask = f"Ask whoever owns the {use.kind} {use.name} whether anything depends on it."
    if found.why is Why.HEALTH_CHECKS:
        return (
            ask,
            "Check that a model answers by listing it (OpenAI and Anthropic: "
            "`GET /v1/models/{model}`), which costs nothing, or ask far less often, with one "
            "output token at most (`max_tokens`).",
        )
    if found.why is Why.ONE_TEST:
        return (
            ask,
            "Let the test ask the model that production uses, or record its answers once and "
            "replay them.",
        )
    if use.kind == "key":
        return (
            ask,
            "Stop what retries with it: look at the error of its last requests first.",
            "Revoke the key at the provider once nothing asks with it any more.",
        )
    return (
        ask,
        "Stop what retries: look at the error of the last requests first.",
        "Delete the deployment, the fine-tune or the endpoint at the provider: what is hosted is "
        "paid by the hour, asked or not.",
    )


def _parts(
    found: _Found, costs: Mapping[Route, Decimal], period: EvidencePeriod, likely: Decimal
) -> tuple[Part, ...]:
    """What it takes of each route: of one that others use too, only its own share."""
    whole = found.use.cost
    parts: list[Part] = []
    for route, cost in found.use.routes:
        if cost <= 0 or whole <= 0:
            continue
        of_route = max(costs.get(route, _ZERO), period.monthly(cost))
        parts.append(Part(dollars_of(route), of_route, min(of_route, likely * cost / whole)))
    return tuple(parts)


def _evidence(found: _Found, period: EvidencePeriod) -> dict[str, Json]:
    use = found.use
    failed = sum(day.failed for day in use.days)
    small = sum(day.small for day in use.days)
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "why": found.why.value,
        "requests": use.requests,
        "failed_requests": failed,
        "health_check_sized_requests": small,
        "health_check_sizes": use.small_sizes,
        "actors": use.actors,
        "environments": [*use.environments],
        "days_with_cost": sum(day.cost > 0 for day in use.days),
        "cost": dollars(use.cost),
        "standing_cost": dollars(sum((day.standing_cost for day in use.days), _ZERO)),
        "served_share": share(
            sum((day.served_cost for day in use.days), _ZERO) / use.cost if use.cost else _ZERO
        ),
        "savings_range": "90 % for one further month: weeks as draws, Student's t"
        + ("; at the low end the test is wanted as it is" if found.why is Why.ONE_TEST else ""),
        "chart": {
            "x": [day.day.isoformat() for day in use.days],
            "y": [dollars(day.cost) for day in use.days],
            "labels": {"title": f"Cost of the {use.kind}", "x": "day, UTC", "y": "USD"},
        },
    }
