"""Jobs: every statement that costbot sends to BigQuery goes through here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from analysis.clock import Clock
from queries.bigquery.access import Access
from queries.engines.base import Table

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
        modified: when it last changed, UTC; None: BigQuery does not say.
    """

    fields: Mapping[str, str]
    partition_field: str | None
    partition_type: str | None
    require_partition_filter: bool
    rows: int
    modified: datetime | None


class Jobs:
    """Runs statements, four at once, outside of the event loop.

    Args:
        access: how BigQuery is reached, and the ceilings.
        clock: for the records.
        record: gets what became of every statement that `run` was given, once.
    """

    def __init__(
        self, access: Access, clock: Clock, record: Callable[[JobRecord], Awaitable[None]]
    ) -> None:
        self._access = access
        self._clock = clock
        self._record = record

    @property
    def access(self) -> Access:
        """How BigQuery is reached."""
        return self._access

    async def estimate(self, statement: Statement) -> int:
        """The bytes that a statement would process, by a dry run; costs nothing.

        Raises:
            BadInput: it does not bound the partition column, or BigQuery refuses it.
            NotAllowed: the account lacks a permission.
            NotFound: there is no such table.
            Unavailable: BigQuery did not answer.
        """
        raise NotImplementedError

    async def run(self, statement: Statement, *, asked_by: str = "") -> Answer:
        """Runs a statement; whoever stops waiting cancels the job.

        Returns:
            All rows, in plain Python: Decimal for NUMERIC and BIGNUMERIC, date, aware datetime in
            UTC, float for FLOAT64.

        Raises:
            BadInput: it does not bound the partition column, would read more than the ceiling, or
                BigQuery refuses it.
            NotAllowed: the account lacks a permission.
            NotFound: there is no such table.
            Unavailable: BigQuery did not answer, or not completely.
        """
        raise NotImplementedError

    async def table_schema(self, table: str) -> TableSchema:
        """What BigQuery says of a table, `project.dataset.table`; costs nothing.

        Raises:
            NotAllowed: the account may not see it.
            NotFound: there is no such table.
            Unavailable: BigQuery did not answer.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Cancels what is running, waits for its records, and lets the threads go."""
        raise NotImplementedError
