"""Usage over HTTP, put together: what takes it in, and what merges it into the mart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter

from api.identity import Senders
from api.usage.otlp import otlp_router
from api.usage.routes import usage_router
from bot.assembly import Parts
from bot.observation.observer import Taken
from handlers.imports import ImportHandler
from handlers.ingest.intake import Intake
from handlers.ingest.merging import Merger
from queries.ingest.journal import Journal


@dataclass(frozen=True, slots=True)
class Ingest:
    """What a serving process takes usage in with.

    Attributes:
        intake: keeps what is sent.
        merger: brings it into the mart.
    """

    intake: Intake
    merger: Merger


def ingest_of(parts: Parts, merged: Callable[[], Awaitable[None]] | None = None) -> Ingest:
    """What takes usage in; nothing is at work yet.

    Args:
        parts: with the mart and the prices.
        merged: is told after each merge that the mart has something new.
    """
    settings, unit_prices = parts.settings, parts.store.prices.unit_prices
    journal = Journal(settings.home)
    imports = ImportHandler(settings.home, parts.mart, parts.dimensions, parts.clock, unit_prices)
    most = settings.ingest_most_backlog_mb * 1_000_000
    intake = Intake(journal, parts.dimensions, unit_prices, parts.clock, most)
    return Ingest(intake, Merger(journal, imports, merged))


@asynccontextmanager
async def ingest_opened(
    parts: Parts, merged: Callable[[], Awaitable[None]] | None = None
) -> AsyncGenerator[Ingest]:
    """Takes usage in, and merges it, for as long as the block lasts.

    What is not merged at its end stays in the journal: the next process merges it.
    """
    ingest = ingest_of(parts, merged)
    parts.observer.ingesting(lambda: _taken(ingest.intake))
    work = [
        asyncio.create_task(ingest.intake.run(), name="taking usage in"),
        asyncio.create_task(ingest.merger.run(ingest.intake), name="merging usage"),
    ]
    try:
        yield ingest
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        ingest.intake.journal.close()


@asynccontextmanager
async def usage_routers_opened(
    parts: Parts, senders: Senders
) -> AsyncGenerator[tuple[APIRouter, ...]]:
    """The calls by which usage comes in, with what works on it, for as long as the block lasts.

    Args:
        parts: with the mart and the prices.
        senders: knows who sends.
    """
    async with ingest_opened(parts) as ingest:
        yield usage_routers_of(ingest.intake, senders)


def usage_routers_of(intake: Intake, senders: Senders) -> tuple[APIRouter, ...]:
    """The calls by which usage comes in.

    Args:
        intake: is at work.
        senders: knows who sends.
    """
    return usage_router(intake, senders), otlp_router(intake, senders)


def _taken(intake: Intake) -> Taken:
    counts = intake.counts
    events = {
        "accepted": counts.accepted,
        "duplicate": counts.duplicates,
        "rejected": counts.rejected,
    }
    return Taken(events, counts.refused, intake.journal.backlog)
