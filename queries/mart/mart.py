"""The mart: a folder of immutable Parquet files and the one manifest that names them."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from analysis.clock import Clock
from analysis.errors import Refused, Unavailable
from queries.dimensions import Dimensions
from queries.duck import connect
from queries.mart.blocks import stored, write
from queries.mart.collector import TEMPORARY
from queries.mart.manifest import MANIFEST, Manifest, costs_shape_of, parse, read
from queries.mart.snapshot import Snapshot
from queries.mart.writer import MartWriter, Progress

SETTLED = timedelta(days=2)
"""Days that have been over for so long hardly change any more."""

GRACE = timedelta(minutes=15)
"""How long files that were left behind stay: longer than any query runs."""


@dataclass(frozen=True, slots=True)
class WriterLimits:
    """What a writer may take.

    Attributes:
        threads: of DuckDB.
        memory: of DuckDB, as it writes sizes; beyond it rows spill into the mart's folder.
        wait: seconds for another writer to finish.
    """

    threads: int = 2
    memory: str = "2GB"
    wait: float = 30.0


class Mart:
    """The local copy of `requests` and `costs`; making one opens nothing.

    Args:
        home: costbot's folder; the mart is `mart` in it.
        dimensions: of the deployment.
        clock: the present.
        hourly_days: UTC days before today that keep their hours in `costs`.
        limits: of a writer.
        grace: how long files that were left behind stay for those who still read them.
    """

    def __init__(
        self,
        home: Path,
        dimensions: Dimensions,
        clock: Clock,
        *,
        hourly_days: int = 62,
        limits: WriterLimits | None = None,
        grace: timedelta = GRACE,
    ) -> None:
        self.folder = home.absolute() / "mart"
        self.dimensions = dimensions
        self._clock = clock
        self._hourly_days = hourly_days
        self._limits = limits or WriterLimits()
        self._grace = grace
        self._outdated: dict[str, datetime] = {}
        self._seen: tuple[tuple[int, int, int], Snapshot] | None = None

    def snapshot(self) -> Snapshot:
        """The state that is published now; reads the manifest only when it has changed.

        Raises:
            Unavailable: the manifest is damaged.
        """
        path = self.folder / MANIFEST
        seen = self._seen
        try:
            if seen is not None and _identity(path.stat()) == seen[0]:
                return seen[1]
            with path.open("rb") as file:
                identity, text = _identity(os.fstat(file.fileno())), file.read()
        except FileNotFoundError:
            return Snapshot(self.folder, Manifest())
        snapshot = Snapshot(self.folder, parse(text, path))
        self._seen = identity, snapshot
        return snapshot

    @contextmanager
    def writer(self) -> Generator[MartWriter]:
        """The writer; only one at a time has the mart, in all processes.

        What it has not committed when the block ends is gone.

        Raises:
            Refused: another writer has the mart for longer than the limit.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        # A lock of its own for each writer: one object would let this process in twice.
        lock = FileLock(self.folder / "writer.lock", timeout=self._limits.wait)
        try:
            lock.acquire()
        except Timeout as error:
            raise Refused(
                "Another import or refresh is writing to the mart.",
                "Wait until it has finished, then try again.",
            ) from error
        try:
            with self._connect() as connection:
                writer = MartWriter(
                    self.folder,
                    self.dimensions,
                    self._clock,
                    read(self.folder),
                    connection,
                    hourly_days=self._hourly_days,
                    grace=self._grace,
                    threads=self._limits.threads,
                )
                try:
                    yield writer
                finally:
                    writer.abandon()
        finally:
            lock.release()

    def keep_up(self, *, on_progress: Progress | None = None) -> int:
        """Rolls up anew what time, a change of the dimensions or a later version has outdated.

        Takes the lock only where there is something to do.

        Returns:
            How many days were rolled up.

        Raises:
            Refused: another writer has the mart.
        """
        hourly_from = self._clock().date() - timedelta(days=self._hourly_days)
        if not self.snapshot().days_unlike(costs_shape_of(self.dimensions), hourly_from):
            return 0
        with self.writer() as writer:
            days = writer.age()
            writer.commit(on_progress=on_progress)
        return days

    def gather(self) -> int:
        """Gathers days that are over for a while into blocks, and clears away outdated ones.

        Needs no lock: blocks are copies, and who makes the same one meanwhile makes it alike.

        Returns:
            How many blocks were made.

        Raises:
            Unavailable: the mart's files cannot be read, or the disk is full.
        """
        snapshot, made = self.snapshot(), 0
        settled = self._clock().date() - SETTLED
        valid = {block.name: block for block in snapshot.blocks() if block.end <= settled}
        there = set(stored(self.folder))
        missing = sorted(valid.keys() - there, key=lambda name: valid[name].first, reverse=True)
        try:
            if missing:
                with self._connect(threads=1) as connection:
                    for name in missing:
                        write(valid[name], self.folder, self.folder / TEMPORARY, connection)
                        made += 1
            self._clear(there - valid.keys())
        except (duckdb.IOException, OSError) as error:
            message = "Days of the mart cannot be gathered: a file cannot be read or written."
            raise Unavailable(message) from error
        return made

    def _clear(self, outdated: set[str]) -> None:
        """Deletes what was found outdated long enough ago: nobody reads it any more."""
        now = self._clock()
        self._outdated = {name: self._outdated.get(name, now) for name in outdated}
        for name, since in self._outdated.items():
            if now - since >= self._grace:
                (self.folder / name).unlink(missing_ok=True)

    def _connect(self, threads: int | None = None) -> duckdb.DuckDBPyConnection:
        return connect(
            threads=threads or self._limits.threads,
            memory=self._limits.memory,
            temporary=self.folder / TEMPORARY,
        )


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_ino, status.st_size
