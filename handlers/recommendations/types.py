"""The types of recommendations, in one place: what each needs, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.recommendations.batches import batch_processing
from analysis.recommendations.caching import caching
from analysis.recommendations.cheaper_models import model_downgrade
from analysis.recommendations.gpus import efficiency_drift, failure_waste, idle_capacity
from analysis.recommendations.limits import rate_limiting
from analysis.recommendations.prompts import prompt_optimization
from analysis.recommendations.proposal import Kind, Proposal
from analysis.recommendations.tiers import tier_migration
from analysis.recommendations.unused import unused_features
from handlers.recommendations.evidence import Evidence, Piece
from queries.dimensions import Source


@dataclass(frozen=True, slots=True)
class RecommendationType:
    """How one kind is drawn.

    Attributes:
        kind: which.
        source: whose days its evidence is of.
        needs: the pieces without which it cannot be drawn.
        draw: gives the proposals that the evidence of one organization supports.
    """

    kind: Kind
    source: Source
    needs: frozenset[Piece]
    draw: Callable[[Evidence], list[Proposal]]


def _model_downgrade(evidence: Evidence) -> list[Proposal]:
    return model_downgrade.propose(
        evidence.cells,
        evidence.models,
        evidence.period,
        first_half=evidence.first_half,
        monthly_cost=evidence.monthly_cost,
    )


def _caching(evidence: Evidence) -> list[Proposal]:
    return caching.propose(
        evidence.cells,
        evidence.reuse,
        evidence.period,
        counts=evidence.caches,
        monthly_cost=evidence.monthly_cost,
    )


def _batch_processing(evidence: Evidence) -> list[Proposal]:
    return batch_processing.propose(
        evidence.cells,
        evidence.period,
        first_half=evidence.first_half,
        monthly_cost=evidence.monthly_cost,
    )


def _prompt_optimization(evidence: Evidence) -> list[Proposal]:
    return prompt_optimization.propose(
        evidence.cells,
        evidence.peers,
        evidence.period,
        first_half=evidence.first_half,
        monthly_cost=evidence.monthly_cost,
    )


def _rate_limiting(evidence: Evidence) -> list[Proposal]:
    return rate_limiting.propose(
        evidence.actors,
        evidence.period,
        monthly_cost=evidence.monthly_cost,
        route_costs=evidence.route_costs,
    )


def _unused_pools(evidence: Evidence) -> list[Proposal]:
    gpu, period = evidence.gpu, evidence.gpu_period
    if gpu is None or period is None:
        return []
    return unused_features.propose_pools(gpu.pools, period, monthly_cost=gpu.monthly_cost)


def _idle_capacity(evidence: Evidence) -> list[Proposal]:
    gpu, period = evidence.gpu, evidence.gpu_period
    if gpu is None or period is None:
        return []
    return idle_capacity.propose(
        gpu.pools, period, monthly_cost=gpu.monthly_cost, zone=evidence.zone
    )


def _failure_waste(evidence: Evidence) -> list[Proposal]:
    gpu, period = evidence.gpu, evidence.gpu_period
    if gpu is None or period is None:
        return []
    return failure_waste.propose(gpu.endings, period, monthly_cost=gpu.monthly_cost)


def _efficiency_drift(evidence: Evidence) -> list[Proposal]:
    gpu, period = evidence.gpu, evidence.gpu_period
    if gpu is None or period is None or gpu.baseline_until is None:
        return []
    return efficiency_drift.propose(
        gpu.work, period, baseline_until=gpu.baseline_until, monthly_cost=gpu.monthly_cost
    )


def _tier_migration(evidence: Evidence) -> list[Proposal]:
    offered = evidence.offered
    return tier_migration.propose(
        evidence.cells,
        evidence.period,
        offers=offered.offers,
        daily=offered.daily,
        loads=offered.loads,
        near_edges=offered.near_edges,
        first_half=evidence.first_half,
        monthly_cost=evidence.monthly_cost,
    )


def _unused_features(evidence: Evidence) -> list[Proposal]:
    return unused_features.propose(
        evidence.cells,
        evidence.period,
        features=evidence.uses.features,
        offers=evidence.offered.offers,
        loads=evidence.offered.loads,
        organization=evidence.organization,
        monthly_cost=evidence.monthly_cost,
    )


_PRICED = frozenset({Piece.USAGE, Piece.PRICES})

TYPES: tuple[RecommendationType, ...] = (
    RecommendationType(Kind.MODEL_DOWNGRADE, Source.USAGE, _PRICED, _model_downgrade),
    RecommendationType(Kind.CACHING, Source.USAGE, _PRICED | {Piece.REUSE, Piece.CACHES}, _caching),
    RecommendationType(Kind.BATCH_PROCESSING, Source.USAGE, _PRICED, _batch_processing),
    RecommendationType(Kind.PROMPT_OPTIMIZATION, Source.USAGE, _PRICED, _prompt_optimization),
    RecommendationType(Kind.RATE_LIMITING, Source.USAGE, _PRICED | {Piece.ACTORS}, _rate_limiting),
    RecommendationType(
        Kind.TIER_MIGRATION, Source.USAGE, _PRICED | {Piece.OFFERS}, _tier_migration
    ),
    RecommendationType(
        Kind.UNUSED_FEATURES, Source.USAGE, _PRICED | {Piece.OFFERS, Piece.USES}, _unused_features
    ),
    RecommendationType(Kind.UNUSED_FEATURES, Source.GPU, frozenset({Piece.GPU}), _unused_pools),
    RecommendationType(Kind.IDLE_CAPACITY, Source.GPU, frozenset({Piece.GPU}), _idle_capacity),
    RecommendationType(Kind.FAILURE_WASTE, Source.GPU, frozenset({Piece.GPU}), _failure_waste),
    RecommendationType(
        Kind.EFFICIENCY_DRIFT, Source.GPU, frozenset({Piece.GPU}), _efficiency_drift
    ),
)
"""Every type that is drawn."""
