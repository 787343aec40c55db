"""Gathering the evidence of a run: once for everybody, piece by piece.

A piece that cannot be had keeps no other back: the kinds that need it are not drawn, and what is
kept of them stays as it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from analysis.complete_days import first_complete_day, last_complete_day
from analysis.errors import CostbotError
from analysis.recommendations.caching.counts import CacheCounts
from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.cells import EvidencePeriod, UsageCell
from analysis.recommendations.halves import first_days
from analysis.recommendations.limits.actors import ActorLoad
from analysis.recommendations.prompts.peers import Peers
from analysis.recommendations.unused.feature_use import UseEvidence
from handlers.recommendations.evidence import (
    UTC_ZONE,
    ByOrganization,
    EvidenceSources,
    Material,
    Offered,
    Piece,
)
from queries.dimensions import Source
from queries.mart.snapshot import Snapshot

log = logging.getLogger(__name__)

T = TypeVar("T")

LEAST_DAYS = 7
"""Complete days below which nothing is drawn: each weekday once."""


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
    caches: Sequence[CacheCounts] = ()
    actors: Sequence[ActorLoad] = ()
    offered, uses = Offered(), UseEvidence()
    if usage is not None:
        # Everybody's, for one organization too: its requests are held beside those of its peers.
        everybody = await had(Piece.USAGE, sources.usage(usage, None), everybody)
        half = timedelta(days=first_days(usage) - 1)
        first = EvidencePeriod(usage.first_day, usage.first_day + half, usage.now)
        first_half = await had(Piece.USAGE, sources.usage(first, organization), first_half)
        reuse = await had(Piece.REUSE, sources.reuse(usage, organization), reuse)
        caches = await had(Piece.CACHES, sources.caches(usage, organization), caches)
        actors = await had(Piece.ACTORS, sources.actors(usage, organization), actors)
        offered = await had(Piece.OFFERS, sources.offered(usage, organization), offered)
        uses = await had(Piece.USES, sources.uses(usage, organization), uses)
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
        caches=_by_organization(caches, lambda one: one.route.organization),
        actors=_by_organization(actors, lambda one: one.organization),
        offered=offered,
        uses=_by_organization(uses.features, lambda one: one.organization),
        quiet=_by_organization(uses.quiet, lambda one: one.organization),
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
