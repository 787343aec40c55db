"""Recommendations over a real store and a real mart, drawn from what a test says is found."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.recommendations.cells import EvidencePeriod, ModelFacts, PricedCell, UsageCell
from analysis.recommendations.gpus.gpu import GpuEvidence
from analysis.recommendations.proposal import Kind, Proposal
from analysis.roles import Role
from handlers.caller import Caller
from handlers.recommendations.evidence import Evidence, EvidenceSources, Pricing
from handlers.recommendations.handlers import RecommendationHandlers, recommendation_handlers
from handlers.recommendations.requests import GenerateRequest
from handlers.recommendations.results import Generated
from handlers.recommendations.types import RecommendationType
from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from storage import Store
from storage.records.recommendation import Recommendation
from storage.repositories.recommendations import Wanted
from tests.facts import add, request
from tests.stores import TestClock, sqlite_store

UTC_ZONE = ZoneInfo("UTC")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, UTC_ZONE)
LEAD = Caller("T1", "U2", "Kim", "acme", Role.ORG_ADMIN, UTC_ZONE)
OTHER_LEAD = replace(LEAD, user_id="U3", name="Lee")
MEMBER = Caller("T1", "U4", "Max", "acme", Role.USER, UTC_ZONE)
STRANGER = Caller("T1", "U5", "Sam", "globex", Role.ORG_ADMIN, UTC_ZONE)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class NoPrices:
    """Prices of a list on which nothing stands."""

    def priced(self, organization: str | None, cells: Iterable[UsageCell]) -> list[PricedCell]:
        _ = organization
        return [PricedCell(cell, None) for cell in cells]

    def models(self, organization: str | None) -> Sequence[ModelFacts]:
        _ = organization
        return ()


@dataclass
class Found:
    """What the evidence supports at the moment, and what goes wrong when it is drawn.

    Attributes:
        proposals: to whoever they are.
        broken: kinds whose type fails.
        unavailable: pieces of evidence that cannot be had: the name of an attribute of
            `EvidenceSources`, and the error.
        organizations: that have usage.
    """

    proposals: list[Proposal] = field(default_factory=list[Proposal])
    broken: set[Kind] = field(default_factory=set[Kind])
    unavailable: dict[str, Exception] = field(default_factory=dict[str, Exception])
    organizations: tuple[str | None, ...] = ("acme", "globex")

    def sources(self) -> EvidenceSources:
        """Evidence without any content."""

        async def usage(
            period: EvidencePeriod, organization: str | None
        ) -> dict[str | None, list[UsageCell]]:
            self._fail("usage")
            _ = period, organization
            return {one: [] for one in self.organizations}

        async def nothing(period: EvidencePeriod, organization: str | None) -> list[object]:
            _ = period, organization
            return []

        async def actors(period: EvidencePeriod, organization: str | None) -> list[object]:
            self._fail("actors")
            return await nothing(period, organization)

        async def gpu(period: EvidencePeriod) -> GpuEvidence:
            self._fail("gpu")
            _ = period
            return GpuEvidence()

        async def pricing(now: datetime) -> Pricing:
            _ = now
            return NoPrices()

        return EvidenceSources(usage, nothing, nothing, actors, gpu, pricing)  # pyright: ignore[reportArgumentType]

    def _fail(self, name: str) -> None:
        if name in self.unavailable:
            raise self.unavailable[name]

    def type(self, like: RecommendationType) -> RecommendationType:
        """A type that draws what is found of its kind."""

        def draw(evidence: Evidence) -> list[Proposal]:
            if like.kind in self.broken:
                return [self.proposals[len(self.proposals)]]
            return [
                one
                for one in self.proposals
                if (one.kind, one.organization) == (like.kind, evidence.organization)
            ]

        return replace(like, draw=draw)


@dataclass(frozen=True)
class Desk:
    """Recommendations, with everything behind them."""

    handlers: RecommendationHandlers
    store: Store
    mart: Mart
    clock: TestClock
    found: Found

    async def draw(self, *proposals: Proposal, caller: Caller = ADMIN, days: int = 30) -> Generated:
        """Draws what is found from now on."""
        self.found.proposals = list(proposals)
        return await self.handlers.generate.generate(GenerateRequest(days=days), caller)

    async def rows(self, wanted: Wanted | None = None) -> list[Recommendation]:
        """What is kept, the most important first."""
        return await self.store.recommendations.page(wanted or Wanted())

    async def only(self) -> Recommendation:
        """The one that is kept."""
        (row,) = await self.rows()
        return row


def with_days(mart: Mart, days: int, source: Source = Source.USAGE) -> None:
    """A request late on each of the last complete days."""
    yesterday = NOW.date() - timedelta(days=1)
    add(mart, [_request(yesterday - timedelta(days=back), source) for back in range(days)])


def _request(day: date, source: Source):
    at = datetime.combine(day, time(0, 30), UTC)
    late = datetime.combine(day, time(23, 30), UTC)
    return request(late if day == NOW.date() - timedelta(days=1) else at, "1", source=source)


@asynccontextmanager
async def opened_desk(folder: Path, clock: TestClock, store: Store) -> AsyncGenerator[Desk]:
    """Recommendations over a store."""
    mart = Mart(folder, Dimensions(), clock)
    with_days(mart, 40)
    found = Found()
    handlers = recommendation_handlers(
        store, mart, found.sources(), Dimensions(), clock, UTC_ZONE, "slack"
    )
    types = [found.type(one) for one in handlers.generate.types]
    generate = replace(handlers.generate, types=types)
    yield Desk(replace(handlers, generate=generate), store, mart, clock, found)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    clock = TestClock(NOW)
    async with sqlite_store(tmp_path, clock) as store, opened_desk(tmp_path, clock, store) as desk:
        yield desk
