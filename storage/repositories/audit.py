"""The audit trail: added to, and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Select, delete, insert, or_, select

from analysis.clock import Clock
from analysis.request_id import request_id
from storage.database import Sessions
from storage.models import AuditRow
from storage.models.audit import AuditCutRow
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, AuditWanted, StoredAuditEntry, Surface
from storage.repositories.many import insert_all

LEAST_KEPT = timedelta(days=800)
"""How long every decision is kept: what a budget of a year was in the year before is drawn from it.
The database holds this too, see migration 0023."""


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

    async def newest(
        self, wanted: AuditWanted, *, before: int | None = None, limit: int = 50
    ) -> list[StoredAuditEntry]:
        """What was decided, newest first.

        Args:
            wanted: which of it.
            before: the last number of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._newest(_wanted(wanted), before, limit)

    async def oldest(
        self, wanted: AuditWanted, *, after: int = 0, limit: int = 500
    ) -> list[StoredAuditEntry]:
        """What was decided, in its order: a page of what is exported.

        Args:
            wanted: which of it.
            after: the last number of the page before; 0: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = _wanted(wanted).where(AuditRow.id > after).order_by(AuditRow.id).limit(limit)
        async with self._sessions.reading() as session:
            return [_entry(row) for row in await session.scalars(query)]

    async def forget_before(self, instant: datetime, by: Actor) -> int:
        """Forgets what was decided before an instant: the one way in which a decision goes.

        That it may go is declared first, in a table that is never changed either; the database
        lets go of nothing else.

        Args:
            instant: UTC; at least `LEAST_KEPT` ago.
            by: who has it forgotten.

        Returns:
            How many decisions were forgotten.

        Raises:
            ValueError: that is too short ago.
            Unavailable: the database does not answer.
        """
        now = self._clock()
        if instant > now - LEAST_KEPT:
            message = f"every decision is kept for {LEAST_KEPT.days} days"
            raise ValueError(message)
        cut = insert(AuditCutRow).values(before=instant, declared_at=now, declared_by=by.key)
        async with self._sessions.writing() as session:
            await session.execute(cut)
            gone = delete(AuditRow).where(AuditRow.at < instant).returning(AuditRow.id)
            return len((await session.scalars(gone)).all())

    async def _newest(
        self, query: Select[AuditRow], before: int | None, limit: int
    ) -> list[StoredAuditEntry]:
        if before is not None:
            query = query.where(AuditRow.id < before)
        async with self._sessions.reading() as session:
            rows = await session.scalars(query.order_by(AuditRow.id.desc()).limit(limit))
            return [_entry(row) for row in rows]


def _wanted(wanted: AuditWanted) -> Select[AuditRow]:
    query = select(AuditRow)
    if wanted.within is not None:
        query = query.where(AuditRow.organization == wanted.within)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at < wanted.until)
    if wanted.action is not None:
        whole = AuditRow.action == wanted.action
        begins = AuditRow.action.startswith(f"{wanted.action}.", autoescape=True)
        query = query.where(or_(whole, begins))
    return query


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
        "request_id": request_id() or None,
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
        request_id=row.request_id,
    )
