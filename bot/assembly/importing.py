"""What imports files, and what generates the sample, put together."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from analysis.clock import Clock, system_clock
from bot.assembly import dimensions_of, mart_of, opened_store
from bot.settings import Settings
from handlers.imports import ImportHandler, ImportRequest
from handlers.sample import SampleHandler
from queries.dimensions import Source
from queries.sources.importer import Progress
from queries.sources.report import ImportReport


@asynccontextmanager
async def imports_opened(
    settings: Settings, clock: Clock = system_clock
) -> AsyncGenerator[ImportHandler]:
    """What imports files, ready."""
    async with opened_store(settings, clock) as store:
        yield ImportHandler(
            settings.home,
            mart_of(settings, clock),
            dimensions_of(settings),
            clock,
            store.prices.unit_prices,
        )


@asynccontextmanager
async def sample_opened(
    settings: Settings, clock: Clock = system_clock
) -> AsyncGenerator[SampleHandler]:
    """What generates the sample, ready."""
    async with imports_opened(settings, clock) as imports:

        async def import_file(source: Source, path: Path, tell: Progress) -> ImportReport:
            return await imports.import_file(ImportRequest(source, path), tell)

        yield SampleHandler(settings.home, imports.mart, clock, import_file)
