"""What costbot asked of the warehouse, one query at a time and added up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

JobOutcome = Literal["done", "refused", "failed", "cancelled"]
"""How a query ended; `refused`: by costbot itself, before it ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseJob:
    """One query.

    Attributes:
        started_at: when it was begun, any offset; kept in UTC.
        seconds: how long it took.
        purpose: what for, in a word: `query`, `sync`, `partitions`, `doctor`.
        project: which project ran, and pays for, it.
        job_id: its name in the warehouse; None: it never got there.
        asked_by: for whom; empty where costbot asked for itself.
        bytes_estimated: by a dry run; None: there was none.
        bytes_processed: what was read.
        bytes_billed: what is paid for.
        outcome: how it ended.
        reason: why, where it is not done.
    """

    started_at: datetime
    seconds: float
    purpose: str
    project: str
    outcome: JobOutcome
    job_id: str | None = None
    asked_by: str = ""
    bytes_estimated: int | None = None
    bytes_processed: int = 0
    bytes_billed: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTotals:
    """The queries of one purpose, added up.

    Attributes:
        purpose: what they were for.
        jobs: how many ran, whatever their end.
        failed: how many of those failed or were cancelled.
        refused: how many did not run, because costbot refused them.
        bytes_processed: what they read.
        bytes_billed: what is paid for.
    """

    purpose: str
    jobs: int
    failed: int
    refused: int
    bytes_processed: int
    bytes_billed: int
