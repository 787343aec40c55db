"""BigQuery as an engine: `costs` is a CTE over the request-level table, nothing is copied."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import cast

from analysis.clock import Clock
from analysis.periods import EARLIEST
from queries.bigquery.jobs import Jobs, Parameter, Statement
from queries.bigquery.partitions import PartitionListing, partitions_of
from queries.dimensions import Source
from queries.engines.base import Table
from queries.mart.manifest import Manifest, SourceEntry
from queries.mart.snapshot import Snapshot
from queries.request_table import FIRST_DAY, LAST_DAY, ORGANIZATION, RequestTable
from queries.scope import EVERYTHING, Scope
from queries.transpile import check_portable

LISTING_KEPT = timedelta(minutes=10)
"""How long the freshness of the table is taken to be what it was: a listing bills 10 MB."""


class BigQueryEngine:
    """The engine over the request-level table.

    Args:
        jobs: through which it asks; closed with it.
        table: that it reads.
        clock: for how long a listing of partitions is kept.
        asked_by: for the records of the jobs.
    """

    def __init__(
        self, jobs: Jobs, table: RequestTable, clock: Clock, *, asked_by: str = ""
    ) -> None:
        self._jobs = jobs
        self._table = table
        self._clock = clock
        self._asked_by = asked_by
        self._listing = asyncio.Lock()
        self._listed_at: datetime | None = None
        self._snapshot = Snapshot(Path(), Manifest())

    def snapshot(self) -> Snapshot:
        """The table as its partitions told with the last query; empty before the first one.

        Its `loaded_at` is when a partition last changed; its instants are midnights: partitions
        tell of days only.
        """
        return self._snapshot

    async def query(
        self,
        sql: str,
        parameters: Mapping[str, object],
        *,
        first_day: date,
        last_day: date,
        scope: Scope = EVERYTHING,
    ) -> Table:
        """Runs a query, see `Engine.query`; whoever stops waiting cancels the job.

        Raises:
            NotPortableError: `sql` is outside the checked subset, a bug.
            BadInput: it would read more than the ceiling; a column or the credentials are wrong.
            NotAllowed: the account lacks a permission.
            NotFound: there is no such table.
            Unavailable: BigQuery did not answer.
        """
        check_portable(sql)
        await self._look()
        given = {**parameters, FIRST_DAY: first_day, LAST_DAY: last_day}
        if scope.organization is not None:
            given[ORGANIZATION] = scope.organization
        statement = Statement(
            self._table.query(sql, scope),
            cast("dict[str, Parameter]", given),
            "query",
            self._table.partition_column,
        )
        return await self._jobs.run(statement, asked_by=self._asked_by)

    async def close(self) -> None:
        """Cancels what is running and closes the connection; a second time changes nothing."""
        await self._jobs.close()

    async def _look(self) -> None:
        """Renews the snapshot if it is old."""
        async with self._listing:
            now = self._clock()
            if self._listed_at is not None and now - self._listed_at < LISTING_KEPT:
                return
            # The partition of the day after, for whoever writes ahead of UTC.
            last = now.astimezone(UTC).date() + timedelta(days=1)
            listing = await partitions_of(
                self._jobs, self._table, EARLIEST, last, asked_by=self._asked_by
            )
            version = self._snapshot.version + 1
            self._snapshot = Snapshot(Path(), _manifest_of(listing, version))
            self._listed_at = now


def _manifest_of(listing: PartitionListing, version: int) -> Manifest:
    filled = [partition for partition in listing.partitions if partition.rows]
    if not filled:
        return Manifest(version=version)
    rows = sum(partition.rows for partition in filled)
    entry = SourceEntry(
        first_time=_midnight(filled[0].day),
        last_time=_midnight(filled[-1].day),
        loaded_at=max(partition.modified for partition in filled),
        # How many of the rows are requests, only a query that reads them could tell.
        requests=rows,
        rows=rows,
        days={},
    )
    return Manifest(version=version, sources={Source.GPU: entry})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
