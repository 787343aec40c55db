"""When recommendations were drawn: each slot once, by one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import RecommendationRunRow
from storage.records.recommendation_run import RecommendationRun
from storage.repositories.inserts import insert_into

GIVEN_UP = timedelta(hours=2)
"""A run that has not finished by then was ended; its slot is free again."""


class RecommendationRunRepository:
    """The runs of all processes together."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def begin(
        self, slot: str, organization: str | None, first_day: date, last_day: date
    ) -> UUID | None:
        """Begins a run, once for its slot.

        Returns:
            Its key; None: it was done, or another process is doing it.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        row = RecommendationRunRow
        given_up = delete(row).where(
            row.slot == slot, row.finished_at.is_(None), row.began_at <= now - GIVEN_UP
        )
        beginning = (
            insert_into(self._sessions, row)
            .values(
                id=uuid4(),
                slot=slot,
                organization=organization,
                first_day=first_day,
                last_day=last_day,
                began_at=now,
                finished_at=None,
                counts={},
                failed=[],
            )
            .on_conflict_do_nothing(index_elements=[row.slot])
            .returning(row.id)
        )
        async with self._sessions.writing() as session:
            await session.execute(given_up)
            return await session.scalar(beginning)

    async def finish(self, key: UUID, counts: Mapping[str, int], failed: Sequence[str]) -> None:
        """Keeps what came of a run.

        Raises:
            Unavailable: the database does not answer.
        """
        finishing = (
            update(RecommendationRunRow)
            .where(RecommendationRunRow.id == key)
            .values(finished_at=self._clock(), counts=dict(counts), failed=list(failed))
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.writing() as session:
            await session.execute(finishing)

    async def give_up(self, key: UUID) -> None:
        """Frees the slot of a run that came to nothing.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.writing() as session:
            await session.execute(
                delete(RecommendationRunRow).where(RecommendationRunRow.id == key)
            )

    async def is_finished(self, slot: str) -> bool:
        """Whether a slot's run is done: cheaper than to begin it in vain.

        Raises:
            Unavailable: the database does not answer.
        """
        row = RecommendationRunRow
        query = select(row.id).where(row.slot == slot, row.finished_at.is_not(None))
        async with self._sessions.reading() as session:
            return await session.scalar(query) is not None

    async def last(self, organization: str | None) -> RecommendationRun | None:
        """The last finished run that concerned an organization; None: there was none.

        Args:
            organization: a run for all concerns it too; None: only those for all.

        Raises:
            Unavailable: the database does not answer.
        """
        row = RecommendationRunRow
        concerned = row.organization.is_(None)
        if organization is not None:
            concerned |= row.organization == organization
        query = (
            select(row)
            .where(row.finished_at.is_not(None), concerned)
            .order_by(row.finished_at.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        async with self._sessions.reading() as session:
            found = await session.scalar(query)
        if found is None:
            return None
        return RecommendationRun(
            id=found.id,
            slot=found.slot,
            organization=found.organization,
            first_day=found.first_day,
            last_day=found.last_day,
            began_at=found.began_at,
            finished_at=found.finished_at,
            counts=found.counts,
            failed=tuple(found.failed),
        )
