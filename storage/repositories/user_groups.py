"""Who is who by Slack user group."""

from __future__ import annotations

from sqlalchemy import delete, select

from analysis.clock import Clock
from analysis.roles import Role
from storage.database import Sessions
from storage.models import UserGroupRow
from storage.records.user_group import UserGroup
from storage.repositories.inserts import insert_into


class UserGroupRepository:
    """The listed user groups of every Slack workspace; who is in them, Slack knows."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def find(self, team_id: str, group_id: str) -> UserGroup | None:
        """The group with this Slack id; None: not listed."""
        async with self._sessions.reading() as session:
            row = await session.get(UserGroupRow, (team_id, group_id))
            return None if row is None else _group(row)

    async def put(self, group: UserGroup) -> None:
        """Keeps the group; one that is listed already is changed."""
        now = self._clock()
        changing = {
            "name": group.name,
            "organization": group.organization,
            "role": group.role.value,
            "updated_at": now,
        }
        insert = (
            insert_into(self._sessions, UserGroupRow)
            .values(
                team_id=group.team_id, slack_group_id=group.group_id, created_at=now, **changing
            )
            .on_conflict_do_update(
                index_elements=[UserGroupRow.team_id, UserGroupRow.slack_group_id], set_=changing
            )
        )
        async with self._sessions.writing() as session:
            await session.execute(insert)

    async def find_all(self, team_id: str | None = None) -> list[UserGroup]:
        """The groups of one workspace, or of all; by workspace, then by name."""
        query = select(UserGroupRow).order_by(
            UserGroupRow.team_id, UserGroupRow.name, UserGroupRow.slack_group_id
        )
        if team_id is not None:
            query = query.where(UserGroupRow.team_id == team_id)
        async with self._sessions.reading() as session:
            return [_group(row) for row in await session.scalars(query)]

    async def remove(self, team_id: str, group_id: str) -> bool:
        """Takes the group off the list; False: it was not on it."""
        removal = (
            delete(UserGroupRow)
            .where(UserGroupRow.team_id == team_id, UserGroupRow.slack_group_id == group_id)
            .returning(UserGroupRow.slack_group_id)
        )
        async with self._sessions.writing() as session:
            return await session.scalar(removal) is not None


def _group(row: UserGroupRow) -> UserGroup:
    return UserGroup(
        team_id=row.team_id,
        group_id=row.slack_group_id,
        name=row.name,
        organization=row.organization,
        role=Role(row.role),
    )
