"""The audit trail: added to, and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Select, insert, select

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import AuditRow
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, StoredAuditEntry, Surface
from storage.repositories.many import insert_all


class AuditRepository:
    """Who decided what. The database itself refuses to change or remove a row."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, entry: AuditEntry) -> int:
        """Keeps a decision; in the transaction of what was decided, so that both are or neither.

        Returns:
            Its number.

        Raises:
            Unavailable: the database does not answer.
        """
        values = _values(entry, self._clock())
        adding = insert(AuditRow).values(**values).returning(AuditRow.id)
        async with self._sessions.writing() as session:
            return (await session.scalars(adding)).one()

    async def add_many(self, entries: Sequence[AuditEntry]) -> None:
        """Keeps decisions in their order; see `add`.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        rows = [_values(entry, now) for entry in entries]
        async with self._sessions.writing() as session:
            await insert_all(session, AuditRow, rows)

    async def of_object(
        self, object_kind: str, object_id: str, *, before: int | None = None, limit: int = 50
    ) -> list[StoredAuditEntry]:
        """What was decided of one thing, newest first.

        Args:
            object_kind: of what kind of thing.
            object_id: of which.
            before: the last number of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(AuditRow).where(
            AuditRow.object_kind == object_kind, AuditRow.object_id == object_id
        )
        return await self._newest(query, before, limit)

    async def page(
        self, *, within: str | None = None, before: int | None = None, limit: int = 50
    ) -> list[StoredAuditEntry]:
        """What was decided, newest first.

        Args:
            within: in one organization only; None: anywhere.
            before: the last number of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(AuditRow)
        if within is not None:
            query = query.where(AuditRow.organization == within)
        return await self._newest(query, before, limit)

    async def _newest(
        self, query: Select[AuditRow], before: int | None, limit: int
    ) -> list[StoredAuditEntry]:
        if before is not None:
            query = query.where(AuditRow.id < before)
        async with self._sessions.reading() as session:
            rows = await session.scalars(query.order_by(AuditRow.id.desc()).limit(limit))
            return [_entry(row) for row in rows]


def _values(entry: AuditEntry, now: datetime) -> dict[str, object]:
    return {
        "at": now,
        "team_id": entry.actor.team_id,
        "user_id": entry.actor.user_id,
        "actor_name": entry.actor.name,
        "surface": entry.surface,
        "organization": entry.organization,
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "before": None if entry.before is None else dict(entry.before),
        "after": None if entry.after is None else dict(entry.after),
    }


def _entry(row: AuditRow) -> StoredAuditEntry:
    return StoredAuditEntry(
        id=row.id,
        at=row.at,
        actor=Actor(team_id=row.team_id, user_id=row.user_id, name=row.actor_name),
        surface=cast("Surface", row.surface),
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        organization=row.organization,
        before=row.before,
        after=row.after,
    )
