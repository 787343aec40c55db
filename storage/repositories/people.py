"""Who is who: the people whom costbot answers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from analysis.clock import Clock
from analysis.roles import Role
from storage.database import Sessions
from storage.models import PersonRow
from storage.records.person import Person
from storage.repositories.inserts import insert_into


class PersonRepository:
    """The people of every Slack workspace."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def find(self, team_id: str, user_id: str) -> Person | None:
        """The person with this Slack identity, active or not; None: not listed."""
        async with self._sessions.reading() as session:
            row = await session.get(PersonRow, (team_id, user_id))
            return None if row is None else _person(row)

    async def put(self, person: Person) -> None:
        """Keeps the person; who is listed already is changed."""
        now = self._clock()
        changing = {
            "name": person.name,
            "organization": person.organization,
            "role": person.role.value,
            "zone": person.zone.key,
            "active": person.active,
            "updated_at": now,
        }
        insert = (
            insert_into(self._sessions, PersonRow)
            .values(
                team_id=person.team_id, slack_user_id=person.user_id, created_at=now, **changing
            )
            .on_conflict_do_update(
                index_elements=[PersonRow.team_id, PersonRow.slack_user_id], set_=changing
            )
        )
        async with self._sessions.writing() as session:
            await session.execute(insert)

    async def find_all(self, team_id: str | None = None) -> list[Person]:
        """The people of one workspace, or of all; by workspace, then by name."""
        query = select(PersonRow).order_by(
            PersonRow.team_id, PersonRow.name, PersonRow.slack_user_id
        )
        if team_id is not None:
            query = query.where(PersonRow.team_id == team_id)
        async with self._sessions.reading() as session:
            return [_person(row) for row in await session.scalars(query)]

    async def remove(self, team_id: str, user_id: str) -> bool:
        """Takes the person off the list; False: they were not on it."""
        removal = (
            delete(PersonRow)
            .where(PersonRow.team_id == team_id, PersonRow.slack_user_id == user_id)
            .returning(PersonRow.slack_user_id)
        )
        async with self._sessions.writing() as session:
            return await session.scalar(removal) is not None


def _person(row: PersonRow) -> Person:
    return Person(
        team_id=row.team_id,
        user_id=row.slack_user_id,
        name=row.name,
        organization=row.organization,
        role=Role(row.role),
        zone=ZoneInfo(row.zone),
        active=row.active,
    )
