"""The budgets of all organizations, and the deployment's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound, Outdated
from storage.database import Sessions
from storage.models import BudgetRow
from storage.records.budget import Budget, BudgetColumns, BudgetDraft, name_key
from storage.repositories.budget_rows import COLUMNS, budget_of, columns_of, values_of
from storage.repositories.inserts import insert_into

AT_ONCE = 5_000
"""Rows that are inserted with one statement."""

PIECE = 500
"""Rows of a piece of the columns: who waits for the event loop waits some milliseconds for it."""

LOOKED_UP = 50
"""Whole budgets that are looked up with one statement: they take far longer than columns do."""

_THERE = BudgetRow.deleted_at.is_(None)


class BudgetRepository:
    """The budgets.

    `within` is how far whoever asks reaches: one organization, or None for all of them and the
    deployment's own. What lies outside is not found.
    """

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, draft: BudgetDraft, created_by: str, *, key: UUID | None = None) -> Budget:
        """Adds a budget.

        Args:
            draft: what was decided.
            created_by: see `Actor.key`.
            key: its id; None: a new one. Given twice, the second is refused.

        Raises:
            BadInput: the organization has a budget of that name already.
            Unavailable: the database does not answer.
        """
        adding = (
            insert_into(self._sessions, BudgetRow)
            .values(**self._new(draft, created_by, key))
            .on_conflict_do_nothing()
            .returning(BudgetRow)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(adding)
            if row is None:
                raise _taken(draft)
            return budget_of(row)

    async def add_many(self, drafts: Sequence[BudgetDraft], created_by: str) -> list[UUID]:
        """Adds many budgets, all of them or none.

        Returns:
            Their ids, in the order of `drafts`.

        Raises:
            BadInput: a name is taken, or given twice.
            Unavailable: the database does not answer.
        """
        ids: list[UUID] = []
        async with self._sessions.writing() as session:
            for begin in range(0, len(drafts), AT_ONCE):
                rows = [
                    self._new(draft, created_by, None) for draft in drafts[begin : begin + AT_ONCE]
                ]
                with _naming(None):
                    await session.execute(insert(BudgetRow), rows)
                ids += [cast("UUID", row["id"]) for row in rows]
        return ids

    async def find(
        self, key: UUID, *, within: str | None = None, deleted: bool = False
    ) -> Budget | None:
        """The budget of an id; None: there is none that whoever asks may know of.

        Args:
            key: its id.
            within: see the class.
            deleted: find it though it is deleted.

        Raises:
            Unavailable: the database does not answer.
        """
        query = _reach(select(BudgetRow).where(BudgetRow.id == key), within)
        if not deleted:
            query = query.where(_THERE)
        async with self._sessions.reading() as session:
            row = await session.scalar(query, execution_options={"populate_existing": True})
            return None if row is None else budget_of(row)

    async def find_named(
        self, name: str, *, within: str | None = None, limit: int = 10
    ) -> list[Budget]:
        """The budgets of a name, however it is capitalized; the deployment's own first.

        Each of them is of another organization.

        Raises:
            Unavailable: the database does not answer.
        """
        query = _reach(
            select(BudgetRow).where(_THERE, BudgetRow.name_key == name_key(name)), within
        )
        query = query.order_by(BudgetRow.organization.nulls_first()).limit(limit)
        return await self._budgets(query)

    async def find_many(self, keys: Sequence[UUID]) -> list[Budget]:
        """The budgets of some ids, those that are not deleted, in no order.

        Raises:
            Unavailable: the database does not answer.
        """
        found: list[Budget] = []
        for begin in range(0, len(keys), LOOKED_UP):
            some = BudgetRow.id.in_(keys[begin : begin + LOOKED_UP])
            found += await self._budgets(select(BudgetRow).where(_THERE, some))
        return found

    async def page(
        self,
        *,
        within: str | None = None,
        containing: str = "",
        after: Budget | None = None,
        limit: int = 50,
    ) -> list[Budget]:
        """Budgets by name, a page of them.

        Args:
            within: see the class.
            containing: only those whose name has this in it, however it is capitalized.
            after: the last one of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = _reach(select(BudgetRow).where(_THERE), within)
        if containing:
            part = name_key(containing)
            query = query.where(BudgetRow.name_key.contains(part, autoescape=True))
        if after is not None:
            place = tuple_(BudgetRow.name_key, BudgetRow.id)
            query = query.where(place > tuple_(after.name_key, after.id))
        return await self._budgets(query.order_by(BudgetRow.name_key, BudgetRow.id).limit(limit))

    async def beside(self, organization: str | None, *, limit: int) -> list[Budget]:
        """Budgets that may count the same spend as one of an organization, by name.

        These are the organization's and the deployment's own; for a budget of the deployment's
        own, all of them, its own first.

        Args:
            organization: whose budget it is; None: the deployment's own.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(BudgetRow).where(_THERE)
        if organization is not None:
            own = BudgetRow.organization == organization
            query = query.where(or_(own, BudgetRow.organization.is_(None)))
        own_first = BudgetRow.organization.nulls_first()
        return await self._budgets(query.order_by(own_first, BudgetRow.name_key).limit(limit))

    async def count(self, *, within: str | None = None) -> int:
        """How many there are.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(func.count()).select_from(BudgetRow).where(_THERE, *_within(within))
        async with self._sessions.reading() as session:
            return await session.scalar(query) or 0

    async def change(self, key: UUID, version: int, draft: BudgetDraft) -> Budget:
        """Replaces what was decided.

        Args:
            key: its id.
            version: of the budget that the change is based on.
            draft: what is decided now; the organization stays as it was.

        Raises:
            Outdated: it was changed or deleted meanwhile.
            NotFound: there is no such budget.
            BadInput: the organization has another budget of that name.
            Unavailable: the database does not answer.
        """
        values = values_of(draft)
        del values["organization"]
        return await self._write(key, version, values, _THERE, draft.name)

    async def delete(self, key: UUID, version: int) -> Budget:
        """Deletes a budget; it can be restored, and its name be given to another one.

        Raises:
            Outdated: it was changed or deleted meanwhile.
            NotFound: there is no such budget.
            Unavailable: the database does not answer.
        """
        return await self._write(key, version, {"deleted_at": self._clock()}, _THERE, None)

    async def restore(self, key: UUID, version: int) -> Budget:
        """Takes back a deletion.

        Raises:
            Outdated: it was restored meanwhile.
            NotFound: there is no such budget.
            BadInput: its name was given to another one.
            Unavailable: the database does not answer.
        """
        deleted = BudgetRow.deleted_at.is_not(None)
        return await self._write(key, version, {"deleted_at": None}, deleted, None)

    async def columns(
        self, *, changed_since: datetime | None = None
    ) -> AsyncGenerator[BudgetColumns]:
        """All budgets that are not deleted, or what has changed, as columns; piece by piece.

        Args:
            changed_since: only what was changed at or after this instant, the deleted among
                them. Give an instant some time before the last reading began: a change is dated
                when it is made and seen when it is committed.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(*COLUMNS).limit(PIECE)
        if changed_since is None:
            query = query.where(_THERE).order_by(BudgetRow.id)
        else:
            # By their instants: in the order of ids, SQLite would read all budgets to find a few.
            query = query.where(BudgetRow.updated_at >= changed_since).order_by(
                BudgetRow.updated_at, BudgetRow.id
            )
        page = query
        async with self._sessions.reading() as session:
            connection = await session.connection()  # plain rows: objects would take twice as long
            while rows := (await connection.execute(page)).all():
                piece = columns_of(rows)
                yield piece
                further = BudgetRow.id > piece.ids[-1]
                if changed_since is not None:
                    at = piece.updated_at[-1]
                    same = and_(BudgetRow.updated_at == at, further)
                    further = or_(BudgetRow.updated_at > at, same)
                page = query.where(further)

    def _new(self, draft: BudgetDraft, created_by: str, key: UUID | None) -> dict[str, object]:
        now = self._clock()
        return {
            **values_of(draft),
            "id": key or uuid4(),
            "version": 1,
            "created_by": created_by,
            "created_at": now,
            "updated_at": now,
            "deleted_at": None,
        }

    async def _write(
        self,
        key: UUID,
        version: int,
        values: dict[str, object],
        condition: ColumnElement[bool],
        name: str | None,
    ) -> Budget:
        changing = (
            update(BudgetRow)
            .where(BudgetRow.id == key, BudgetRow.version == version, condition)
            .values(**values, version=version + 1, updated_at=self._clock())
            .returning(BudgetRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            with _naming(name):
                row = await session.scalar(changing)
            if row is None:
                raise await _why_not(session, key)
            return budget_of(row)

    async def _budgets(self, query: Select[BudgetRow]) -> list[Budget]:
        query = query.execution_options(populate_existing=True)
        async with self._sessions.reading() as session:
            return [budget_of(row) for row in await session.scalars(query)]


def _reach(query: Select[BudgetRow], within: str | None) -> Select[BudgetRow]:
    return query.where(*_within(within))


def _within(within: str | None) -> list[ColumnElement[bool]]:
    return [] if within is None else [BudgetRow.organization == within]


@contextmanager
def _naming(name: str | None) -> Generator[None]:
    """Says in words that a name is taken; the transaction is over then."""
    try:
        yield
    except IntegrityError as error:
        if "name_key" not in str(error.orig) and "uq_budgets_" not in str(error.orig):
            raise
        which = "of that name" if name is None else f"called {name}"
        sentence = f"The organization has another budget {which}."
        raise BadInput(sentence, "Give another name.") from error


def _taken(draft: BudgetDraft) -> BadInput:
    whose = "The deployment" if draft.organization is None else draft.organization
    sentence = f"{whose} has a budget called {draft.name} already."
    return BadInput(sentence, "Give another name, or change that budget.")


async def _why_not(session: AsyncSession, key: UUID) -> NotFound | Outdated:
    if await session.scalar(select(BudgetRow.version).where(BudgetRow.id == key)) is None:
        return NotFound("There is no such budget.")
    sentence = "Somebody else has changed the budget meanwhile."
    return Outdated(sentence, "Look at it again, then decide.")
