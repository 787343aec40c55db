"""A job of a serving costbot: which of its slots was begun last, by whom, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

JobOutcome = Literal["done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """The last run of a job in a place.

    Attributes:
        name: of the job.
        place: the machine whose own it is; empty: all replicas together have one.
        slot: the begin of the slot that was claimed last, UTC.
        worker: who claimed it.
        attempts: how often that slot was begun.
        started_at: UTC.
        lease_until: until when, UTC, the worker is believed to be at it unless it says so again.
        ended_at: UTC; None: it is under way, or its worker died.
        outcome: how it ended; None: it has not.
        error: why it failed last, a sentence; empty: it did not.
        failures: runs in a row that failed.
        failing_since: when the first of them ended, UTC.
        is_told: the owner knows that it is failing.
    """

    name: str
    place: str
    slot: datetime
    worker: str
    attempts: int
    started_at: datetime
    lease_until: datetime
    ended_at: datetime | None
    outcome: JobOutcome | None
    error: str
    failures: int
    failing_since: datetime | None
    is_told: bool

    @property
    def took(self) -> timedelta | None:
        """How long the last run was; None: it has not ended."""
        return None if self.ended_at is None else self.ended_at - self.started_at


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of asking for a slot.

    Attributes:
        is_mine: the work is the asker's to do.
        again_at: when it is worth asking for the same slot again, UTC: somebody else is at it, or
            it failed and is to wait; None: the slot is done, or given up.
    """

    is_mine: bool
    again_at: datetime | None = None
