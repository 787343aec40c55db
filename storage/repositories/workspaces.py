"""The Slack workspaces that costbot is installed in, and the installations under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Update, delete, insert, select, update

from analysis.roles import Role
from storage.database import Sessions
from storage.models import OAuthStateRow, WorkspaceRow
from storage.records.workspace import Workspace
from storage.repositories.inserts import insert_into


class WorkspaceRepository:
    """The workspaces; one that was removed stays known."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def find(self, key: str) -> Workspace | None:
        """The workspace of an id, removed or not; None: costbot was never installed there.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.reading() as session:
            row = await session.get(WorkspaceRow, key, populate_existing=True)
            return None if row is None else _workspace(row)

    async def find_all(self) -> list[Workspace]:
        """All of them, the oldest installation first.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(WorkspaceRow).order_by(WorkspaceRow.installed_at, WorkspaceRow.id)
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [_workspace(row) for row in rows]

    async def add(self, new: Workspace) -> None:
        """Keeps a workspace that is not known yet.

        Raises:
            Unavailable: the database does not answer.
        """
        values = {"id": new.id, **_values(new), "version": 1}
        async with self._sessions.writing() as session:
            await session.execute(insert(WorkspaceRow).values(values))

    async def see(self, new: Workspace) -> None:
        """Keeps a workspace that is reached through its grid; what is known already stays.

        Raises:
            Unavailable: the database does not answer.
        """
        values = {"id": new.id, **_values(new), "version": 1}
        adding = insert_into(self._sessions, WorkspaceRow).values(values).on_conflict_do_nothing()
        async with self._sessions.writing() as session:
            await session.execute(adding)

    async def change(self, changed: Workspace) -> bool:
        """Keeps a workspace as it is now.

        Args:
            changed: with the version that the change is based on.

        Returns:
            Whether it was still of that version; if not, nothing is changed.

        Raises:
            Unavailable: the database does not answer.
        """
        changing = (
            update(WorkspaceRow)
            .where(WorkspaceRow.id == changed.id, WorkspaceRow.version == changed.version)
            .values(**_values(changed), version=WorkspaceRow.version + 1)
        )
        return await self._one(changing)

    async def issue_state(self, digest: str, expires_at: datetime) -> None:
        """Keeps the digest of a state that is given to a browser.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.writing() as session:
            adding = insert(OAuthStateRow).values(digest=digest, expires_at=expires_at)
            await session.execute(adding)

    async def consume_state(self, digest: str, now: datetime) -> bool:
        """Takes a state back: it counts once, and not any more when it has expired.

        Returns:
            Whether it counts.

        Raises:
            Unavailable: the database does not answer.
        """
        taking = (
            delete(OAuthStateRow)
            .where(OAuthStateRow.digest == digest)
            .returning(OAuthStateRow.expires_at)
        )
        async with self._sessions.writing() as session:
            expires_at = await session.scalar(taking)
            return expires_at is not None and now < expires_at

    async def forget_states(self, now: datetime) -> int:
        """Forgets the states that have expired.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        forgetting = (
            delete(OAuthStateRow)
            .where(OAuthStateRow.expires_at <= now)
            .returning(OAuthStateRow.digest)
        )
        async with self._sessions.writing() as session:
            return len((await session.scalars(forgetting)).all())

    async def _one(self, changing: Update) -> bool:
        changing = changing.returning(WorkspaceRow.id)
        async with self._sessions.writing() as session:
            done = await session.scalar(changing, execution_options={"synchronize_session": False})
            return done is not None


def _values(one: Workspace) -> dict[str, Any]:
    return {
        "name": one.name,
        "enterprise_id": one.enterprise_id,
        "sealed": one.sealed,
        "expires_at": one.expires_at,
        "bot_user_id": one.bot_user_id,
        "bot_id": one.bot_id,
        "scopes": list(one.scopes),
        "installed_by": one.installed_by,
        "installed_at": one.installed_at,
        "removed_at": one.removed_at,
        "removed_why": one.removed_why,
        "organization": one.organization,
        "role": None if one.role is None else one.role.value,
    }


def _workspace(row: WorkspaceRow) -> Workspace:
    return Workspace(
        id=row.id,
        name=row.name,
        enterprise_id=row.enterprise_id,
        sealed=row.sealed,
        expires_at=row.expires_at,
        bot_user_id=row.bot_user_id,
        bot_id=row.bot_id,
        scopes=tuple(row.scopes),
        installed_by=row.installed_by,
        installed_at=row.installed_at,
        removed_at=row.removed_at,
        removed_why=row.removed_why,
        organization=row.organization,
        role=None if row.role is None else Role(row.role),
        version=row.version,
    )
