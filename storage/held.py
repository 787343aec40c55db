"""One transaction over everything that is written in a stretch of work, whoever writes it.

For a request whose answer has to be kept together with what it decides: whatever is written while
a `Held` is in place goes into one transaction, which begins with the first of these writes. What is
read from then on sees what was written. A part that fails is undone by itself (a savepoint), so
that whoever wrote it may look again and try once more.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

_IN_PLACE: ContextVar[Held | None] = ContextVar("held", default=None)


class Held:
    """The transaction; nothing is opened before the first write.

    Args:
        engine: whose transactions are writers' ones.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._transaction: AbstractAsyncContextManager[AsyncConnection] | None = None
        self._connection: AsyncConnection | None = None
        self._is_over = False

    def is_of(self, engine: AsyncEngine) -> bool:
        """Whether it is a transaction of this engine."""
        return self._engine is engine

    @property
    def is_over(self) -> bool:
        """Whether it has ended: a task that was begun inside and goes on writes by itself."""
        return self._is_over

    @property
    def has_begun(self) -> bool:
        """Whether anything was written."""
        return self._connection is not None

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[AsyncSession]:
        """A session in the transaction, which begins where it has not."""
        if self._connection is None:
            transaction = self._engine.begin()
            self._connection = await transaction.__aenter__()
            self._transaction = transaction
        session = AsyncSession(
            self._connection,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )
        async with session, session.begin():
            yield session

    @asynccontextmanager
    async def in_place(self) -> AsyncGenerator[None]:
        """Takes what is written inside; committed at the end, undone on an error."""
        token = _IN_PLACE.set(self)
        try:
            yield
        except BaseException as error:
            await self._end(error)
            raise
        else:
            await self._end(None)
        finally:
            _IN_PLACE.reset(token)

    async def _end(self, error: BaseException | None) -> None:
        self._is_over = True
        transaction, self._transaction, self._connection = self._transaction, None, None
        if transaction is not None:
            kind, trace = (None, None) if error is None else (type(error), error.__traceback__)
            await transaction.__aexit__(kind, error, trace)


def held_of(engine: AsyncEngine) -> Held | None:
    """The one that is in place for a database; None: every writer has a transaction of its own."""
    held = _IN_PLACE.get()
    return held if held is not None and held.is_of(engine) and not held.is_over else None
