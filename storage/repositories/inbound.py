"""Slack's events, each heard once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from analysis.clock import Clock
from storage.database import Database
from storage.models import InboundEventRow
from storage.repositories.inserts import insert_into

KEPT = timedelta(days=1)
"""Slack repeats an event for at most an hour and some minutes; a day is safe, and small."""


class InboundEventRepository:
    """Remembers which events were heard, for all replicas together."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, event_id: str) -> bool:
        """Whether the event is new: of all who claim it, at whatever time, one hears True."""
        insert = (
            insert_into(self._database, InboundEventRow)
            .values(event_id=event_id, seen_at=self._clock())
            .on_conflict_do_nothing()
            .returning(InboundEventRow.event_id)
        )
        async with self._database.writing() as session:
            return await session.scalar(insert) is not None

    async def forget_before(self, instant: datetime | None = None) -> int:
        """Forgets the events seen before `instant` (None: longer ago than `KEPT`).

        Returns:
            How many they were.
        """
        oldest = self._clock() - KEPT if instant is None else instant
        forgotten = delete(InboundEventRow).where(InboundEventRow.seen_at < oldest)
        async with self._database.writing() as session:
            gone = await session.scalars(forgotten.returning(InboundEventRow.event_id))
            return len(gone.all())
