"""Which facts a recommendation of each kind is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.recommendations.measured.counterfactual import estimate
from analysis.recommendations.measured.daily import ActorDay, ActorName, UsageDay
from analysis.recommendations.measured.gpu import (
    actor_facts,
    efficiency_facts,
    failure_facts,
    idle_held,
    pool_days,
    pool_of,
    service_dollars,
)
from analysis.recommendations.measured.measure import (
    COLLAPSED,
    LEAST_AFTER,
    LEAST_BEFORE,
    Measured,
    MeasuredState,
    Span,
    judged,
    measure,
)
from analysis.recommendations.measured.usage import (
    REPEATS,
    cost_by_weekday,
    scope_of,
    traffic,
    usage_facts,
)
from analysis.recommendations.measured.volumes import RoutePrices
from analysis.recommendations.proposal import Kind, Proposal
from queries.recommendation_evidence.since import GpuDays
from storage.records.recommendation import Recommendation

_GPU_KINDS = frozenset({Kind.IDLE_CAPACITY, Kind.FAILURE_WASTE, Kind.EFFICIENCY_DRIFT})

_POOL = "pool"
"""The variant of unused features that are pools of GPUs."""

_FEES = ("commitment|", "provisioned_throughput|", "offer|")
"""How the variants of what is paid by a fee begin: no usage row has it."""

_ACTORS = ("user", "key")
"""Dimensions that name an actor."""


@dataclass(frozen=True, slots=True)
class DailyFacts:
    """The days of some organizations, and of the GPUs.

    Attributes:
        organizations: whose recommendations are measured from them.
        usage: by organization.
        prices: of its routes.
        actors: users and keys.
        gpu: of the deployment's own.
    """

    organizations: frozenset[str | None]
    usage: Mapping[str | None, Sequence[UsageDay]] = field(
        default_factory=dict[str | None, Sequence[UsageDay]]
    )
    prices: Mapping[str | None, RoutePrices] = field(default_factory=dict[str | None, RoutePrices])
    actors: Mapping[ActorName, Sequence[ActorDay]] = field(
        default_factory=dict[ActorName, Sequence[ActorDay]]
    )
    gpu: GpuDays = field(default_factory=GpuDays)


def is_of_gpus(proposal: Proposal) -> bool:
    """Whether the facts that it is held against are those of the GPUs."""
    is_pool = proposal.kind is Kind.UNUSED_FEATURES and proposal.variant == _POOL
    return proposal.kind in _GPU_KINDS or is_pool


def actor_of(proposal: Proposal) -> ActorName | None:
    """The user or key that it is about alone; None: it is about something else."""
    if proposal.kind not in (Kind.RATE_LIMITING, Kind.UNUSED_FEATURES):
        return None
    named = [
        ActorName(proposal.organization, kind, name)
        for kind in _ACTORS
        for name in proposal.scope.get(kind, ())
    ]
    return named[0] if len(named) == 1 else None


def measured_of(
    proposal: Proposal, span: Span, facts: DailyFacts, claimed: Sequence[Recommendation]
) -> Measured:
    """What one recommendation has saved.

    Args:
        proposal: its content, as it was accepted.
        span: the days that are compared.
        facts: of its organization, or the GPUs.
        claimed: all that are claimed there: they control nothing.
    """
    if proposal.variant.startswith(_FEES):
        return _not_measurable("its fee does not show in the usage: verify it by hand")
    actor = actor_of(proposal)
    if is_of_gpus(proposal):
        return _gpus(proposal, span, facts, claimed)
    if actor is not None:
        days = facts.actors.get(actor, ())
        if proposal.kind is Kind.RATE_LIMITING:
            return measure(actor_facts(days, span), span)
        return measure(cost_by_weekday(((one.day, one.cost) for one in days), span), span)
    return _usage(proposal, span, facts, claimed)


def _gpus(
    proposal: Proposal, span: Span, facts: DailyFacts, claimed: Sequence[Recommendation]
) -> Measured:
    dollars = service_dollars(proposal)
    match proposal.kind:
        case Kind.IDLE_CAPACITY:
            return _idle(proposal, span, facts)
        case Kind.UNUSED_FEATURES:
            days = pool_days(pool_of(proposal), facts.gpu.pools)
            spent = ((day, busy + waiting) for day, (busy, waiting) in days.items())
            return measure(cost_by_weekday(spent, span), span)
        case Kind.FAILURE_WASTE:
            return measure(failure_facts(dollars, facts.gpu.services, span), span)
        case _:
            others = {
                cell
                for row in claimed
                if row.organization is None
                for cell in service_dollars(row.content)
            }
            return measure(
                efficiency_facts(dollars, facts.gpu.services, others - dollars, span), span
            )


def _usage(
    proposal: Proposal, span: Span, facts: DailyFacts, claimed: Sequence[Recommendation]
) -> Measured:
    scope = scope_of(proposal)
    days = facts.usage.get(proposal.organization, ())
    prices = facts.prices.get(proposal.organization)
    if not scope.routes or prices is None:
        return _not_measurable("what it is about does not show in the usage")
    if proposal.kind is Kind.CACHING and proposal.variant == REPEATS:
        left = traffic(scope, days, span)
        if left is not None and left < Decimal(str(COLLAPSED)) and span.days >= LEAST_AFTER:
            return _not_measurable("its routes have hardly any requests left")
    others = [
        scope_of(row.content)
        for row in claimed
        if row.organization == proposal.organization and not is_of_gpus(row.content)
    ]
    return measure(usage_facts(scope, days, span, prices, others), span)


def _idle(proposal: Proposal, span: Span, facts: DailyFacts) -> Measured:
    days = pool_days(pool_of(proposal), facts.gpu.pools)
    before, after = idle_held(days, span)
    if len(before) < LEAST_BEFORE or not any(day.expected > 0 for day in before):
        return _not_measurable(
            f"there are {len(before)} days of the pool before it, and {LEAST_BEFORE} are needed"
        )
    if not any(day.expected > 0 for day in after):
        return _not_measurable("the pool is gone, or its work outgrew it")
    return judged(estimate(before, after, None), span)


def _not_measurable(reason: str) -> Measured:
    return Measured(MeasuredState.NOT_MEASURABLE, reason)
