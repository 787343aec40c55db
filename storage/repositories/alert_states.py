"""What was told about the periods of budgets."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update

from analysis.errors import Outdated
from storage.database import Sessions
from storage.models import AlertStateRow
from storage.records.alert_state import StoredAlertState, ToldLevel
from storage.repositories.inserts import insert_into

AT_ONCE = 500
"""Rows that are read with one statement."""

PAIRS_AT_ONCE = 500
"""Pairs of budget and period that one statement names."""


class AlertStateRepository:
    """One row for each budget and period that something was told, or decided, about."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def find(self, budget_id: UUID, period_first: date) -> StoredAlertState:
        """The state of a budget's period; one of version 0 where nothing is kept.

        Raises:
            Unavailable: the database does not answer.
        """
        found = await self.find_many([(budget_id, period_first)])
        if found:
            return found[0]
        return StoredAlertState(budget_id=budget_id, period_first=period_first)

    async def find_many(self, periods: Sequence[tuple[UUID, date]]) -> list[StoredAlertState]:
        """The states that are kept of some budgets' periods, in no order.

        Args:
            periods: each a budget's id and its period's first day.

        Raises:
            Unavailable: the database does not answer.
        """
        place = tuple_(AlertStateRow.budget_id, AlertStateRow.period_first)
        found: list[StoredAlertState] = []
        async with self._sessions.reading() as session:
            for begin in range(0, len(periods), PAIRS_AT_ONCE):
                some = place.in_(periods[begin : begin + PAIRS_AT_ONCE])
                query = select(AlertStateRow).where(some)
                rows = await session.scalars(query, execution_options={"populate_existing": True})
                found += [_state(row) for row in rows]
        return found

    async def of_budgets(self, budget_ids: Sequence[UUID]) -> list[StoredAlertState]:
        """The states that are kept of all periods of some budgets, in no order.

        Raises:
            Unavailable: the database does not answer.
        """
        found: list[StoredAlertState] = []
        async with self._sessions.reading() as session:
            for begin in range(0, len(budget_ids), AT_ONCE):
                some = AlertStateRow.budget_id.in_(budget_ids[begin : begin + AT_ONCE])
                query = select(AlertStateRow).where(some)
                rows = await session.scalars(query, execution_options={"populate_existing": True})
                found += [_state(row) for row in rows]
        return found

    async def since(self, period_first: date) -> AsyncGenerator[list[StoredAlertState]]:
        """The states of all periods that begin on a day or later, piece by piece.

        Raises:
            Unavailable: the database does not answer.
        """
        place = tuple_(AlertStateRow.period_first, AlertStateRow.budget_id)
        query = (
            select(AlertStateRow)
            .where(AlertStateRow.period_first >= period_first)
            .order_by(AlertStateRow.period_first, AlertStateRow.budget_id)
            .limit(AT_ONCE)
            .execution_options(populate_existing=True)
        )
        page = query
        async with self._sessions.reading() as session:
            while True:
                piece = [_state(row) for row in await session.scalars(page)]
                if not piece:
                    return
                yield piece
                last = piece[-1]
                page = query.where(place > tuple_(last.period_first, last.budget_id))

    async def put(self, state: StoredAlertState) -> StoredAlertState:
        """Keeps a state, based on the version that it names.

        Of two who were to tell the same thing at once, one does: the other is outdated, and what
        it wrote in the same transaction never was.

        Returns:
            It, with its new version.

        Raises:
            Outdated: another one was kept meanwhile.
            Unavailable: the database does not answer.
        """
        kept = replace(state, version=state.version + 1)
        told_at = {level: at.isoformat() for level, at in kept.told_at.items()}
        values = {**asdict(kept), "roots": dict(kept.roots), "told_at": told_at}
        adding = (
            insert_into(self._sessions, AlertStateRow)
            .values(**values)
            .on_conflict_do_nothing()
            .returning(AlertStateRow.version)
        )
        changing = (
            update(AlertStateRow)
            .where(
                AlertStateRow.budget_id == state.budget_id,
                AlertStateRow.period_first == state.period_first,
                AlertStateRow.version == state.version,
            )
            .values(**values)
            .returning(AlertStateRow.version)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.writing() as session:
            version = await session.scalar(changing if state.version else adding)
        if version is None:
            sentence = "Another process, or somebody else, has acted on this alert meanwhile."
            raise Outdated(sentence, "Look at it again, then decide.")
        return kept

    async def forget_before(self, period_first: date) -> int:
        """Forgets the states of periods that begin before a day.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        forgotten = delete(AlertStateRow).where(AlertStateRow.period_first < period_first)
        async with self._sessions.writing() as session:
            gone = await session.scalars(forgotten.returning(AlertStateRow.version))
            return len(gone.all())


def _state(row: AlertStateRow) -> StoredAlertState:
    return StoredAlertState(
        budget_id=row.budget_id,
        period_first=row.period_first,
        version=row.version,
        level_told=cast("ToldLevel", row.level_told),
        told_at={
            cast("ToldLevel", level): datetime.fromisoformat(at)
            for level, at in row.told_at.items()
        },
        sequence=row.sequence,
        forecast_told=row.forecast_told,
        forecast_told_at=row.forecast_told_at,
        limit_told=row.limit_told,
        roots=dict(row.roots),
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        muted_by=row.muted_by,
        muted_until=row.muted_until,
    )
