"""Recommendations of many organizations: how long they take to be kept, and to be listed.

What is drawn is made up, at the size of what the types draw (tables of twenty rows as evidence), so
that what is measured is the keeping; the store is SQLite.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

from analysis.recommendations.cells import EvidencePeriod, ModelFacts, PricedCell, UsageCell
from analysis.recommendations.gpus.gpu import GpuEvidence
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Json, Kind, Proposal
from analysis.roles import Role
from handlers.caller import Caller
from handlers.recommendations.evidence import Evidence, EvidenceSources, Pricing
from handlers.recommendations.handlers import RecommendationHandlers, recommendation_handlers
from handlers.recommendations.requests import DecideRequest, GenerateRequest, ListRequest
from handlers.recommendations.types import RecommendationType
from queries.dimensions import Dimensions
from queries.mart import Mart
from storage import Store
from tests.facts import add, request
from tests.recommendations.proposals import proposal

T = TypeVar("T")

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, UTC_ZONE)

ORGANIZATIONS = 1_000
KINDS = (
    Kind.MODEL_DOWNGRADE,
    Kind.CACHING,
    Kind.BATCH_PROCESSING,
    Kind.PROMPT_OPTIMIZATION,
    Kind.RATE_LIMITING,
)
LARGE, OF_LARGE = "organization-0000", 500
"""An organization of hundreds."""

LOOKS = 20

OF_ALL = ListRequest()
OF_ONE = ListRequest(organization=LARGE)

EVIDENCE: dict[str, Json] = {
    "first_day": "2026-10-21",
    "last_day": "2026-11-19",
    "requests": 120_000,
    "tasks": [
        {"endpoint": f"/v1/{place}", "feature": "chat", "requests": 120, "monthly_saved": "12.34"}
        for place in range(20)
    ],
    "chart": {"kind": "bars", "x": [*range(24)], "y": [*range(24)]},
}


class _NoPrices:
    def priced(self, organization: str | None, cells: Iterable[UsageCell]) -> list[PricedCell]:
        _ = organization
        return [PricedCell(cell, None) for cell in cells]

    def models(self, organization: str | None) -> Sequence[ModelFacts]:
        _ = organization
        return ()


@dataclass
class _Found:
    """What is drawn, by organization and kind."""

    saved: str = "40"
    by_organization: dict[str | None, dict[Kind, list[Proposal]]] = field(
        default_factory=dict[str | None, dict[Kind, list[Proposal]]]
    )

    def draw(self, saved: str) -> None:
        """Makes new proposals, each saving so much."""
        self.by_organization = {name: _proposals(name, saved) for name in _names()}

    def type(self, like: RecommendationType) -> RecommendationType:
        """A type that draws them."""

        def draw(evidence: Evidence) -> list[Proposal]:
            return self.by_organization.get(evidence.organization, {}).get(like.kind, [])

        return replace(like, draw=draw)


def _names() -> list[str]:
    return [f"organization-{number:04}" for number in range(ORGANIZATIONS)]


def _proposals(organization: str, saved: str) -> dict[Kind, list[Proposal]]:
    each = OF_LARGE // len(KINDS) if organization == LARGE else 1
    return {
        kind: [
            replace(
                proposal(f"model-{number}", saved, kind=kind, organization=organization),
                evidence=EVIDENCE,
            )
            for number in range(each)
        ]
        for kind in KINDS
    }


def _sources() -> EvidenceSources:
    async def usage(
        period: EvidencePeriod, organization: str | None
    ) -> dict[str | None, list[UsageCell]]:
        _ = period, organization
        return {name: [] for name in _names()}

    async def nothing(period: EvidencePeriod, organization: str | None) -> list[object]:
        _ = period, organization
        return []

    async def gpu(period: EvidencePeriod) -> GpuEvidence:
        _ = period
        return GpuEvidence()

    async def pricing(now: datetime) -> Pricing:
        _ = now
        return _NoPrices()

    return EvidenceSources(usage, nothing, nothing, nothing, gpu, pricing)  # pyright: ignore[reportArgumentType]


async def _measured(folder: Path) -> None:
    clock_at = [NOW]

    def clock() -> datetime:
        return clock_at[0]

    mart = Mart(folder, Dimensions(), clock)
    days = [NOW - timedelta(days=back, hours=9) for back in range(1, 41)]
    add(mart, [request(day, "1") for day in days])
    add(mart, [request(NOW.replace(hour=0), "1")])
    store = Store(f"sqlite+aiosqlite:///{folder}/store.sqlite3", clock)
    await store.migrate()
    try:
        found = _Found()
        handlers = recommendation_handlers(
            store, mart, _sources(), Dimensions(), clock, UTC_ZONE, "cli"
        )
        types = [found.type(one) for one in handlers.generate.types]
        handlers = replace(handlers, generate=replace(handlers.generate, types=types))
        found.draw("40")
        await _draw("first", handlers)
        await _draw("again, nothing changed", handlers)
        clock_at[0] += timedelta(hours=1)
        found.draw("41")
        await _draw("all of it changed", handlers)
        found.by_organization.pop("organization-0001")
        await _draw("one organization's gone", handlers)
        await _look(handlers)
    finally:
        await store.close()


async def _draw(what: str, handlers: RecommendationHandlers) -> None:
    begun, spent = time.perf_counter(), time.process_time()
    done = await handlers.generate.generate(GenerateRequest(), ADMIN)
    begun, spent = time.perf_counter() - begun, time.process_time() - spent
    print(
        f"| {what} | {done.found:,} | {done.created:,} | {done.updated:,} | {done.expired:,} "
        f"| {begun:.1f} | {spent:.1f} |"
    )


async def _look(handlers: RecommendationHandlers) -> None:
    there = await handlers.read.list(OF_ONE, ADMIN)
    decided_on = [*range(len(there.rows))]
    print("\n| what is listed | after | ms | CPU ms |\n| --- | --- | --- | --- |")

    async def decided() -> None:
        row = there.rows[decided_on.pop()]
        move = DecideRequest(str(row.id), Move.SNOOZE, seen=State.PENDING)
        await handlers.decide.decide(move, ADMIN)

    async def nothing() -> None:
        return

    for name, asked in (("all", OF_ALL), (f"one organization of {OF_LARGE}", OF_ONE)):

        async def look(asked: ListRequest = asked) -> object:
            return await handlers.read.list(asked, ADMIN)

        await look()
        for what, before in (("nothing", nothing), ("a decision", decided)):
            wall, cpu = await _timed(look, before)
            print(f"| {name} | {what} | {wall:.0f} | {cpu:.0f} |")


async def _timed(
    work: Callable[[], Awaitable[object]], before: Callable[[], Awaitable[None]]
) -> tuple[float, float]:
    walls: list[float] = []
    cpus: list[float] = []
    for _ in range(LOOKS):
        await before()
        begun, spent = time.perf_counter(), time.process_time()
        await work()
        walls.append(1000 * (time.perf_counter() - begun))
        cpus.append(1000 * (time.process_time() - spent))
    return median(walls), median(cpus)


def main() -> None:
    logging.disable(logging.WARNING)
    count = (ORGANIZATIONS - 1) * len(KINDS) + OF_LARGE
    print(f"recommendation_keeping: {ORGANIZATIONS:,} organizations, {count:,} recommendations")
    print("| drawn | found | new | up to date | expired | s | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measured(Path(folder)))


if __name__ == "__main__":
    main()
