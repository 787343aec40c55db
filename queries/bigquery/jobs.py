"""Jobs: every statement that costbot sends to BigQuery goes through here."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

from analysis.clock import Clock
from analysis.errors import Unavailable
from queries.bigquery.access import Access
from queries.bigquery.pacing import Pacing, StoppedError
from queries.engines.base import Table

if TYPE_CHECKING:
    from queries.bigquery.client import Client
    from queries.bigquery.running import Run

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Statements that run at the same time; the others wait."""

_ENDING = "Costbot is ending, so the query was cancelled."

Result = TypeVar("Result")
Scalar = date | datetime | str | int | bool | Decimal | float
Parameter = Scalar | Sequence[date] | Sequence[str] | Sequence[int]
Purpose = Literal["query", "sync", "partitions", "doctor"]
Outcome = Literal["done", "refused", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is to be run.

    Attributes:
        sql: one GoogleSQL query, with named parameters.
        parameters: the value of each; typed by Python's type (int INT64, Decimal BIGNUMERIC,
            datetime TIMESTAMP, a sequence ARRAY).
        purpose: a label of the job, and of its record.
        partition_column: that every read of a table has to bound; None: a metadata statement,
            which may read INFORMATION_SCHEMA alone.
    """

    sql: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    purpose: Purpose = "query"
    partition_column: str | None = None


@dataclass(frozen=True, slots=True)
class JobRecord:
    """What became of a statement, and what it cost.

    Attributes:
        purpose: of the statement.
        project: that paid.
        job_id: of the job that ran last; None: none was begun.
        started_at: UTC.
        seconds: from then on, waiting for a free thread left out.
        bytes_estimated: by the dry run; None: there was none.
        bytes_processed: by the job, or jobs.
        bytes_billed: for them.
        outcome: refused: not begun, because of what it would read or take; failed: by BigQuery;
            cancelled: whoever asked was gone.
        reason: BigQuery's, or in our words (`over the ceiling`); empty where it is done.
        asked_by: as whoever called said.
    """

    purpose: Purpose
    project: str
    job_id: str | None
    started_at: datetime
    seconds: float
    bytes_estimated: int | None
    bytes_processed: int
    bytes_billed: int
    outcome: Outcome
    reason: str
    asked_by: str


@dataclass(frozen=True)
class Answer(Table):
    """A statement's rows, and what they took.

    Attributes:
        bytes_processed: by the job.
        bytes_billed: for it; 0 from BigQuery's cache.
    """

    bytes_processed: int = 0
    bytes_billed: int = 0


@dataclass(frozen=True, slots=True)
class TableSchema:
    """What BigQuery says of a table.

    Attributes:
        fields: GoogleSQL's type by column, in order: DATE, STRING, FLOAT64, INT64, BOOL, …
        partition_field: column by which it is partitioned; None: it is not, or by load time.
        partition_type: DAY, HOUR, MONTH or YEAR; None: it is not partitioned.
        require_partition_filter: whether BigQuery itself refuses queries without one.
        rows: in all.
        location: where it is, such as `EU`; None: BigQuery does not say.
        modified: when it last changed, UTC; None: BigQuery does not say.
    """

    fields: Mapping[str, str]
    partition_field: str | None
    partition_type: str | None
    require_partition_filter: bool
    rows: int
    location: str | None
    modified: datetime | None


Ended = Answer | BaseException
"""What a statement ended with."""


class Jobs:
    """Runs statements, four at once, outside of the event loop; nothing is opened before the first.

    Args:
        access: how BigQuery is reached, and the ceilings.
        clock: for the records.
        record: gets what became of every statement that `run` was given, once.
        pacing: of tries and of looks at running jobs; None: as is good for BigQuery.
    """

    def __init__(
        self,
        access: Access,
        clock: Clock,
        record: Callable[[JobRecord], Awaitable[None]],
        pacing: Pacing | None = None,
    ) -> None:
        self._access = access
        self._clock = clock
        self._record = record
        self._pacing = pacing or Pacing()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bigquery")
        self._opening = threading.Lock()
        self._client: Client | None = None
        self._make: type[Run] | None = None
        self._running: dict[asyncio.Task[Ended], Run] = {}
        self._stops: list[Callable[[], None]] = []
        self._is_closed = False

    @property
    def access(self) -> Access:
        """How BigQuery is reached."""
        return self._access

    async def estimate(self, statement: Statement) -> int:
        """The bytes that a statement would process, by a dry run; costs nothing.

        Raises:
            BadInput: it does not bound the partition column, BigQuery refuses it, or the
                credentials.
            NotAllowed: the account lacks a permission.
            NotFound: there is no such table.
            Unavailable: BigQuery did not answer.
        """
        run = await self._run_of(statement)
        return await self._in_thread(run.estimate, run.stop)

    async def run(self, statement: Statement, *, asked_by: str = "") -> Answer:
        """Runs a statement; whoever stops waiting cancels the job.

        Returns:
            All rows, in plain Python: Decimal for NUMERIC and BIGNUMERIC, date, aware datetime in
            UTC, float for FLOAT64.

        Raises:
            BadInput: it does not bound the partition column, would read more than the ceiling, or
                BigQuery refuses it, or the credentials.
            NotAllowed: the account lacks a permission.
            NotFound: there is no such table.
            Unavailable: BigQuery did not answer, or not completely.
        """
        run = await self._run_of(statement, asked_by)
        # A task of its own: the record is made also where nobody waits any more.
        task = asyncio.create_task(self._ended(run))
        self._running[task] = run
        task.add_done_callback(self._running.pop)
        try:
            ended = await asyncio.shield(task)
        except asyncio.CancelledError:
            run.stop()
            raise
        if isinstance(ended, StoppedError):
            raise Unavailable(_ENDING) from ended
        if isinstance(ended, BaseException):
            raise ended
        return ended

    async def table_schema(self, table: str) -> TableSchema:
        """What BigQuery says of a table, `project.dataset.table`; costs nothing.

        Raises:
            BadInput: there are no credentials, or they are refused.
            NotAllowed: the account may not see it.
            NotFound: there is no such table.
            Unavailable: BigQuery did not answer.
        """
        stopped = threading.Event()

        def described() -> TableSchema:
            from queries.bigquery.running import described

            return described(self._opened, self._access, self._pacing, stopped, table)

        return await self._in_thread(described, stopped.set)

    async def close(self) -> None:
        """Cancels what is running, waits for its records, and lets the threads go.

        A second time changes nothing.
        """
        if self._is_closed:
            return
        self._is_closed = True
        for stop in (*self._stops, *(run.stop for run in self._running.values())):
            stop()
        if self._running:
            await asyncio.wait(list(self._running))
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
        if self._client is not None:
            self._client.close()

    async def _ended(self, run: Run) -> Ended:
        """What a statement ended with; given to `record` first."""
        future = asyncio.wrap_future(self._pool.submit(run.answer))
        await asyncio.wait([future])
        try:
            await self._record(run.record)
        except Exception:
            # The answer was paid for: it is given, whatever becomes of its record.
            log.exception("a job of BigQuery could not be recorded: %s", run.record)
        return future.exception() or future.result()

    async def _in_thread(self, work: Callable[[], Result], stop: Callable[[], None]) -> Result:
        """Work of which no record is made; it stops with whoever waits for it."""
        self._stops.append(stop)
        try:
            return await asyncio.wrap_future(self._pool.submit(work))
        except asyncio.CancelledError:
            stop()
            raise
        except StoppedError as error:
            raise Unavailable(_ENDING) from error
        finally:
            self._stops.remove(stop)

    async def _run_of(self, statement: Statement, asked_by: str = "") -> Run:
        if self._make is None:
            # Google's libraries take most of a second to load: late, and not in the loop's thread.
            self._make = await asyncio.to_thread(_loaded)
        return self._make(
            self._opened, self._access, self._clock, self._pacing, statement, asked_by
        )

    def _opened(self) -> Client:
        """The client; called in the threads."""
        from queries.bigquery.running import open_for

        with self._opening:
            if self._client is None:
                self._client = open_for(self._access)
            return self._client


def _loaded() -> type[Run]:
    from queries.bigquery.running import Run

    return Run
