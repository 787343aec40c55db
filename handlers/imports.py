"""Importing a file: its format and its columns, the prices of the store, and the mart together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from threading import Event

from analysis.clock import Clock
from analysis.errors import BadInput
from analysis.prices import UnitPrice
from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from queries.prices.catalogue import Catalogue
from queries.sources.focus import FocusImporter
from queries.sources.focus_placing import FocusMode, FocusPlacing
from queries.sources.gpu import GpuImporter
from queries.sources.importer import FileToImport, Importer, import_rows
from queries.sources.report import ImportReport
from queries.sources.usage import RelativeTime, UsageImporter
from queries.sources.usage_models import Counting

Progress = Callable[[str, float], None]
"""Is told what is being done, and how much of the whole is done, from 0 to 1."""

UnitPrices = Callable[[], Awaitable[list[UnitPrice]]]
"""Gives the store's dated price list, negotiated rates included."""


@dataclass(frozen=True, slots=True)
class FocusOptions:
    """What is said of a FOCUS file alone.

    Attributes:
        tags: the tag that fills a dimension, by the dimension's name.
        mode: what becomes of rows that are there of the same bill and days.
    """

    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    mode: FocusMode = FocusMode.NEW


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import, and how.

    Attributes:
        source: gpu, usage or focus.
        path: the file: CSV, JSON lines or Parquet.
        mapping: the file's column by ours.
        constants: what our columns are where the file has nothing.
        gpu_hour_rate: USD per GPU hour, of gpu alone; None: only rows with a cost are priced.
        counting: how tokens are counted, of usage alone, where that is not as the provider does.
        relative: what times count from, of usage alone; None: they are instants.
        focus: of focus alone.
    """

    source: Source
    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict[str, str])
    constants: Mapping[str, str] = field(default_factory=dict[str, str])
    gpu_hour_rate: Decimal | None = None
    counting: Counting = field(default_factory=Counting)
    relative: RelativeTime | None = None
    focus: FocusOptions = field(default_factory=FocusOptions)


@dataclass(frozen=True, slots=True)
class ImportHandler:
    """Imports files into the mart.

    Attributes:
        home: costbot's folder; rejects files go to `rejects` in it.
        mart: where the rows end up.
        dimensions: of the deployment.
        clock: the present.
        unit_prices: see `UnitPrices`.
    """

    home: Path
    mart: Mart
    dimensions: Dimensions
    clock: Clock
    unit_prices: UnitPrices

    async def import_file(
        self, request: ImportRequest, on_progress: Progress | None = None
    ) -> ImportReport:
        """Imports a file; the mart changes all at once, or not at all.

        Args:
            request: what to import.
            on_progress: is told how far it is, from another thread.

        Raises:
            BadInput: the file or an option cannot be used; nothing has changed.
            Refused: another import is writing.
        """
        importer = await self._importer(request)
        placing: FocusPlacing | None = None
        if request.source is Source.FOCUS:
            placing = FocusPlacing(self.dimensions, request.focus.mode)
        file = FileToImport(request.path, request.mapping, request.constants)
        given_up = Event()

        def tell(step: str, done: float) -> None:
            if given_up.is_set():
                raise _GivenUpError
            if on_progress is not None:
                on_progress(step, done)

        def work() -> ImportReport:
            return import_rows(
                file, importer, self.mart.writer, self.home, self.clock, tell, placing
            )

        with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, work)
            finally:
                # Whoever asked may have gone: the thread then stops at its next step.
                given_up.set()

    async def _importer(self, request: ImportRequest) -> Importer:
        if request.source is Source.FOCUS:
            return FocusImporter(self.dimensions, request.focus.tags)
        if request.source is Source.GPU:
            if request.counting != Counting():
                raise BadInput("GPU files have no tokens.", "Leave the options for tokens out.")
            if request.relative is not None:
                raise BadInput("Times of GPU files are instants.", "Leave `--start` out.")
            return GpuImporter(self.dimensions, request.gpu_hour_rate)
        if request.gpu_hour_rate is not None:
            raise BadInput("Usage files have no GPU seconds.", "Leave `--gpu-hour-rate` out.")
        catalogue = Catalogue(await self.unit_prices())
        return UsageImporter(self.dimensions, catalogue, request.counting, request.relative)


class _GivenUpError(Exception):
    """Nobody waits for the import any more; nothing has changed."""
