"""From the journal into the mart: by the importer itself, a segment at a time.

A segment is removed when the mart has it. Whatever dies in between, its rows have the keys that
they had before, so the importer knows those that are there: each is there once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from analysis.errors import BadInput, Refused, Unavailable
from handlers.imports import ImportHandler, ImportRequest
from handlers.ingest.intake import Intake
from queries.dimensions import Source
from queries.ingest.journal import Journal
from queries.sources.report import ImportReport

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=5)
"""How often what came in is merged, where that is quick."""

SHARE = 4
"""The pause after a merge is so many times as long as the merge: a day that grows is rolled up
anew by each, and that must not take the machine from those who ask."""


TRIES = 3
"""How often a segment that the importer cannot read is tried: its disk may be full meanwhile."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What one merge did.

    Attributes:
        segments: of the journal that the mart has now.
        taken: events that are new in it.
        repeated: events that were there already.
        rejected: events that the importer would not take after all.
    """

    segments: int = 0
    taken: int = 0
    repeated: int = 0
    rejected: int = 0


@dataclass(slots=True)
class Merger:
    """Merges the journal into the mart.

    Attributes:
        journal: what is kept.
        imports: what imports a file.
        merged: is told after each merge that the mart has something new.
        every: see `EVERY`.
    """

    journal: Journal
    imports: ImportHandler
    merged: Callable[[], Awaitable[None]] | None = None
    every: timedelta = EVERY
    _failed: dict[Path, int] = field(default_factory=dict[Path, int])

    async def merge(self) -> Merged:
        """Merges all that is kept now; what another process is merging stays its affair.

        Raises:
            Refused: somebody else writes to the mart.
            Unavailable: the mart, or the store, cannot be read.
        """
        segments = taken = repeated = rejected = 0
        with self.journal.merging() as is_mine:
            if not is_mine:
                return Merged()
            for segment in await asyncio.to_thread(self.journal.closed):
                report = await self._import(segment)
                if report is None:
                    continue
                segments += 1
                taken += report.taken
                repeated += report.repeated
                rejected += report.rejected
        if taken and self.merged is not None:
            await self.merged()
        return Merged(segments, taken, repeated, rejected)

    async def run(self, intake: Intake) -> None:
        """Merges again and again, until it is cancelled.

        Args:
            intake: tells when something was kept.
        """
        loop = asyncio.get_running_loop()
        every = self.every.total_seconds()
        while True:
            begun = loop.time()
            merging = asyncio.create_task(self.merge(), name="merging usage")
            try:
                await asyncio.wait({merging})
            finally:
                merging.cancel()
            took = loop.time() - begun
            if not self._succeeded(merging):
                await asyncio.sleep(max(every, took))
                continue
            await intake.kept()
            # Where much waits the mart is what is waited for: it gets all the time.
            is_behind = self.journal.backlog > intake.most_backlog // 2
            await asyncio.sleep(every if is_behind else max(every, SHARE * took))

    def _succeeded(self, merging: asyncio.Task[Merged]) -> bool:
        """Whether a merge did; what failed is tried again: the journal keeps it."""
        error = merging.exception()
        if error is None:
            did = merging.result()
            if did.segments:
                log.info("usage merged: %d events, %d were there", did.taken, did.repeated)
            return True
        if isinstance(error, Refused | Unavailable):
            log.warning("usage is not merged yet, and is tried again: %s", error)
        else:
            log.error("usage could not be merged, and is tried again", exc_info=error)
        return False

    async def _import(self, segment: Path) -> ImportReport | None:
        try:
            report = await self.imports.import_file(ImportRequest(Source.USAGE, segment))
        except BadInput as error:
            tried = self._failed[segment] = self._failed.get(segment, 0) + 1
            if tried < TRIES:
                log.warning("%s cannot be imported, and is tried again: %s", segment.name, error)
                return None
            # Nothing of it can be read: it must not be tried for ever.
            del self._failed[segment]
            aside = self.journal.set_aside(segment)
            log.error("usage that was kept cannot be imported, and lies in %s: %s", aside, error)
            return None
        self._failed.pop(segment, None)
        await asyncio.to_thread(self.journal.remove, segment)
        if report.rejected:
            log.error(
                "of usage that was kept, %d events were rejected: %s",
                report.rejected,
                report.rejects_file,
            )
        return report
