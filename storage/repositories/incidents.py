"""Incidents: one open record a subject at most, whoever finds it, and however many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError

from analysis.errors import Outdated
from storage.database import Sessions
from storage.models import IncidentRow
from storage.records.incident import Incident
from storage.repositories.inserts import insert_into
from storage.repositories.many import chunks

NAMED_AT_ONCE = 500
"""Subjects that one statement names."""


class IncidentRepository:
    """The incidents of all organizations."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def find(self, key: UUID) -> Incident | None:
        """The incident of an id, open or closed; None: there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        found = await self._read(select(IncidentRow).where(IncidentRow.id == key))
        return found[0] if found else None

    async def open_of(self, subjects: Sequence[str]) -> dict[str, Incident]:
        """The open incidents of some subjects, by subject.

        Raises:
            Unavailable: the database does not answer.
        """
        found: list[Incident] = []
        for some in chunks(sorted(set(subjects)), NAMED_AT_ONCE):
            query = _open().where(IncidentRow.subject.in_(some))
            found += await self._read(query)
        return {incident.subject: incident for incident in found}

    async def open_of_kind(self, kind: str) -> list[Incident]:
        """All open incidents of a kind, of all organizations, by subject.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._read(_open().where(IncidentRow.kind == kind))

    async def open_of_rule(self, rule_id: UUID) -> list[Incident]:
        """The open incidents that a rule has found, by subject.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._read(_open().where(IncidentRow.rule_id == rule_id))

    async def open_muted_before(self, instant: datetime) -> list[Incident]:
        """The open incidents whose mute has ended at an instant, by subject.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._read(_open().where(IncidentRow.muted_until <= instant))

    async def open(self, within: str | None) -> list[Incident]:
        """The open incidents that somebody may see, by subject.

        Args:
            within: of which organization they are; None: all.

        Raises:
            Unavailable: the database does not answer.
        """
        query = _open()
        if within is not None:
            query = query.where(IncidentRow.organization == within)
        return await self._read(query)

    async def closed_since(
        self, instant: datetime, within: str | None, *, limit: int = 200
    ) -> list[Incident]:
        """The incidents that were closed at an instant or later, the last one first.

        Args:
            instant: UTC.
            within: of which organization they are; None: all.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(IncidentRow).where(IncidentRow.closed_at >= instant)
        if within is not None:
            query = query.where(IncidentRow.organization == within)
        query = query.order_by(IncidentRow.closed_at.desc(), IncidentRow.id).limit(limit)
        return await self._read(query)

    async def put(self, incident: Incident) -> Incident:
        """Keeps an incident, based on the version that it names.

        Of two who find the same at once, one keeps it: the other is outdated, and what it wrote in
        the same transaction never was.

        Returns:
            It, with its new version.

        Raises:
            Outdated: another one was kept meanwhile, or another one of its subject is open.
            Unavailable: the database does not answer.
        """
        kept = replace(incident, version=incident.version + 1)
        values = {
            **asdict(kept),
            "story": dict(kept.story),
            "telling": dict(kept.telling),
            "roots": dict(kept.roots),
        }
        adding = (
            insert_into(self._sessions, IncidentRow)
            .values(**values)
            .on_conflict_do_nothing()
            .returning(IncidentRow.version)
        )
        changing = (
            update(IncidentRow)
            .where(IncidentRow.id == incident.id, IncidentRow.version == incident.version)
            .values(**values)
            .returning(IncidentRow.version)
            .execution_options(synchronize_session=False)
        )
        try:
            async with self._sessions.writing() as session:
                version = await session.scalar(changing if incident.version else adding)
        except IntegrityError as error:  # opened again, while another one of its subject is open
            raise _outdated() from error
        if version is None:
            raise _outdated()
        return kept

    async def forget_closed_before(self, instant: datetime) -> int:
        """Forgets the incidents that were closed before an instant.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        forgotten = delete(IncidentRow).where(IncidentRow.closed_at < instant)
        async with self._sessions.writing() as session:
            return len((await session.scalars(forgotten.returning(IncidentRow.id))).all())

    async def _read(self, query: Select[IncidentRow]) -> list[Incident]:
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [_incident(row) for row in rows]


def _open() -> Select[IncidentRow]:
    return select(IncidentRow).where(IncidentRow.closed_at.is_(None)).order_by(IncidentRow.subject)


def _outdated() -> Outdated:
    sentence = "Another process, or somebody else, has acted on this incident meanwhile."
    return Outdated(sentence, "Look at it again, then decide: `/cost incidents`.")


def _incident(row: IncidentRow) -> Incident:
    values: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(Incident)}
    return Incident(**values)
