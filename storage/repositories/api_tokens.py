"""Tokens of the REST API: made and revoked by people, looked up at requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, insert, or_, select, update

from analysis.clock import Clock
from analysis.roles import Role
from storage.database import Sessions
from storage.models import ApiTokenRow
from storage.records.actor import Actor
from storage.records.api_token import ApiToken, ApiTokenDraft

USE_APART = timedelta(minutes=1)
"""How far apart the uses of one token are that are written down."""


class ApiTokenRepository:
    """The tokens of all organizations."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, draft: ApiTokenDraft, by: Actor) -> ApiToken:
        """Keeps a new token.

        Args:
            draft: the token.
            by: who makes it.

        Raises:
            Unavailable: the database does not answer.
        """
        values = {**asdict(draft), "role": draft.role.value}
        adding = (
            insert(ApiTokenRow)
            .values(
                **values,
                id=uuid4(),
                created_by=by.key,
                created_by_name=by.name,
                created_at=self._clock(),
            )
            .returning(ApiTokenRow)
        )
        async with self._sessions.writing() as session:
            return _token((await session.scalars(adding)).one())

    async def find_by_prefix(self, prefix: str, within: str | None = None) -> ApiToken | None:
        """The token that begins so, active or not; None: there is none.

        Args:
            prefix: `cbt_` and 8 characters.
            within: of which organization it has to be; None: any.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._find(select(ApiTokenRow).where(ApiTokenRow.prefix == prefix), within)

    async def find(self, key: UUID, within: str | None = None) -> ApiToken | None:
        """The token of an id, active or not; None: there is none.

        Args:
            key: its id.
            within: of which organization it has to be; None: any.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self._find(select(ApiTokenRow).where(ApiTokenRow.id == key), within)

    async def all(
        self, within: str | None = None, *, active_at: datetime | None = None, limit: int = 1000
    ) -> list[ApiToken]:
        """Tokens, newest first.

        Args:
            within: of one organization; None: of all, and of the deployment itself.
            active_at: only those that are neither revoked nor expired then; None: any.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = _within(select(ApiTokenRow), within)
        if active_at is not None:
            query = query.where(ApiTokenRow.revoked_at.is_(None))
            query = query.where(ApiTokenRow.expires_at > active_at)
        query = query.order_by(ApiTokenRow.created_at.desc(), ApiTokenRow.id).limit(limit)
        return await self._read(query)

    async def revoke(self, key: UUID, by: Actor) -> bool:
        """Ends a token for good.

        Args:
            key: its id.
            by: who does.

        Returns:
            Whether that changed anything: it may have been revoked before.

        Raises:
            Unavailable: the database does not answer.
        """
        ending = (
            update(ApiTokenRow)
            .where(ApiTokenRow.id == key, ApiTokenRow.revoked_at.is_(None))
            .values(revoked_at=self._clock(), revoked_by=by.key)
            .returning(ApiTokenRow.id)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.writing() as session:
            return await session.scalar(ending) is not None

    async def used(self, uses: Mapping[UUID, datetime]) -> None:
        """Writes down when tokens were used; of several processes the latest instant stays.

        Args:
            uses: by id, UTC. One less than a minute after the last is left out.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.writing() as session:
            for key, at in uses.items():
                last = ApiTokenRow.last_used_at
                await session.execute(
                    update(ApiTokenRow)
                    .where(ApiTokenRow.id == key, or_(last.is_(None), last <= at - USE_APART))
                    .values(last_used_at=at)
                    .execution_options(synchronize_session=False)
                )

    async def _find(self, query: Select[ApiTokenRow], within: str | None) -> ApiToken | None:
        found = await self._read(_within(query, within))
        return found[0] if found else None

    async def _read(self, query: Select[ApiTokenRow]) -> list[ApiToken]:
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [_token(row) for row in rows]


def _within(query: Select[ApiTokenRow], within: str | None) -> Select[ApiTokenRow]:
    return query if within is None else query.where(ApiTokenRow.organization == within)


def _token(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        digest=row.digest,
        organization=row.organization,
        role=Role(row.role),
        scope="ingest" if row.scope == "ingest" else "all",
        created_by=row.created_by,
        created_by_name=row.created_by_name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
