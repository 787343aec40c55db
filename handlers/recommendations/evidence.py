"""All evidence of one run: of what pieces it is made, and what of it is whose."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from analysis.recommendations.caching.counts import CacheCounts
from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.cells import EvidencePeriod, ModelFacts, PricedCell, Route, UsageCell
from analysis.recommendations.gpus.gpu import GpuEvidence
from analysis.recommendations.limits.actors import ActorLoad
from analysis.recommendations.prompts.peers import Peers
from analysis.recommendations.tiers.edges import NearEdge
from analysis.recommendations.tiers.model_load import ModelLoad
from analysis.recommendations.tiers.provider_offers import ProviderOffer
from analysis.recommendations.unused.feature_use import FeatureUse, QuietKey, UseEvidence
from queries.dimensions import Source

UTC_ZONE = ZoneInfo("UTC")

T = TypeVar("T")

ByOrganization = Mapping[str | None, Sequence[T]]


class Piece(StrEnum):
    """What evidence is made of; the value says what it is."""

    USAGE = "usage by size and timing"
    PRICES = "prices"
    REUSE = "repeated prompts"
    CACHES = "cached input by the day"
    ACTORS = "users and keys by the hour"
    OFFERS = "offers, and the load that is held against them"
    USES = "what may be unused"
    GPU = "GPUs by the hour"


class Pricing(Protocol):
    """Prices and models as they are now, for any organization."""

    def priced(self, organization: str | None, cells: Iterable[UsageCell]) -> Sequence[PricedCell]:
        """Cells of an organization, each with the price that it would have now."""
        ...

    def models(self, organization: str | None) -> Sequence[ModelFacts]:
        """All models of the price list, at what the organization would pay."""
        ...


@dataclass(frozen=True)
class Offered:
    """What providers offer beside their lists, and the load that is held against it.

    Attributes:
        offers: of all providers, with whoever has taken them.
        daily: USD of every day of the evidence, by route.
        loads: tokens by the minute, of models that an offer of throughput covers.
        near_edges: requests just beyond the edge of a context tier.
    """

    offers: Sequence[ProviderOffer] = ()
    daily: Mapping[Route, Sequence[Decimal]] = field(default_factory=dict[Route, Sequence[Decimal]])
    loads: Sequence[ModelLoad] = ()
    near_edges: Sequence[NearEdge] = ()

    @cached_property
    def by_organization(self) -> Mapping[str | None, Offered]:
        """The same by organization, each with all offers; without those that have no load."""
        names = {route.organization for route in self.daily}
        names |= {one.organization for one in self.loads}
        names |= {one.route.organization for one in self.near_edges}
        daily: dict[str | None, dict[Route, Sequence[Decimal]]] = {name: {} for name in names}
        for route, days in self.daily.items():
            daily[route.organization][route] = days
        loads: dict[str | None, list[ModelLoad]] = {}
        for one in self.loads:
            loads.setdefault(one.organization, []).append(one)
        near: dict[str | None, list[NearEdge]] = {}
        for one in self.near_edges:
            near.setdefault(one.route.organization, []).append(one)
        return {
            name: Offered(self.offers, daily[name], loads.get(name, ()), near.get(name, ()))
            for name in names
        }


async def nothing_offered(period: EvidencePeriod, organization: str | None) -> Offered:
    """Where nobody has entered any offer, and no edge is near."""
    _ = period, organization
    return Offered()


async def nothing_unused(period: EvidencePeriod, organization: str | None) -> UseEvidence:
    """Where everything is used."""
    _ = period, organization
    return UseEvidence()


@dataclass(frozen=True, slots=True)
class EvidenceSources:
    """Where the pieces come from; an organization of None means everybody.

    Attributes:
        usage: cells of some days.
        reuse: what their requests repeat.
        caches: what the providers' counters say.
        actors: users and keys that stand out.
        gpu: what GPUs did, of all organizations.
        pricing: prices and models.
        offered: what providers offer, and the load that is held against it.
        uses: what may be unused.
    """

    usage: Callable[[EvidencePeriod, str | None], Awaitable[ByOrganization[UsageCell]]]
    reuse: Callable[[EvidencePeriod, str | None], Awaitable[Sequence[Reuse]]]
    caches: Callable[[EvidencePeriod, str | None], Awaitable[Sequence[CacheCounts]]]
    actors: Callable[[EvidencePeriod, str | None], Awaitable[Sequence[ActorLoad]]]
    gpu: Callable[[EvidencePeriod], Awaitable[GpuEvidence]]
    pricing: Callable[[datetime], Awaitable[Pricing]]
    offered: Callable[[EvidencePeriod, str | None], Awaitable[Offered]] = nothing_offered
    uses: Callable[[EvidencePeriod, str | None], Awaitable[UseEvidence]] = nothing_unused


@dataclass(frozen=True)
class Evidence:
    """All that recommendations to one organization are drawn from.

    Attributes:
        organization: whose; None: the deployment's own, and rows that say no organization.
        period: of the usage.
        cells: its usage, priced.
        first_half: its usage of the first half of the days.
        models: what it could use.
        peers: how long everybody's requests are.
        reuse: what its requests repeat.
        caches: what the providers' counters say of them.
        actors: its users and keys that stand out.
        offered: what providers offer, and its load.
        uses: what of its may be unused.
        gpu: of the deployment's own alone; None: of an organization's, or there are none.
        gpu_period: of the GPUs.
        zone: in which the deployment's days begin.
    """

    organization: str | None
    period: EvidencePeriod
    cells: Sequence[PricedCell] = ()
    first_half: Sequence[UsageCell] = ()
    models: Sequence[ModelFacts] = ()
    peers: Peers = field(default_factory=lambda: Peers(()))
    reuse: Sequence[Reuse] = ()
    caches: Sequence[CacheCounts] = ()
    actors: Sequence[ActorLoad] = ()
    offered: Offered = field(default_factory=Offered)
    uses: UseEvidence = field(default_factory=UseEvidence)
    gpu: GpuEvidence | None = None
    gpu_period: EvidencePeriod | None = None
    zone: ZoneInfo = UTC_ZONE

    @cached_property
    def route_costs(self) -> Mapping[Route, Decimal]:
        """USD of the evidence's days, by route."""
        costs: dict[Route, Decimal] = {}
        for priced in self.cells:
            route = priced.cell.route
            costs[route] = costs.get(route, Decimal(0)) + priced.cell.billed_cost
        return costs

    @cached_property
    def monthly_cost(self) -> Decimal:
        """USD a month that its usage costs."""
        return self.period.monthly(sum(self.route_costs.values(), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Material:
    """The evidence of a run, of everybody.

    Attributes:
        periods: the complete days, by source; without those that have too few.
        pricing: prices; None: they could not be had.
        cells, first_half, reuse, caches, actors: by organization.
        offered: of everybody.
        uses, quiet: what may be unused, by organization.
        peers: of all usage.
        gpu: None: it could not be had, or there is none.
        zone: in which the deployment's days begin.
        missing: why a piece could not be had, in a sentence.
    """

    periods: Mapping[Source, EvidencePeriod]
    pricing: Pricing | None
    cells: ByOrganization[UsageCell]
    first_half: ByOrganization[UsageCell]
    reuse: ByOrganization[Reuse]
    caches: ByOrganization[CacheCounts]
    actors: ByOrganization[ActorLoad]
    offered: Offered
    uses: ByOrganization[FeatureUse]
    quiet: ByOrganization[QuietKey]
    peers: Peers
    gpu: GpuEvidence | None
    zone: ZoneInfo
    missing: Mapping[Piece, str]

    @property
    def organizations(self) -> set[str | None]:
        """Who has any evidence; None: the deployment itself."""
        own: set[str | None] = set() if self.gpu is None else {None}
        return own | set(self.cells) | set(self.reuse) | set(self.actors)

    def of(self, organization: str | None) -> Evidence:
        """What recommendations to one organization are drawn from."""
        some = self.cells.get(organization, ())
        usage = self.periods.get(Source.USAGE)
        gpu = self.periods.get(Source.GPU)
        period = usage or gpu
        if period is None:
            message = "there is no evidence without days"
            raise AssertionError(message)
        pricing = self.pricing
        return Evidence(
            organization=organization,
            period=period,
            cells=() if pricing is None else pricing.priced(organization, some),
            first_half=self.first_half.get(organization, ()),
            models=() if pricing is None else pricing.models(organization),
            peers=self.peers,
            reuse=self.reuse.get(organization, ()),
            caches=self.caches.get(organization, ()),
            actors=self.actors.get(organization, ()),
            offered=self.offered.by_organization.get(organization, Offered(self.offered.offers)),
            uses=UseEvidence(
                tuple(self.uses.get(organization, ())), tuple(self.quiet.get(organization, ()))
            ),
            gpu=self.gpu if organization is None else None,
            gpu_period=gpu if organization is None else None,
            zone=self.zone,
        )
