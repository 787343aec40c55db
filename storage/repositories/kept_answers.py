"""Answers that are kept under the keys of their requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import KeptAnswerRow
from storage.records.kept_answer import (
    KEPT,
    Begun,
    Claimed,
    KeptAnswer,
    OfAnother,
    RequestKey,
    UnderWay,
)
from storage.repositories.inserts import insert_into


class KeptAnswerRepository:
    """The keys of all callers, for all replicas together."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def claim(self, key: RequestKey, lease: timedelta) -> Claimed:
        """Asks for a key: of all who do so at once, one begins.

        Whoever says nothing until its lease is over is taken for dead, and the next one begins.

        Args:
            key: and what is asked under it.
            lease: how long the work may take.

        Raises:
            Unavailable: the database does not answer.
        """
        now, attempt = self._clock(), uuid4()
        begun = {
            "fingerprint": key.fingerprint,
            "attempt": attempt,
            "claimed_at": now,
            "lease_until": now + lease,
            "status": None,
            "headers": None,
            "body": None,
        }
        first = (
            insert_into(self._sessions, KeptAnswerRow)
            .values(id=key.id, organization=key.organization, caller=key.caller, **begun)
            .on_conflict_do_nothing()
            .returning(KeptAnswerRow.id)
        )
        async with self._sessions.writing() as session:
            if await session.scalar(first) is not None:
                return Begun(attempt)
            query = select(KeptAnswerRow).where(KeptAnswerRow.id == key.id).with_for_update()
            row = await session.scalar(query)
            if row is None:
                return UnderWay(1)  # given up between the two statements: the next try begins
            found = _found(row, key, now)
            if found is None:
                for column, value in begun.items():
                    setattr(row, column, value)
                return Begun(attempt)
            return found

    async def keep(
        self, key: RequestKey, attempt: UUID, status: int, headers: Mapping[str, str], body: str
    ) -> bool:
        """Keeps an answer.

        Args:
            key: whose.
            attempt: see `Begun`.
            status: of HTTP.
            headers: that are given again.
            body: as it is sent.

        Returns:
            Whether the key is still this attempt's: if not, somebody else has begun meanwhile.

        Raises:
            Unavailable: the database does not answer.
        """
        keeping = (
            update(KeptAnswerRow)
            .where(
                KeptAnswerRow.id == key.id,
                KeptAnswerRow.attempt == attempt,
                KeptAnswerRow.status.is_(None),
            )
            .values(status=status, headers=dict(headers), body=body)
            .returning(KeptAnswerRow.id)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.writing() as session:
            return await session.scalar(keeping) is not None

    async def give_up(self, key: RequestKey, attempt: UUID) -> None:
        """Makes a key free again under which nothing was done.

        Raises:
            Unavailable: the database does not answer.
        """
        forgetting = delete(KeptAnswerRow).where(
            KeptAnswerRow.id == key.id,
            KeptAnswerRow.attempt == attempt,
            KeptAnswerRow.status.is_(None),
        )
        async with self._sessions.writing() as session:
            await session.execute(forgetting)

    async def forget(self) -> int:
        """Forgets the answers that are given to nobody any more.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        oldest = self._clock() - KEPT
        forgetting = delete(KeptAnswerRow).where(KeptAnswerRow.claimed_at <= oldest)
        async with self._sessions.writing() as session:
            gone = await session.scalars(forgetting.returning(KeptAnswerRow.id))
            return len(gone.all())


def _found(row: KeptAnswerRow, key: RequestKey, now: datetime) -> Claimed | None:
    """What a key is that somebody had before; None: it is free again."""
    if now - row.claimed_at >= KEPT:
        return None
    is_dead = row.status is None and row.lease_until <= now
    if row.fingerprint != key.fingerprint:
        return None if is_dead else OfAnother()
    if row.status is None or row.headers is None or row.body is None:
        return None if is_dead else UnderWay(max(1, ceil((row.lease_until - now).total_seconds())))
    return KeptAnswer(row.status, row.headers, row.body)
