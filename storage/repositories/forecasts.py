"""Forecasts that were made, and what came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, and_, bindparam, delete, func, select, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import ForecastRow
from storage.records.forecast import Settled, StoredForecast
from storage.repositories.inserts import insert_into
from storage.repositories.many import IDS_AT_ONCE, ROWS_AT_ONCE, chunks, table_of
from storage.types import DIGITS, DIGITS_AFTER_POINT, fits

MOST_SEEN = 90
"""Forecasts that an account of them rests on: those of the last three months."""

_FIELDS = tuple(one.name for one in fields(StoredForecast))


class ForecastRepository:
    """One row for each subject, day and horizon."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, forecasts: Sequence[StoredForecast]) -> int:
        """Keeps forecasts, in their order; those that are kept already stay as they are.

        Returns:
            How many are new.

        Raises:
            Unavailable: the database does not answer.
        """
        adding = insert_into(self._sessions, table_of(ForecastRow)).on_conflict_do_nothing()
        added = 0
        for some in chunks(forecasts, ROWS_AT_ONCE):
            async with self._sessions.writing() as session:
                connection = await session.connection()
                for one in some:
                    done = await connection.execute(adding, asdict(one))
                    added += max(cast("CursorResult[tuple[object, ...]]", done).rowcount, 0)
        return added

    async def is_made(self, subject: str, made_on: date) -> bool:
        """Whether anything was foreseen of a subject from the days up to this one.

        Raises:
            Unavailable: the database does not answer.
        """
        row = ForecastRow
        query = select(row.subject).where(row.subject == subject, row.made_on == made_on).limit(1)
        async with self._sessions.reading() as session:
            return await session.scalar(query) is not None

    async def last_made(self, subjects: Collection[str]) -> dict[str, date]:
        """The last day up to which subjects were foreseen from; without those that never were.

        Raises:
            Unavailable: the database does not answer.
        """
        row = ForecastRow
        found: dict[str, date] = {}
        async with self._sessions.reading() as session:
            for some in chunks(sorted(subjects), IDS_AT_ONCE):
                query = (
                    select(row.subject, func.max(row.made_on))
                    .where(row.subject.in_(some))
                    .group_by(row.subject)
                )
                rows = await session.execute(query)
                found.update((subject, made_on) for subject, made_on in rows)
        return found

    async def open(self, until: date) -> list[StoredForecast]:
        """Those whose days are over, and of which it is not known yet what came.

        Args:
            until: the last day that is over.

        Raises:
            Unavailable: the database does not answer.
        """
        row = ForecastRow
        query = (
            select(row)
            .where(row.settled_at.is_(None), row.last_day <= until)
            .order_by(row.last_day, row.subject, row.made_on)
        )
        async with self._sessions.reading() as session:
            return [_forecast(one) for one in await session.scalars(query)]

    async def settle(self, settled: Sequence[Settled]) -> None:
        """Fills in what came.

        Raises:
            Unavailable: the database does not answer.
        """
        table, now = table_of(ForecastRow), self._clock()
        filling = (
            update(table)
            .where(
                and_(
                    table.c.subject == bindparam("of_subject"),
                    table.c.made_on == bindparam("of_made_on"),
                    table.c.horizon == bindparam("of_horizon"),
                )
            )
            .values(
                actual=bindparam("came"),
                error=bindparam("off"),
                held=bindparam("was_held"),
                settled_at=now,
            )
        )
        for some in chunks(settled, ROWS_AT_ONCE):
            rows = [
                {
                    "of_subject": one.key[0],
                    "of_made_on": one.key[1],
                    "of_horizon": one.key[2],
                    "came": one.actual,
                    "off": _kept(one),
                    "was_held": one.held,
                }
                for one in some
            ]
            async with self._sessions.writing() as session:
                await (await session.connection()).execute(filling, rows)

    async def came_true(self, subject: str, horizon: int) -> list[StoredForecast]:
        """The latest of a subject of which it is known what came, the newest first.

        Raises:
            Unavailable: the database does not answer.
        """
        row = ForecastRow
        query = (
            select(row)
            .where(row.subject == subject, row.horizon == horizon, row.settled_at.is_not(None))
            .order_by(row.made_on.desc())
            .limit(MOST_SEEN)
        )
        async with self._sessions.reading() as session:
            return [_forecast(one) for one in await session.scalars(query)]

    async def of_budget(self, budget: UUID, since: date) -> list[StoredForecast]:
        """Those of a budget's periods from a day on of which it is known what came.

        Raises:
            Unavailable: the database does not answer.
        """
        row = ForecastRow
        query = (
            select(row)
            .where(row.budget_id == budget, row.first_day >= since, row.settled_at.is_not(None))
            .order_by(row.first_day, row.made_on)
        )
        async with self._sessions.reading() as session:
            return [_forecast(one) for one in await session.scalars(query)]

    async def drop(self, keys: Sequence[tuple[str, date, int]]) -> None:
        """Takes forecasts away that nothing can be held against any more.

        Raises:
            Unavailable: the database does not answer.
        """
        table = table_of(ForecastRow)
        dropping = delete(table).where(
            and_(
                table.c.subject == bindparam("of_subject"),
                table.c.made_on == bindparam("of_made_on"),
                table.c.horizon == bindparam("of_horizon"),
            )
        )
        for some in chunks(keys, ROWS_AT_ONCE):
            rows: list[dict[str, object]] = [
                {"of_subject": subject, "of_made_on": made_on, "of_horizon": horizon}
                for subject, made_on, horizon in some
            ]
            async with self._sessions.writing() as session:
                await (await session.connection()).execute(dropping, rows)

    async def forget_before(self, day: date) -> int:
        """Forgets those whose last day lies before this one.

        Returns:
            How many.

        Raises:
            Unavailable: the database does not answer.
        """
        forgetting = delete(ForecastRow).where(ForecastRow.last_day < day)
        async with self._sessions.writing() as session:
            done = await session.execute(
                forgetting, execution_options={"synchronize_session": False}
            )
            return max(cast("CursorResult[tuple[object, ...]]", done).rowcount, 0)


def _kept(one: Settled) -> object:
    """The error as far as it can be kept: beyond a billion times what came it says nothing."""
    if one.error is None:
        return None
    rounded = round(one.error, DIGITS_AFTER_POINT)
    return rounded if fits(rounded, DIGITS, DIGITS_AFTER_POINT) else None


def _forecast(row: ForecastRow) -> StoredForecast:
    values = {name: getattr(row, name) for name in _FIELDS}
    return StoredForecast(**values)
