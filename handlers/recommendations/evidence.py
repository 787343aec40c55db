"""All evidence of one run: gathered once for everybody, piece by piece, then parted by whose it is.

A piece that cannot be had keeps no other back: the kinds that need it are not drawn, and what is
kept of them stays as it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from analysis.complete_days import first_complete_day, last_complete_day
from analysis.errors import CostbotError
from analysis.recommendations.actors import ActorLoad
from analysis.recommendations.cells import EvidencePeriod, ModelFacts, PricedCell, Route, UsageCell
from analysis.recommendations.gpu import GpuEvidence
from analysis.recommendations.halves import first_days
from analysis.recommendations.peers import Peers
from analysis.recommendations.reuse import Reuse
from queries.dimensions import Source
from queries.mart.snapshot import Snapshot

log = logging.getLogger(__name__)

LEAST_DAYS = 7
"""Complete days below which nothing is drawn: each weekday once."""

UTC_ZONE = ZoneInfo("UTC")

T = TypeVar("T")

ByOrganization = Mapping[str | None, Sequence[T]]


class Piece(StrEnum):
    """What evidence is made of; the value says what it is."""

    USAGE = "usage by size and timing"
    PRICES = "prices"
    REUSE = "repeated prompts"
    ACTORS = "users and keys by the hour"
    GPU = "GPUs by the hour"


class Pricing(Protocol):
    """Prices and models as they are now, for any organization."""

    def priced(self, organization: str | None, cells: Iterable[UsageCell]) -> Sequence[PricedCell]:
        """Cells of an organization, each with the price that it would have now."""
        ...

    def models(self, organization: str | None) -> Sequence[ModelFacts]:
        """All models of the price list, at what the organization would pay."""
        ...


@dataclass(frozen=True, slots=True)
class EvidenceSources:
    """Where the pieces come from; an organization of None means everybody.

    Attributes:
        usage: cells of some days.
        reuse: what their requests repeat.
        actors: users and keys that stand out.
        gpu: what GPUs did, of all organizations.
        pricing: prices and models.
    """

    usage: Callable[[EvidencePeriod, str | None], Awaitable[ByOrganization[UsageCell]]]
    reuse: Callable[[EvidencePeriod, str | None], Awaitable[Sequence[Reuse]]]
    actors: Callable[[EvidencePeriod, str | None], Awaitable[Sequence[ActorLoad]]]
    gpu: Callable[[EvidencePeriod], Awaitable[GpuEvidence]]
    pricing: Callable[[datetime], Awaitable[Pricing]]


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
        actors: its users and keys that stand out.
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
    actors: Sequence[ActorLoad] = ()
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
        cells, first_half, reuse, actors: by organization.
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
    actors: ByOrganization[ActorLoad]
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
            actors=self.actors.get(organization, ()),
            gpu=self.gpu if organization is None else None,
            gpu_period=gpu if organization is None else None,
            zone=self.zone,
        )


def periods_of(snapshot: Snapshot, days: int, now: datetime) -> dict[Source, EvidencePeriod]:
    """The latest complete UTC days of each source, at most `days`; not those that have too few."""
    found: dict[Source, EvidencePeriod] = {}
    for source, state in snapshot.sources.items():
        yesterday = now.date() - timedelta(days=1)
        last = min(last_complete_day(state.last_time, UTC_ZONE), yesterday)
        first = max(first_complete_day(state.first_time, UTC_ZONE), last - timedelta(days=days - 1))
        if (last - first).days + 1 >= LEAST_DAYS:
            found[source] = EvidencePeriod(first, last, now)
    return found


async def gather(
    sources: EvidenceSources,
    periods: Mapping[Source, EvidencePeriod],
    organization: str | None,
    zone: ZoneInfo,
    now: datetime,
) -> Material:
    """Gathers the evidence of one organization, or of everybody.

    Args:
        sources: where it comes from.
        periods: the days, by source.
        organization: whose; None: everybody's, and the deployment's own.
        zone: in which the deployment's days begin.
        now: UTC.
    """
    missing: dict[Piece, str] = {}

    async def had(piece: Piece, asked: Awaitable[T], otherwise: T) -> T:
        try:
            return await asked
        except CostbotError as error:
            log.warning("recommendations go without %s: %s", piece, error)
            missing[piece] = str(error)
        except Exception as error:
            # What is wrong with one piece keeps no other one from being had.
            log.exception("recommendations go without %s", piece)
            missing[piece] = f"An error that was not expected: {type(error).__name__}."
        return otherwise

    usage, gpu = periods.get(Source.USAGE), periods.get(Source.GPU)
    pricing = await had(Piece.PRICES, _maybe(sources.pricing(now)), None)
    everybody: ByOrganization[UsageCell] = {}
    first_half: ByOrganization[UsageCell] = {}
    reuse: Sequence[Reuse] = ()
    actors: Sequence[ActorLoad] = ()
    if usage is not None:
        # Everybody's, for one organization too: its requests are held beside those of its peers.
        everybody = await had(Piece.USAGE, sources.usage(usage, None), everybody)
        half = timedelta(days=first_days(usage) - 1)
        first = EvidencePeriod(usage.first_day, usage.first_day + half, usage.now)
        first_half = await had(Piece.USAGE, sources.usage(first, organization), first_half)
        reuse = await had(Piece.REUSE, sources.reuse(usage, organization), reuse)
        actors = await had(Piece.ACTORS, sources.actors(usage, organization), actors)
    found = None
    if gpu is not None and organization is None:
        found = await had(Piece.GPU, _maybe(sources.gpu(gpu)), None)
    peers = await asyncio.to_thread(_peers, everybody)
    own = everybody
    if organization is not None:
        own: ByOrganization[UsageCell] = {organization: everybody.get(organization, ())}
    return Material(
        periods=periods,
        pricing=pricing,
        cells=own,
        first_half=first_half,
        reuse=_by_organization(reuse, lambda one: one.route.organization),
        actors=_by_organization(actors, lambda one: one.organization),
        peers=peers,
        gpu=found,
        zone=zone,
        missing=missing,
    )


async def _maybe(asked: Awaitable[T]) -> T | None:
    return await asked


def _peers(cells: ByOrganization[UsageCell]) -> Peers:
    return Peers(cell for some in cells.values() for cell in some)


def _by_organization(rows: Iterable[T], whose: Callable[[T], str | None]) -> ByOrganization[T]:
    found: dict[str | None, list[T]] = {}
    for row in rows:
        found.setdefault(whose(row), []).append(row)
    return found
