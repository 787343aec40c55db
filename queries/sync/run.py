"""One sync from beginning to end: list, plan, read, publish."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TypeVar

from analysis.clock import Clock
from queries.bigquery.jobs import Jobs
from queries.bigquery.partitions import partitions_of
from queries.dimensions import Source
from queries.mart import Mart
from queries.request_table import RequestTable
from queries.sync.plan import (
    Batch,
    Known,
    SyncPlan,
    Wanted,
    batches,
    chunks,
    mapping_of,
    plan_sync,
)
from queries.sync.publish import Publication, ReadBatch, from_files, publish
from queries.sync.report import SyncPreview, Tally
from queries.sync.staging import write_rows
from queries.sync.statement import columns, sync_statement

_T = TypeVar("_T")

Progress = Callable[[str, float], None]
"""Is told what is being done, and how much of the whole is done, from 0 to 1."""

LEFT_AFTER = timedelta(days=1)
"""What a sync has put aside and not looked after for so long is of one that was killed."""

ASKED_BY = "sync"
"""For whom the jobs are, in their records."""


@dataclass(slots=True)
class Sync:
    """Brings the mart up to date with the request table.

    Attributes:
        mart: that is to have the days.
        jobs: through which BigQuery is asked.
        table: that is read.
        clock: the present.
        wanted: which days it is about.
        listed_from: the oldest day whose partition is listed.
        replace_files: whether days that come from files are replaced.
        tally: what has been done so far.
    """

    mart: Mart
    jobs: Jobs
    table: RequestTable
    clock: Clock
    wanted: Wanted
    listed_from: date
    replace_files: bool = False
    tally: Tally = field(default_factory=Tally)

    async def preview(self) -> SyncPreview:
        """What a sync would do; the dry runs cost nothing, the listing 10 MB.

        Raises:
            Refused: it could not be done; `CostbotError` of every kind where BigQuery cannot.
        """
        plan = await self._plan()
        found = batches(plan.read)
        sizes = await _together(self._size(batch) for batch in found)
        return SyncPreview(
            table=self.table.name,
            plan=plan,
            bytes={batch.first_day: size for batch, size in zip(found, sizes, strict=True)},
            rows_without_day=self.tally.rows_without_day,
            bytes_billed=self.tally.bytes_billed,
        )

    async def run(self, on_progress: Progress) -> None:
        """Reads what has changed and publishes it, chunk by chunk; `tally` says what was done.

        What is published stays if a later chunk fails.

        Args:
            on_progress: is told how far it is.

        Raises:
            Refused: days come from files, too much would vanish, or another writer has the mart.
            CostbotError: BigQuery cannot be asked, or does not answer.
        """
        on_progress("Looking at the partitions", 0.0)
        listed_at = self.clock()
        plan = await self._plan()
        if plan.from_files and not self.replace_files:
            raise from_files(plan.from_files)
        self.tally.days_planned = len(plan.read)
        self.tally.days_skipped = len(plan.skipped)
        todo = chunks(batches(plan.read)) or [[]]
        done = 0
        for place, chunk in enumerate(todo, start=1):
            is_last = place == len(todo)
            days = sum(len(batch.days) for batch in chunk)
            start, end = _share(done, plan), _share(done + days, plan)
            on_progress(f"Reading {_told(chunk)}", start)
            with self._spool() as folder:
                read = await self._read_chunk(chunk, Path(folder), on_progress, (start, end))
                publication = Publication(
                    read=read,
                    emptied=plan.emptied if is_last else (),
                    listed_at=listed_at,
                    mapping=mapping_of(self.table),
                    replace_files=self.replace_files,
                    is_last=is_last and self._is_complete,
                )
                await self._publish(publication, on_progress, (start, end))
            done += days
        on_progress("Done", 1.0)

    @property
    def _is_complete(self) -> bool:
        """Whether all that is listed was looked at, not only some days."""
        return self.wanted.first_day <= self.listed_from and self.wanted.last_day >= self._today

    @property
    def _today(self) -> date:
        return self.clock().date()

    async def _plan(self) -> SyncPlan:
        first = min(self.listed_from, self.wanted.first_day)
        last = max(self._today + timedelta(days=1), self.wanted.last_day)
        listing = await partitions_of(self.jobs, self.table, first, last, asked_by=ASKED_BY)
        self.tally.bytes_billed += listing.bytes_billed
        self.tally.rows_without_day = listing.rows_without_day
        there = self.mart.snapshot()
        known = Known(there.partitions(Source.GPU), there.origins(Source.GPU))
        mapping = mapping_of(self.table)
        return plan_sync(self.table.name, listing.partitions, known, self.wanted, mapping)

    async def _size(self, batch: Batch) -> int:
        return await self.jobs.estimate(sync_statement(self.table, batch.first_day, batch.last_day))

    async def _read_chunk(
        self, chunk: list[Batch], folder: Path, on_progress: Progress, share: tuple[float, float]
    ) -> list[ReadBatch]:
        start, end = share
        done = 0

        async def read(batch: Batch) -> ReadBatch:
            nonlocal done
            found = await self._read(batch, folder)
            done += 1
            on_progress(f"Reading {_told(chunk)}", start + (end - start) * 0.7 * done / len(chunk))
            return found

        return await _together(read(batch) for batch in chunk)

    async def _read(self, batch: Batch, folder: Path) -> ReadBatch:
        statement = sync_statement(self.table, batch.first_day, batch.last_day)
        read_at = self.clock()
        answer = await self.jobs.run(statement, asked_by=ASKED_BY)
        self.tally.bytes_billed += answer.bytes_billed
        path = folder / f"{batch.first_day}.json"
        known = columns(self.table.dimensions)
        await asyncio.to_thread(write_rows, path, known, answer.rows)
        return ReadBatch(batch, path, read_at)

    async def _publish(
        self, publication: Publication, on_progress: Progress, share: tuple[float, float]
    ) -> None:
        start, end = share
        given_up = Event()

        def tell(done: float) -> None:
            if given_up.is_set():
                raise _GivenUpError
            on_progress("Writing", start + (end - start) * (0.7 + 0.3 * done))

        def work() -> None:
            publish(self.mart, publication, self.tally, tell)

        pool = ThreadPoolExecutor(1, thread_name_prefix="sync")
        future = asyncio.get_running_loop().run_in_executor(pool, work)
        try:
            await asyncio.shield(future)
        finally:
            # Whoever asked may have gone: the thread then stops at its next step, and is waited
            # for, because it reads the files that go next.
            given_up.set()
            await asyncio.wait([future])
            future.exception()  # who is gone is told nothing more
            pool.shutdown(wait=False)

    def _spool(self) -> AbstractContextManager[str]:
        """A folder for what is on its way; what crashes have left of others goes first."""
        folder = self.mart.folder / "sync"
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir():
            if datetime.fromtimestamp(left.stat().st_mtime, UTC) < self.clock() - LEFT_AFTER:
                shutil.rmtree(left, ignore_errors=True)
        return TemporaryDirectory(prefix="days-", dir=folder)


async def _together(some: Iterable[Awaitable[_T]]) -> list[_T]:
    """The results of all, in order; the first that fails ends the others, and is raised."""
    tasks = [asyncio.ensure_future(one) for one in some]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _share(done: int, plan: SyncPlan) -> float:
    """How much of the whole is done when so many days are."""
    return 0.05 + 0.95 * (done / len(plan.read) if plan.read else 0)


def _told(chunk: list[Batch]) -> str:
    if not chunk:
        return "nothing: all is up to date"
    first, last = chunk[-1].first_day, chunk[0].last_day
    return str(first) if first == last else f"{first} to {last}"


class _GivenUpError(Exception):
    """Nobody waits for the sync any more; nothing of this chunk has changed."""
