"""Statements for many rows at once: SQLAlchemy's objects would take most of the time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from analysis.errors import Outdated
from storage.database import Sessions
from storage.models.base import Base
from storage.repositories.inserts import insert_into

T = TypeVar("T")

Values = Mapping[str, object]

ROWS_AT_ONCE = 100
"""Rows that are written with one statement: while their values are made ready for the database
nothing else is answered."""

IDS_AT_ONCE = 2_000
"""Rows that are named in one statement."""


@dataclass(frozen=True, slots=True)
class Change:
    """New values of a row.

    Attributes:
        id: its key.
        version: that it was read with.
        values: by column.
    """

    id: UUID
    version: int
    values: Values


async def insert_new(
    sessions: Sessions, session: AsyncSession, model: type[Base], rows: Sequence[Values]
) -> set[UUID]:
    """Adds rows, each with its `id`; those that conflict with what is there are left out.

    Returns:
        The ids of those that were added.
    """
    table = table_of(model)
    adding = insert_into(sessions, table).on_conflict_do_nothing()
    connection = await session.connection()
    added: set[UUID] = set()
    for some in chunks(rows, ROWS_AT_ONCE):
        await connection.execute(adding, [dict(row) for row in some])
        ids = [row["id"] for row in some]
        found = await connection.execute(select(table.c.id).where(table.c.id.in_(ids)))
        added.update(cast("Iterable[UUID]", found.scalars()))
    return added


async def insert_all(session: AsyncSession, model: type[Base], rows: Sequence[Values]) -> None:
    """Adds rows in their order; none may conflict with what is there."""
    connection = await session.connection()
    for some in chunks(rows, ROWS_AT_ONCE):
        await connection.execute(insert(table_of(model)), [dict(row) for row in some])


async def update_many(
    session: AsyncSession, model: type[Base], changes: Sequence[Change], sentence: str
) -> None:
    """Changes rows that nobody has changed since they were read; their versions grow by 1.

    Args:
        session: of a transaction.
        model: of the table.
        changes: of rows that are all different.
        sentence: what is said where somebody has changed one.

    Raises:
        Outdated: one was changed meanwhile, or is not there.
    """
    table = table_of(model)
    connection = await session.connection()
    versions = {change.id: change.version for change in changes}
    for ids in chunks(sorted(versions), IDS_AT_ONCE):
        # Held until the transaction ends: what is compared here still holds when it is written.
        held = (
            select(table.c.id, table.c.version)
            .where(table.c.id.in_(ids))
            .order_by(table.c.id)
            .with_for_update()
        )
        rows = (await connection.execute(held)).all()
        now = dict(cast("Sequence[tuple[UUID, int]]", rows))
        if any(now.get(key) != versions[key] for key in ids):
            raise Outdated(sentence, "Look at it again, then decide.")
    by_columns: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for change in changes:
        row = {f"to_{name}": value for name, value in change.values.items()}
        by_columns.setdefault(tuple(change.values), []).append({"at_id": change.id, **row})
    for columns, rows in by_columns.items():
        changing = (
            update(table)
            .where(table.c.id == bindparam("at_id"))
            .values({name: bindparam(f"to_{name}") for name in columns})
            .values(version=table.c.version + 1)
        )
        for some in chunks(rows, ROWS_AT_ONCE):
            await connection.execute(changing, list(some))


async def see_again(
    session: AsyncSession, model: type[Base], ids: Sequence[UUID], now: datetime
) -> None:
    """Notes that rows were drawn again as they are; that is no change of theirs."""
    table = table_of(model)
    connection = await session.connection()
    for some in chunks(ids, IDS_AT_ONCE):
        await connection.execute(update(table).where(table.c.id.in_(some)).values(last_seen=now))


def of_any(
    column: InstrumentedAttribute[str | None], organizations: Collection[str | None]
) -> ColumnElement[bool]:
    """Of one of some organizations; None: of the deployment itself."""
    named = column.in_([name for name in organizations if name is not None])
    return or_(named, column.is_(None)) if None in organizations else named


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return cast("Table", model.__table__)


def chunks(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The same rows, so many at a time."""
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]
