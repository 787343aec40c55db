"""All that is made of one seed, and what is drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from analysis.recommendations.prompts.peers import Peers
from analysis.recommendations.proposal import Kind, Proposal
from analysis.recommendations.unused.feature_use import UseEvidence
from benchmarks.recommendation_truth import planted_caching as caching
from benchmarks.recommendation_truth import planted_models as models
from benchmarks.recommendation_truth import planted_offers as offers
from benchmarks.recommendation_truth import planted_traffic as traffic
from benchmarks.recommendation_truth.asks import NOW, PERIOD
from benchmarks.recommendation_truth.gpu_evidence import gpu_evidence_of
from benchmarks.recommendation_truth.models import price_list
from benchmarks.recommendation_truth.organizations import Maker, Making, Organization
from benchmarks.recommendation_truth.planted_gpus import FLEETS
from benchmarks.recommendation_truth.runs import Fleet
from benchmarks.recommendation_truth.usage_evidence import (
    actors_of,
    cache_counts_of,
    cells_of,
    daily_costs_of,
    reuse_of,
    uses_of,
)
from handlers.recommendations.evidence import Evidence, Offered
from handlers.recommendations.pricing_of_cells import PricingOfCells
from handlers.recommendations.types import TYPES
from queries.dimensions import Source

CLEAN = 5
"""Organizations of a seed without any waste."""

PAIRS: tuple[tuple[Sequence[Maker], Sequence[Maker]], ...] = (
    (models.DOWNGRADE, models.NO_DOWNGRADE),
    (caching.CACHING, caching.NO_CACHING),
    (traffic.BATCH, traffic.NO_BATCH),
    (models.SHORTER, models.NOT_SHORTER),
    (traffic.LIMITS, traffic.NO_LIMITS),
)
"""Of each kind: who has such waste, and who only seems to."""

LATER: tuple[tuple[Sequence[Maker], Sequence[Maker]], ...] = (
    (offers.TIERS, offers.NO_TIERS),
    (offers.UNUSED, offers.NOT_UNUSED),
)
"""The same; they stand last, so that the others stay what they were before these came."""


@dataclass(frozen=True)
class World:
    """What is made of one seed.

    Attributes:
        organizations: with their usage.
        fleets: of GPUs, each a deployment of its own.
    """

    organizations: tuple[Organization, ...]
    fleets: tuple[Fleet, ...]


def world_of(seed: int, makers: Sequence[Maker] | None = None) -> World:
    """Makes it.

    Args:
        seed: any; of each kind the variants come in turn.
        makers: of the organizations; None: of every kind one with waste and one without, one with
            several kinds of waste, and clean ones.
    """
    chosen = makers
    if chosen is None:
        chosen = [several[seed % len(several)] for pair in PAIRS for several in pair]
        chosen += [traffic.several_wastes, *[traffic.clean] * CLEAN]
        chosen += [several[seed % len(several)] for pair in LATER for several in pair]
    organizations = [
        maker(Making(Random(f"{seed} {place}"), f"org-{place:02}"))
        for place, maker in enumerate(chosen)
    ]
    fleets = [make(Random(f"{seed} {make.__name__}"), make.__name__) for make in FLEETS]
    for fleet in fleets:
        fleet.runs.sort(key=lambda run: run.at)
    return World(tuple(organizations), tuple(fleets))


def usage_evidence(organizations: Sequence[Organization]) -> dict[str, Evidence]:
    """The evidence of each organization, all of them peers of each other."""
    pricing = PricingOfCells(price_list(), NOW)
    cells = {one.name: cells_of(one.asks) for one in organizations}
    peers = Peers(cell for own in cells.values() for cell in own)
    return {
        one.name: Evidence(
            organization=one.name,
            period=PERIOD,
            cells=pricing.priced(one.name, cells[one.name]),
            first_half=cells_of(one.asks, PERIOD.days // 2),
            models=pricing.models(one.name),
            peers=peers,
            reuse=reuse_of(one.asks),
            caches=cache_counts_of(one.asks),
            actors=actors_of(one.asks),
            offered=Offered(offers=one.offers, daily=daily_costs_of(one.asks)),
            uses=UseEvidence(uses_of(one.asks)),
        )
        for one in organizations
    }


def fleet_evidence(fleet: Fleet) -> Evidence:
    """The evidence of a deployment of GPUs."""
    return Evidence(None, PERIOD, gpu=gpu_evidence_of(fleet), gpu_period=PERIOD)


def drawn(evidence: Evidence, kinds: Sequence[Kind] | None = None) -> list[Proposal]:
    """What is recommended upon some evidence."""
    source = Source.USAGE if evidence.gpu is None else Source.GPU
    return [
        proposal
        for one in TYPES
        if one.source is source and (kinds is None or one.kind in kinds)
        for proposal in one.draw(evidence)
    ]
