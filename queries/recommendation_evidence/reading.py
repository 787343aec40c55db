"""Reading the mart for recommendations: a DuckDB of one's own for each job, in a thread.

Evidence is read beside the questions of people, so it has its own limits of threads and memory;
what does not fit spills into the mart's folder. Whoever stops waiting stops the job.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import duckdb

from analysis.errors import Unavailable
from queries.dimensions import Source
from queries.duck import connect
from queries.mart.collector import TEMPORARY
from queries.mart.manifest import costs_shape_of
from queries.mart.mart import Mart
from queries.mart.rollup import costs_of, nothing
from queries.mart.snapshot import Snapshot
from queries.schema import costs_columns, requests_columns

T = TypeVar("T")

REQUEST_FILES, COSTS_FILES = "evidence_requests", "evidence_costs"
"""The DuckDB variables with the files that are read."""


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """What reading may take.

    Attributes:
        threads: of DuckDB.
        memory: of DuckDB, as it writes sizes; beyond it rows spill into the mart's folder.
    """

    threads: int = 2
    memory: str = "2GB"


class EvidenceReader:
    """Reads the mart as it is published at the moment; making one opens nothing.

    Args:
        mart: with the facts.
        limits: what reading may take.
    """

    def __init__(self, mart: Mart, limits: EvidenceLimits | None = None) -> None:
        self._mart = mart
        self._limits = limits or EvidenceLimits()

    async def read(self, job: Callable[[Reading], T]) -> T:
        """Does a job on a database of its own, in a thread.

        Raises:
            Unavailable: the mart's files cannot be read, or it needs more memory than it may have.
        """
        reading = Reading(self._mart, self._limits)
        running = asyncio.ensure_future(asyncio.to_thread(self._do, reading, job))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            # The thread is waited for: it closes the database when it ends.
            while not running.done():
                reading.interrupt()
                await asyncio.wait([running], timeout=0.02)
            if not running.cancelled():
                running.exception()  # looked at: whoever asked does not wait for it any more
            raise

    def _do(self, reading: Reading, job: Callable[[Reading], T]) -> T:
        try:
            return job(reading)
        except duckdb.IOException as error:
            message = "The mart's files cannot be read."
            raise Unavailable(message) from error
        except duckdb.OutOfMemoryException as error:
            message = f"The evidence needs more memory than the {self._limits.memory} it may take."
            raise Unavailable(message) from error
        finally:
            reading.close()


class Reading:
    """A snapshot of the mart, and the database of one job over it.

    Args:
        mart: with the facts.
        limits: of the database.

    Attributes:
        connection: in memory, in UTC; of the job alone.
        snapshot: what is read, whatever is written meanwhile.
    """

    def __init__(self, mart: Mart, limits: EvidenceLimits) -> None:
        self._mart = mart
        self.snapshot: Snapshot = mart.snapshot()
        self.connection = connect(
            threads=limits.threads, memory=limits.memory, temporary=_temporary(mart)
        )
        self._closing = threading.Lock()
        self._is_closed = False

    def interrupt(self) -> None:
        """Stops what is running, from another thread; once it is closed nothing happens."""
        with self._closing:
            if not self._is_closed:
                self.connection.interrupt()

    def close(self) -> None:
        """Lets the database go."""
        with self._closing:
            self._is_closed = True
            self.connection.close()

    def requests(self, source: Source, first_day: date, last_day: date) -> str:
        """The requests of some UTC days, as they stand after FROM; only one such at a time.

        Only built-in columns may be read of it. What files of an older shape lack is NULL.
        """
        files = self.snapshot.files("requests", first_day, last_day, {source})
        if not files:
            return f"({nothing(requests_columns(self._mart.dimensions))})"
        self._select(REQUEST_FILES, files)
        return (
            f"read_parquet(getvariable('{REQUEST_FILES}'), union_by_name = true, "
            "hive_partitioning = false)"
        )

    def costs(self, source: Source, first_day: date, last_day: date) -> str:
        """The rollup of some UTC days, as it stands after FROM; only one such at a time."""
        files = self.snapshot.files("costs", first_day, last_day, {source})
        if not files:
            return f"({nothing(costs_columns(self._mart.dimensions))})"
        self._select(COSTS_FILES, files)
        shape = costs_shape_of(self._mart.dimensions)
        alike = self.snapshot.shapes(first_day, last_day) <= {shape}
        return costs_of(self._mart.dimensions, f"getvariable('{COSTS_FILES}')", alike=alike)

    def _select(self, variable: str, files: list[str]) -> None:
        # DuckDB makes the last folder of the spilled rows alone.
        (self._mart.folder / TEMPORARY).mkdir(exist_ok=True)
        self.connection.execute(f"SET VARIABLE {variable} = $1", [files])


def _temporary(mart: Mart) -> Path:
    # Of one's own: DuckDBs do not share a folder. What a crash leaves behind, the writer collects.
    return mart.folder / TEMPORARY / f"evidence-{uuid4().hex}"
