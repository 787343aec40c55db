"""When all series were looked at for anomalies: each state of the facts once, by one process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import AnomalyLookRow
from storage.repositories.inserts import insert_into

GIVEN_UP = timedelta(minutes=30)
"""A look that has not finished by then was ended; its slot is free again."""


class AnomalyLookRepository:
    """The looks of all processes together."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def begin(self, slot: str, day: date) -> UUID | None:
        """Begins a look, once for its slot.

        Returns:
            Its key; None: it was done, or another process is doing it.

        Raises:
            Unavailable: the database does not answer.
        """
        now, row = self._clock(), AnomalyLookRow
        given_up = delete(row).where(
            row.slot == slot, row.finished_at.is_(None), row.began_at <= now - GIVEN_UP
        )
        beginning = (
            insert_into(self._sessions, row)
            .values(id=uuid4(), slot=slot, day=day, began_at=now, finished_at=None, counts={})
            .on_conflict_do_nothing(index_elements=[row.slot])
            .returning(row.id)
        )
        async with self._sessions.writing() as session:
            await session.execute(given_up)
            return await session.scalar(beginning)

    async def finish(self, key: UUID, counts: Mapping[str, int]) -> None:
        """Keeps what came of a look.

        Raises:
            Unavailable: the database does not answer.
        """
        finishing = (
            update(AnomalyLookRow)
            .where(AnomalyLookRow.id == key)
            .values(finished_at=self._clock(), counts=dict(counts))
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.writing() as session:
            await session.execute(finishing)

    async def give_up(self, key: UUID) -> None:
        """Frees the slot of a look that came to nothing.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.writing() as session:
            await session.execute(delete(AnomalyLookRow).where(AnomalyLookRow.id == key))

    async def is_finished(self, slot: str) -> bool:
        """Whether a slot's look is done: cheaper than to begin it in vain.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLookRow
        query = select(row.id).where(row.slot == slot, row.finished_at.is_not(None))
        async with self._sessions.reading() as session:
            return await session.scalar(query) is not None

    async def last_day(self) -> date | None:
        """The newest day that was looked at; None: none ever was.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLookRow
        query = select(row.day).where(row.finished_at.is_not(None)).order_by(row.day.desc())
        async with self._sessions.reading() as session:
            return await session.scalar(query.limit(1))

    async def days(self, first: date, last: date) -> dict[date, datetime]:
        """The days of a stretch that were looked at, and when that was done last, UTC.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLookRow
        query = select(row.day, row.finished_at).where(
            row.day >= first, row.day <= last, row.finished_at.is_not(None)
        )
        async with self._sessions.reading() as session:
            found: dict[date, datetime] = {}
            for day, at in await session.execute(query):
                if at is not None:
                    found[day] = max(at, found.get(day, at))
            return found

    async def forget_before(self, day: date) -> int:
        """Forgets the looks at days before one.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLookRow
        async with self._sessions.writing() as session:
            gone = await session.scalars(delete(row).where(row.day < day).returning(row.id))
            return len(gone.all())
