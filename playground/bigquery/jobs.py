"""Jobs: what was asked, what it read, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from playground.bigquery.refusal import Refusal
from playground.bigquery.values import Value

State = Literal["PENDING", "RUNNING", "DONE"]


@dataclass(slots=True)
class JobRecord:
    """A job, as a test looks at it.

    Attributes:
        method: `jobs.query` or `jobs.insert`.
        project: that ran it, and pays.
        job_id: None for a dry run.
        parameters: values by name.
        bytes_processed: logical bytes that it read; what it would read, for a dry run.
        bytes_billed: 0 for a dry run and for a job that failed.
        partitions: days that it read, by table (`project.dataset.table`); None is `__NULL__`.
        reason: why it failed, in BigQuery's word; None if it did not.
    """

    method: str
    project: str
    job_id: str | None
    dry_run: bool
    sql: str
    created: datetime
    parameters: Mapping[str, Value | list[Value]] = field(
        default_factory=dict[str, "Value | list[Value]"]
    )
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    location: str = "US"
    maximum_bytes_billed: int | None = None
    timeout_ms: int | None = None
    bytes_processed: int = 0
    bytes_billed: int = 0
    partitions: dict[str, set[date | None]] = field(default_factory=dict[str, "set[date | None]"])
    state: State = "RUNNING"
    reason: str | None = None
    message: str | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; `kind` is the REST interface's name of its type."""

    name: str
    kind: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a query returned."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(slots=True)
class Job:
    """A job as the server keeps it."""

    record: JobRecord
    configuration: dict[str, object]
    result: Result | None = None
    refusal: Refusal | None = None

    def end(self, now: datetime, refusal: Refusal | None = None) -> None:
        """The job is over; nothing changes it afterwards."""
        record = self.record
        record.state, record.ended, self.refusal = "DONE", now, refusal
        if refusal is not None:
            record.reason, record.message, self.result = refusal.reason, refusal.message, None
            record.bytes_billed = 0
