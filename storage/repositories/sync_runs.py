"""How the refreshes of the mart went, on every machine."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update

from analysis.clock import Clock
from storage.database import Database
from storage.models import SyncRunRow
from storage.records.sync_run import SyncEnd, SyncOutcome, SyncRun
from storage.repositories.lines import one_line


class SyncRunRepository:
    """Keeps one row for each refresh: written when it begins, and again when it ends."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, machine: str) -> UUID:
        """Keeps that a refresh of the mart of `machine` begins now.

        Returns:
            Its key, with which it is ended.

        Raises:
            Unavailable: the database does not answer.
        """
        key = uuid4()
        beginning = insert(SyncRunRow).values(
            id=key,
            machine=machine,
            begun_at=self._clock(),
            ended_at=None,
            outcome="running",
            error="",
            days_read=0,
            days_restated=0,
            bytes_billed=0,
        )
        async with self._database.writing() as session:
            await session.execute(beginning)
        return key

    async def end(
        self,
        key: UUID,
        outcome: SyncEnd,
        *,
        error: str = "",
        days_read: int = 0,
        days_restated: int = 0,
        bytes_billed: int = 0,
    ) -> None:
        """Keeps how the refresh ended, now; one that has ended already stays as it is.

        Args:
            key: from `begin`.
            outcome: how it ended.
            error: what went wrong, a sentence.
            days_read: days that were read from the warehouse.
            days_restated: days whose figures were others than before.
            bytes_billed: what is paid for it.

        Raises:
            Unavailable: the database does not answer.
        """
        ending = (
            update(SyncRunRow)
            .where(SyncRunRow.id == key, SyncRunRow.ended_at.is_(None))
            .values(
                ended_at=self._clock(),
                outcome=outcome,
                error=one_line(error),
                days_read=days_read,
                days_restated=days_restated,
                bytes_billed=bytes_billed,
            )
        )
        async with self._database.writing() as session:
            await session.execute(ending)

    async def latest(self, machine: str | None = None) -> SyncRun | None:
        """The refresh that was begun last, of one machine's mart or of any; None: there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._newest(machine)

    async def latest_good(self, machine: str | None = None) -> SyncRun | None:
        """The same among those that succeeded.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._newest(machine, "done")

    async def forget_before(self, instant: datetime) -> int:
        """Forgets the refreshes that were begun before `instant`.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        forgotten = delete(SyncRunRow).where(SyncRunRow.begun_at < instant)
        async with self._database.writing() as session:
            return len((await session.scalars(forgotten.returning(SyncRunRow.id))).all())

    async def _newest(self, machine: str | None, outcome: SyncEnd | None = None) -> SyncRun | None:
        query = select(SyncRunRow).order_by(SyncRunRow.begun_at.desc(), SyncRunRow.id).limit(1)
        if machine is not None:
            query = query.where(SyncRunRow.machine == machine)
        if outcome is not None:
            query = query.where(SyncRunRow.outcome == outcome)
        async with self._database.reading() as session:
            row = await session.scalar(query)
            return None if row is None else _run(row)


def _run(row: SyncRunRow) -> SyncRun:
    return SyncRun(
        id=row.id,
        machine=row.machine,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        outcome=cast("SyncOutcome", row.outcome),
        error=row.error,
        days_read=row.days_read,
        days_restated=row.days_restated,
        bytes_billed=row.bytes_billed,
    )
