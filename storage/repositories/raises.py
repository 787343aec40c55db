"""Raises of budgets: asked for, decided once, in force for some days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import BudgetRaiseRow
from storage.records.raise_ import BudgetRaise, RaiseDecision, RaiseDraft, RaiseState


class RaiseRepository:
    """The raises of all budgets."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def ask(self, draft: RaiseDraft) -> BudgetRaise:
        """Keeps that a raise is asked for.

        Raises:
            Unavailable: the database does not answer.
        """
        asking = (
            insert(BudgetRaiseRow)
            .values(
                id=uuid4(),
                state="pending",
                asked_at=self._clock(),
                decided_by=None,
                decided_at=None,
                **asdict(draft),
            )
            .returning(BudgetRaiseRow)
        )
        async with self._sessions.writing() as session:
            return _raise((await session.scalars(asking)).one())

    async def decide(
        self, key: UUID, decision: RaiseDecision, decided_by: str
    ) -> BudgetRaise | None:
        """Decides, if nobody has yet: of all who do so at once, one does.

        Args:
            key: its id.
            decision: what.
            decided_by: see `Actor.key`.

        Returns:
            It, as decided; None: it was not pending any more, or there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        deciding = (
            update(BudgetRaiseRow)
            .where(BudgetRaiseRow.id == key, BudgetRaiseRow.state == "pending")
            .values(state=decision, decided_by=decided_by, decided_at=self._clock())
            .returning(BudgetRaiseRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(deciding)
            return None if row is None else _raise(row)

    async def expire_before(self, day: date) -> list[BudgetRaise]:
        """Gives up what is pending though its last day lies before `day`.

        Args:
            day: the earliest day that it is now anywhere.

        Returns:
            What was given up.

        Raises:
            Unavailable: the database does not answer.
        """
        expiring = (
            update(BudgetRaiseRow)
            .where(BudgetRaiseRow.state == "pending", BudgetRaiseRow.last_day < day)
            .values(state="expired", decided_at=self._clock())
            .returning(BudgetRaiseRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            return [_raise(row) for row in await session.scalars(expiring)]

    async def find(self, key: UUID) -> BudgetRaise | None:
        """The raise of an id; None: there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(BudgetRaiseRow).where(BudgetRaiseRow.id == key)
        async with self._sessions.reading() as session:
            row = await session.scalar(query, execution_options={"populate_existing": True})
            return None if row is None else _raise(row)

    async def of_budget(self, budget_id: UUID, *, limit: int = 100) -> list[BudgetRaise]:
        """The raises of a budget, newest first.

        Raises:
            Unavailable: the database does not answer.
        """
        query = (
            select(BudgetRaiseRow)
            .where(BudgetRaiseRow.budget_id == budget_id)
            .order_by(BudgetRaiseRow.asked_at.desc(), BudgetRaiseRow.id)
            .limit(limit)
            .execution_options(populate_existing=True)
        )
        async with self._sessions.reading() as session:
            return [_raise(row) for row in await session.scalars(query)]

    async def approved_since(
        self, day: date, budget_ids: Sequence[UUID] | None = None
    ) -> list[BudgetRaise]:
        """The approved raises that are in force on `day` or later, of some budgets or of all.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(BudgetRaiseRow).where(
            BudgetRaiseRow.state == "approved", BudgetRaiseRow.last_day >= day
        )
        if budget_ids is not None:
            query = query.where(BudgetRaiseRow.budget_id.in_(budget_ids))
        query = query.order_by(BudgetRaiseRow.first_day, BudgetRaiseRow.id)
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [_raise(row) for row in rows]


def _raise(row: BudgetRaiseRow) -> BudgetRaise:
    return BudgetRaise(
        id=row.id,
        budget_id=row.budget_id,
        amount=row.amount,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        first_day=row.first_day,
        last_day=row.last_day,
        state=cast("RaiseState", row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
