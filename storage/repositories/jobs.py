"""Which slots of jobs were claimed, by whom, and how the work went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select, update

from storage.database import Sessions
from storage.models import JobRow
from storage.records.job import Claim, JobOutcome, JobState
from storage.repositories.inserts import insert_into
from storage.repositories.lines import one_line

LEASE = timedelta(minutes=5)
"""For how long a worker that says nothing is believed to be at its job."""

RETRY_AFTER = timedelta(minutes=15)
"""How long a slot whose work has failed waits for its next attempt."""

MOST_ATTEMPTS = 4
"""How often a slot is begun; what is left undone then, the next slot does."""

FAR_AHEAD = timedelta(days=1)
"""A slot that lies so far ahead was claimed under a wrong clock, and holds nobody back."""


class JobRepository:
    """One row for each job and place: the claim on its slots, for all replicas together."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def claim(
        self, name: str, place: str, slot: datetime, worker: str, now: datetime
    ) -> Claim:
        """Asks for a slot: of any number of workers one gets it.

        Args:
            name: of the job.
            place: see `JobState`.
            slot: its begin, UTC.
            worker: who asks, a name that no other process has.
            now: the present, UTC.

        Raises:
            Unavailable: the database does not answer.
        """
        begun = _begun(slot, worker, now)
        async with self._sessions.writing() as session:
            first = (
                insert_into(self._sessions, JobRow)
                .values(name=name, place=place, **begun, **_NEVER_FAILED, attempts=1)
                .on_conflict_do_nothing(index_elements=[JobRow.name, JobRow.place])
                .returning(JobRow.name)
            )
            if await session.scalar(first) is not None:
                return Claim(is_mine=True)
            query = select(JobRow).where(JobRow.name == name, JobRow.place == place)
            row = await session.scalar(query.with_for_update())
            if row is None:
                message = "a row that was there is gone: jobs are never deleted"
                raise AssertionError(message)
            found = _answer(_state(row), slot, now)
            if found.is_mine:
                attempts = row.attempts + 1 if row.slot == slot else 1
                for column, value in {**begun, "attempts": attempts}.items():
                    setattr(row, column, value)
            return found

    async def begin(
        self, name: str, place: str, slot: datetime, worker: str, now: datetime
    ) -> None:
        """Keeps that a job which every process does for itself is begun; see `claim`."""
        begun = _begun(slot, worker, now)
        adding = insert_into(self._sessions, JobRow).values(
            name=name, place=place, **begun, **_NEVER_FAILED, attempts=1
        )
        beginning = adding.on_conflict_do_update(
            index_elements=[JobRow.name, JobRow.place], set_={**begun, "attempts": 1}
        )
        async with self._sessions.writing() as session:
            await session.execute(beginning)

    async def renew(self, name: str, place: str, worker: str, now: datetime) -> None:
        """Says that a worker is still at it."""
        renewing = (
            update(JobRow)
            .where(JobRow.name == name, JobRow.place == place, JobRow.worker == worker)
            .where(JobRow.ended_at.is_(None))
            .values(lease_until=now + LEASE)
        )
        async with self._sessions.writing() as session:
            await session.execute(renewing)

    async def end(
        self,
        name: str,
        place: str,
        worker: str,
        now: datetime,
        outcome: JobOutcome,
        error: str = "",
    ) -> tuple[JobState, JobState] | None:
        """Keeps how a run ended, unless somebody else has begun the job meanwhile.

        Returns:
            The state before and after; None: nothing was changed.
        """
        async with self._sessions.writing() as session:
            query = select(JobRow).where(
                JobRow.name == name, JobRow.place == place, JobRow.worker == worker
            )
            row = await session.scalar(query.with_for_update())
            if row is None or row.ended_at is not None:
                return None
            before = _state(row)
            row.ended_at, row.outcome, row.error = now, outcome, one_line(error)
            if outcome == "failed":
                row.failures += 1
                row.failing_since = row.failing_since or now
            elif outcome == "done":
                row.failures, row.failing_since, row.is_told = 0, None, False
            return before, _state(row)

    async def told(self, name: str, place: str) -> None:
        """Keeps that the owner knows of a failing job."""
        telling = update(JobRow).where(JobRow.name == name, JobRow.place == place)
        async with self._sessions.writing() as session:
            await session.execute(telling.values(is_told=True))

    async def find_all(self) -> list[JobState]:
        """The last run of every job, by name and place.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.reading() as session:
            rows = await session.scalars(select(JobRow).order_by(JobRow.name, JobRow.place))
            return [_state(row) for row in rows]


_NEVER_FAILED: Mapping[str, object] = {
    "error": "",
    "failures": 0,
    "failing_since": None,
    "is_told": False,
}


def _begun(slot: datetime, worker: str, now: datetime) -> dict[str, object]:
    return {
        "slot": slot,
        "worker": worker,
        "started_at": now,
        "lease_until": now + LEASE,
        "ended_at": None,
        "outcome": None,
    }


def _answer(row: JobState, slot: datetime, now: datetime) -> Claim:
    """Whether a slot may be begun, after what is kept of the job."""
    if row.slot > slot and row.slot - now < FAR_AHEAD:
        return Claim(is_mine=False)  # this clock is behind: somebody has begun a later slot
    if row.outcome is None:
        # Nobody has ended it: its worker is at it, or dead once the lease is over.
        held = row.lease_until > now and row.lease_until - now <= LEASE
        return Claim(is_mine=False, again_at=row.lease_until) if held else Claim(is_mine=True)
    if row.slot != slot or row.outcome == "cancelled":
        return Claim(is_mine=True)
    if row.outcome == "done" or row.attempts >= MOST_ATTEMPTS or row.ended_at is None:
        return Claim(is_mine=False)
    again = row.ended_at + RETRY_AFTER
    return Claim(is_mine=True) if again <= now else Claim(is_mine=False, again_at=again)


def _state(row: JobRow) -> JobState:
    return JobState(
        name=row.name,
        place=row.place,
        slot=row.slot,
        worker=row.worker,
        attempts=row.attempts,
        started_at=row.started_at,
        lease_until=row.lease_until,
        ended_at=row.ended_at,
        outcome=cast("JobOutcome | None", row.outcome),
        error=row.error,
        failures=row.failures,
        failing_since=row.failing_since,
        is_told=row.is_told,
    )
