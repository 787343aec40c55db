"""What was found of series, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, delete, func, select, update
from sqlalchemy import cast as as_type

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import AnomalyFindingRow
from storage.records.anomaly import KeptFinding, Outcome
from storage.repositories.inserts import insert_into
from storage.repositories.many import ROWS_AT_ONCE, chunks, table_of

_KEPT = tuple(one.name for one in fields(KeptFinding))
_STAYS = frozenset({"series", "day", "found_at"})
"""What a later look at the same day does not change."""


class AnomalyFindingRepository:
    """The findings of all organizations."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def put(
        self, day: date, findings: Sequence[KeptFinding], looked_at: Sequence[str] | None = None
    ) -> None:
        """Keeps what a look at a day has found; what it did not find again is gone.

        Args:
            day: that was looked at.
            findings: all that was found of it.
            looked_at: the series that the look could judge; None: all.

        Raises:
            Unavailable: the database does not answer.
        """
        table, row = table_of(AnomalyFindingRow), AnomalyFindingRow
        adding = insert_into(self._sessions, table)
        changed: dict[str, ColumnElement[object]] = {
            name: getattr(adding.excluded, name) for name in _KEPT if name not in _STAYS
        }
        # What was told stays told, whatever is said of it afterwards.
        was_told = (table.c.outcome == "told") | (table.c.outcome == "together")
        was_told &= adding.excluded.outcome == "silent"
        changed["outcome"] = case((was_told, table.c.outcome), else_=adding.excluded.outcome)
        adding = adding.on_conflict_do_update(index_elements=["series", "day"], set_=changed)
        now = self._clock()
        there = {one.series for one in findings}
        async with self._sessions.writing() as session:
            connection = await session.connection()
            for some in chunks(findings, ROWS_AT_ONCE):
                rows = [{"id": one.id, **asdict(one), "gone_at": None} for one in some]
                await connection.execute(adding, rows)
            query = select(row.series).where(row.day == day, row.gone_at.is_(None))
            known = set(await session.scalars(query))
            gone = known - there
            if looked_at is not None:
                gone &= set(looked_at)
            for some in chunks(sorted(gone), ROWS_AT_ONCE):
                leaving = (
                    update(row)
                    .where(row.day == day, row.series.in_(some), row.gone_at.is_(None))
                    .values(gone_at=now)
                    .execution_options(synchronize_session=False)
                )
                await session.execute(leaving)

    async def of_days(
        self, first: date, last: date, within: str | None = None, limit: int = 10_000
    ) -> list[KeptFinding]:
        """What was found of some days, the newest day and the most dollars first.

        Args:
            first: the first day.
            last: the last day.
            within: only this organization's; None: all.
            limit: so many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyFindingRow
        query = select(row).where(row.day >= first, row.day <= last)
        if within is not None:
            query = query.where(row.organization == within)
        query = query.order_by(row.day.desc(), row.series).limit(limit)
        async with self._sessions.reading() as session:
            found = await session.scalars(query, execution_options={"populate_existing": True})
            rows = [_finding(one) for one in found]
        return sorted(rows, key=lambda one: (-one.day.toordinal(), -abs(one.usd), one.series))

    async def find(self, key: UUID) -> KeptFinding | None:
        """The finding of an id; None: there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(AnomalyFindingRow).where(AnomalyFindingRow.id == key)
        async with self._sessions.reading() as session:
            row = await session.scalar(query, execution_options={"populate_existing": True})
            return None if row is None else _finding(row)

    async def find_beginning(
        self, digits: str, within: str | None = None, limit: int = 2
    ) -> list[KeptFinding]:
        """Those whose id begins with some digits, hyphens left away.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyFindingRow
        written = func.lower(func.replace(as_type(row.id, String), "-", ""))
        query = select(row).where(written.startswith(digits, autoescape=True))
        if within is not None:
            query = query.where(row.organization == within)
        async with self._sessions.reading() as session:
            found = await session.scalars(query.order_by(row.id).limit(limit))
            return [_finding(one) for one in found]

    async def latest_of(self, series: str) -> KeptFinding | None:
        """What was found of a series last; None: nothing ever was.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyFindingRow
        query = select(row).where(row.series == series).order_by(row.day.desc()).limit(1)
        async with self._sessions.reading() as session:
            found = await session.scalar(query, execution_options={"populate_existing": True})
            return None if found is None else _finding(found)

    async def forget_before(self, day: date) -> int:
        """Forgets what was found of days before one.

        Returns:
            How many findings they were.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyFindingRow
        async with self._sessions.writing() as session:
            gone = await session.scalars(delete(row).where(row.day < day).returning(row.id))
            return len(gone.all())


def _finding(row: AnomalyFindingRow) -> KeptFinding:
    values = {name: getattr(row, name) for name in _KEPT}
    values["outcome"] = cast("Outcome", row.outcome)
    return KeptFinding(**values)
