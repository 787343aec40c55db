"""Where evidence comes from in a deployment: the mart, the engine, and the store's prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from analysis.recommendations.caching.counts import CacheCounts
from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.cells import EvidencePeriod, UsageCell
from analysis.recommendations.gpus.gpu import GpuEvidence
from analysis.recommendations.limits.actors import ActorLoad
from analysis.recommendations.unused.feature_use import UseEvidence
from handlers.recommendations.evidence import (
    ByOrganization,
    EvidenceSources,
    Offered,
    Pricing,
)
from handlers.recommendations.offered import offered_now
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.recommendation_evidence.actors import actors
from queries.recommendation_evidence.cache_counts import cache_counts
from queries.recommendation_evidence.feature_use import feature_use
from queries.recommendation_evidence.gpu import gpu_evidence
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.reuse import reuse
from queries.recommendation_evidence.usage_cells import Zones, usage_cells
from storage.records.person import Person
from storage.store import Store


def deployment_sources(
    reader: EvidenceReader,
    engine: Engine,
    dimensions: Dimensions,
    store: Store,
    zone: ZoneInfo,
    pricing: Callable[[datetime], Awaitable[Pricing]],
) -> EvidenceSources:
    """The sources of a deployment.

    Args:
        reader: of the mart.
        engine: to ask for GPUs.
        dimensions: of the deployment.
        store: knows who is where.
        zone: in which days begin where nobody of an organization is listed.
        pricing: gives the prices in force.
    """

    async def usage(period: EvidencePeriod, organization: str | None) -> ByOrganization[UsageCell]:
        zones = zones_of(await store.people.find_all(), zone)
        return await usage_cells(reader, period, zones, organization)

    async def repeated(period: EvidencePeriod, organization: str | None) -> Sequence[Reuse]:
        return await reuse(reader, period, organization)

    async def counted(period: EvidencePeriod, organization: str | None) -> Sequence[CacheCounts]:
        return await cache_counts(reader, period, organization)

    async def loads(period: EvidencePeriod, organization: str | None) -> Sequence[ActorLoad]:
        return await actors(reader, period, organization)

    async def gpu(period: EvidencePeriod) -> GpuEvidence:
        return await gpu_evidence(engine, dimensions, period)

    async def offered(period: EvidencePeriod, organization: str | None) -> Offered:
        return await offered_now(reader, store, period, organization)

    async def uses(period: EvidencePeriod, organization: str | None) -> UseEvidence:
        return await feature_use(reader, period, organization)

    return EvidenceSources(
        usage=usage,
        reuse=repeated,
        caches=counted,
        actors=loads,
        gpu=gpu,
        pricing=pricing,
        offered=offered,
        uses=uses,
    )


def zones_of(people: Sequence[Person], default: ZoneInfo) -> Zones:
    """Where organizations have their nights: where most of their people are."""
    counted: dict[str, Counter[str]] = {}
    for person in people:
        if person.organization is not None and person.active:
            counted.setdefault(person.organization, Counter())[person.zone.key] += 1
    return Zones(
        of={
            organization: ZoneInfo(max(sorted(zones), key=zones.__getitem__))
            for organization, zones in counted.items()
        },
        default=default,
    )
