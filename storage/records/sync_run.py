"""How a refresh of the mart went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

SyncOutcome = Literal["running", "done", "failed", "cancelled"]
"""Where a refresh is; one whose process was killed stays `running`."""

SyncEnd = Literal["done", "failed", "cancelled"]
"""How a refresh can end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRun:
    """One refresh of one machine's mart.

    Attributes:
        id: its key.
        machine: whose mart.
        begun_at: UTC.
        ended_at: UTC; None: it still runs, or its process was killed.
        outcome: where it is.
        error: what went wrong, a sentence; empty where nothing did.
        days_read: days that were read from the warehouse.
        days_restated: days whose figures were others than before.
        bytes_billed: what is paid for it.
    """

    id: UUID
    machine: str
    begun_at: datetime
    ended_at: datetime | None
    outcome: SyncOutcome
    error: str
    days_read: int
    days_restated: int
    bytes_billed: int
