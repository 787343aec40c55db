"""Opportunities: where an organization's money could be saved, for whoever looks into it.

A recommendation says what to do; an opportunity says where to look, with all that belongs
together as one: one per organization and kind. They come from the same evidence, so they never
know of savings that no recommendation, no repeat and no failure stands behind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.proposal import Difficulty, Json, Kind, Proposal
from analysis.recommendations.together import together
from analysis.recommendations.unused.feature_use import QuietKey

TOP = 20
"""Names and rows that are listed at most; the rest is counted."""

USUAL_FAILURES = Decimal("0.02")
"""Share of requests that fail at any provider on any day: what goes beyond it is somebody's."""

MANY_FAILURES = Decimal("0.05")
"""Share of failed requests from which a route is looked into: far beyond what is usual."""

LEAST_REQUESTS = 200
"""On a route, before its failures are judged: at 5 %, ten of them."""

HOURS = {Difficulty.EASY: 2, Difficulty.MEDIUM: 8, Difficulty.HARD: 24}
"""Of work that a recommendation takes: an hour or two, a day, three days."""

FAILURE_HOURS, REPEAT_HOURS = 8, 8


class OpportunityKind(StrEnum):
    """Where money could be saved."""

    EXPENSIVE_MODEL_OVERUSE = "expensive_model_overuse"
    LOW_CACHE_HIT_RATE = "low_cache_hit_rate"
    HIGH_ERROR_RATE = "high_error_rate"
    UNUSED_FEATURES = "unused_features"
    OFF_PEAK_USAGE_POTENTIAL = "off_peak_usage_potential"
    DUPLICATE_REQUESTS = "duplicate_requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """An opportunity as the evidence supports it.

    Attributes:
        kind: where money could be saved.
        organization: whose; None: the deployment's own.
        title: one line.
        affected: names by dimension, the dearest first, at most `TOP` of each.
        first_day, last_day: of the evidence.
        current_cost: USD a month of what it is about.
        potential_savings: USD a month, no dollar counted twice.
        confidence: 0 to 1.
        method: how the savings were reckoned.
        data: what it was drawn from: JSON with stable names.
        actions: what to do, in order.
        hours_to_implement: of work, a rough guess.
    """

    kind: OpportunityKind
    organization: str | None
    title: str
    affected: Mapping[str, tuple[str, ...]]
    first_day: date
    last_day: date
    current_cost: Decimal
    potential_savings: Decimal
    confidence: Decimal
    method: str
    data: Mapping[str, Json]
    actions: tuple[str, ...]
    hours_to_implement: int

    @property
    def key(self) -> str:
        """The same for the same opportunity, however often it is drawn: 32 hex digits."""
        whole = json.dumps(["opportunity", self.kind.value, self.organization])
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


_OF_RECOMMENDATIONS: Mapping[OpportunityKind, tuple[Kind, str]] = {
    OpportunityKind.EXPENSIVE_MODEL_OVERUSE: (
        Kind.MODEL_DOWNGRADE,
        "Requests that a cheaper model could answer",
    ),
    OpportunityKind.LOW_CACHE_HIT_RATE: (
        Kind.CACHING,
        "Input that a cache could serve",
    ),
    OpportunityKind.OFF_PEAK_USAGE_POTENTIAL: (
        Kind.BATCH_PROCESSING,
        "Requests that could wait",
    ),
    OpportunityKind.UNUSED_FEATURES: (
        Kind.UNUSED_FEATURES,
        "What is paid for and not used",
    ),
}


def opportunities(
    organization: str | None,
    proposals: Sequence[Proposal],
    cells: Sequence[PricedCell],
    reuse: Sequence[Reuse],
    period: EvidencePeriod,
    quiet: Sequence[QuietKey] = (),
) -> list[Opportunity]:
    """The opportunities of one organization, the largest first.

    Args:
        organization: whose; None: the deployment's own.
        proposals: its recommendations, those of all kinds.
        cells: its usage.
        reuse: what its requests repeat.
        period: of the evidence.
        quiet: keys without any request of late: no saving by themselves, but worth a look where
            something else is unused, too.
    """
    monthly = period.monthly(sum((cell.cell.billed_cost for cell in cells), Decimal(0)))
    found = [
        _of_recommendations(kind, organization, proposals, period, quiet)
        for kind in _OF_RECOMMENDATIONS
    ]
    found += [
        _failures(organization, cells, monthly, period),
        _repeats(organization, reuse, monthly, period),
    ]
    there = [one for one in found if one is not None]
    return sorted(there, key=lambda one: (-one.potential_savings, one.kind))


def _of_recommendations(
    kind: OpportunityKind,
    organization: str | None,
    proposals: Sequence[Proposal],
    period: EvidencePeriod,
    quiet: Sequence[QuietKey],
) -> Opportunity | None:
    """What all recommendations of a kind add up to, no dollar counted twice."""
    of_kind, title = _OF_RECOMMENDATIONS[kind]
    some = sorted(
        (one for one in proposals if one.kind is of_kind), key=lambda one: -one.savings.likely
    )
    if kind is OpportunityKind.LOW_CACHE_HIT_RATE:
        # What repeats as a whole is an opportunity of its own.
        some = [one for one in some if "repeat" not in one.variant]
    saved = together((one.kind, one.parts) for one in some).together
    if not some or saved <= 0:
        return None
    total = sum((one.savings.likely for one in some), Decimal(0))
    weighed = sum((one.savings.likely * one.confidence for one in some), Decimal(0))
    costs = {part.cell: part.cost for one in some for part in one.parts}
    rows: list[Json] = [
        {"title": one.title, "savings": f"{one.savings.likely:.2f}", "key": one.key}
        for one in some[:TOP]
    ]
    data: dict[str, Json] = {"recommendations": rows, "count": len(some)}
    if kind is OpportunityKind.UNUSED_FEATURES and quiet:
        data["quiet_keys"] = [
            {"key": one.name, "last_day": one.last_day.isoformat()} for one in quiet[:TOP]
        ]
    return Opportunity(
        kind=kind,
        organization=organization,
        title=title,
        affected=_affected(some),
        first_day=period.first_day,
        last_day=period.last_day,
        current_cost=sum(costs.values(), Decimal(0)),
        potential_savings=saved,
        confidence=weighed / total if total else Decimal(0),
        method=f"what the recommendations of kind {of_kind} save together, none counted twice",
        data=data,
        actions=tuple(dict.fromkeys(one.title for one in some[:TOP])),
        hours_to_implement=sum(HOURS[one.difficulty] for one in some),
    )


def _affected(proposals: Iterable[Proposal]) -> dict[str, tuple[str, ...]]:
    names: dict[str, dict[str, None]] = {}
    for proposal in proposals:
        for dimension, values in proposal.scope.items():
            names.setdefault(dimension, {}).update(dict.fromkeys(values))
    return {dimension: tuple(values)[:TOP] for dimension, values in sorted(names.items())}


def _failures(
    organization: str | None,
    cells: Sequence[PricedCell],
    monthly: Decimal,
    period: EvidencePeriod,
) -> Opportunity | None:
    """Failures beyond the usual share, at the mean cost of a request on their route.

    A failed request that was not billed costs less than that: the range's upper end.
    """
    requests: dict[Route, int] = {}
    failed: dict[Route, int] = {}
    costs: dict[Route, Decimal] = {}
    for priced in cells:
        cell = priced.cell
        requests[cell.route] = requests.get(cell.route, 0) + cell.tokens.requests
        failed[cell.route] = failed.get(cell.route, 0) + cell.failed_requests
        costs[cell.route] = costs.get(cell.route, Decimal(0)) + cell.billed_cost
    saved: dict[Route, Decimal] = {}
    for route, number in requests.items():
        share = Decimal(failed[route]) / number if number else Decimal(0)
        if number >= LEAST_REQUESTS and share >= MANY_FAILURES:
            saved[route] = period.monthly(costs[route] * (share - USUAL_FAILURES))
    total = sum(saved.values(), Decimal(0))
    if not is_worth_it(total, monthly) or not total:
        return None
    routes = sorted(saved, key=lambda route: (-saved[route], route.model or "", repr(route)))
    rows: list[Json] = [
        {
            "model": route.model,
            "endpoint": route.endpoint,
            "requests": requests[route],
            "failed": failed[route],
            "share": f"{Decimal(failed[route]) / requests[route]:.4f}",
            "cost": f"{period.monthly(costs[route]):.2f}",
        }
        for route in routes[:TOP]
    ]
    return Opportunity(
        kind=OpportunityKind.HIGH_ERROR_RATE,
        organization=organization,
        title="Requests that fail more often than is usual",
        affected=_of_routes(routes),
        first_day=period.first_day,
        last_day=period.last_day,
        current_cost=sum((period.monthly(costs[route]) for route in routes), Decimal(0)),
        potential_savings=total,
        confidence=Decimal("0.5"),
        method="monthly cost of a route × (share of failed requests − 2 %)",
        data={"routes": rows, "count": len(routes)},
        actions=(
            "Look at the error types of the routes: `/cost failures`.",
            "Retry with backoff and a limit, and give up on what cannot succeed.",
            "Check inputs before they are sent where the provider refuses them.",
        ),
        hours_to_implement=FAILURE_HOURS,
    )


def _repeats(
    organization: str | None, reuse: Sequence[Reuse], monthly: Decimal, period: EvidencePeriod
) -> Opportunity | None:
    """Requests whose whole prompt was asked before, at the longest lifetime that is known."""
    longest: dict[Route, Reuse] = {}
    for one in reuse:
        if one.route not in longest or longest[one.route].lifetime < one.lifetime:
            longest[one.route] = one
    some = sorted(
        (one for one in longest.values() if one.repeated_cost > 0),
        key=lambda one: (-one.repeated_cost, repr(one.route)),
    )
    total = period.monthly(sum((one.repeated_cost for one in some), Decimal(0)))
    if not some or not is_worth_it(total, monthly):
        return None
    repeats = sum(one.repeats for one in some)
    hashed = sum(one.hashed for one in some)
    everything = sum(one.requests for one in some)
    rows: list[Json] = [
        {
            "model": one.route.model,
            "endpoint": one.route.endpoint,
            "requests": one.requests,
            "repeats": one.repeats,
            "cost": f"{period.monthly(one.repeated_cost):.2f}",
        }
        for one in some[:TOP]
    ]
    return Opportunity(
        kind=OpportunityKind.DUPLICATE_REQUESTS,
        organization=organization,
        title="Requests that ask what was asked before",
        affected=_of_routes([one.route for one in some]),
        first_day=period.first_day,
        last_day=period.last_day,
        current_cost=total,
        potential_savings=total,
        confidence=Decimal("0.9") * hashed / everything if everything else Decimal(0),
        method="monthly cost of requests whose prompt's hash was seen within the lifetime before",
        data={
            "routes": rows,
            "count": len(some),
            "repeats": repeats,
            "lifetime_seconds": int(max(one.lifetime for one in some).total_seconds()),
        },
        actions=(
            "Keep answers by the prompt's hash for as long as they stay true.",
            "Look for a loop or a retry where one sender repeats itself.",
        ),
        hours_to_implement=REPEAT_HOURS,
    )


def _of_routes(routes: Sequence[Route]) -> dict[str, tuple[str, ...]]:
    named: dict[str, dict[str, None]] = {}
    for route in routes:
        values = {"model": route.model, "endpoint": route.endpoint, "feature": route.feature}
        for dimension, value in values.items():
            if value is not None:
                named.setdefault(dimension, {})[value] = None
    return {dimension: tuple(values)[:TOP] for dimension, values in sorted(named.items())}
