"""The connection to the store: one engine, sessions that read and sessions that write."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Dialect, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from analysis.errors import Unavailable
from storage.held import Held, held_of

BUSY_SECONDS = 10
"""How long a connection waits for another writer (SQLite) or for a server (PostgreSQL)."""

_BEGIN = "costbot_begin"


class Sessions(Protocol):
    """Where a repository gets its sessions from: a database, or one transaction of it."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        ...

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session for reading.

        Raises:
            Unavailable: the database does not answer.
        """
        ...

    def writing(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session for writing.

        Raises:
            Unavailable: the database does not answer, or another writer holds it too long.
        """
        ...


class OneTransaction:
    """The one session of a transaction that is under way, given to whoever asks.

    Args:
        session: of the transaction; whoever began it commits it.
        is_sqlite: whether it is a file of SQLite.
    """

    def __init__(self, session: AsyncSession, *, is_sqlite: bool) -> None:
        self._session = session
        self.is_sqlite = is_sqlite

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """The session: it sees what the transaction has written."""
        yield self._session

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """The session: what is written appears when the transaction is committed."""
        yield self._session


class Database:
    """One database, with everything that depends on which one it is.

    Nothing is opened before it is used.

    Args:
        url: an address from `storage.addresses.parse_address`.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self._engine = _engine(url)
        # A reader of SQLite that writes later on can be refused halfway; a writer says so first.
        writing = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._writing = writing
        self._read = async_sessionmaker(self._engine, expire_on_commit=False)
        self._write = async_sessionmaker(writing, expire_on_commit=False)

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)})"

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """A session for reading, in one transaction.

        Raises:
            Unavailable: the database does not answer.
        """
        held = held_of(self._writing)
        with translated(self.url):
            if held is not None and held.has_begun:
                async with held.session() as session:
                    yield session
            else:
                async with self._read.begin() as session:
                    yield session

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """A session for writing, in one transaction: committed at the end, undone on an error.

        Raises:
            Unavailable: the database does not answer, or another writer holds it too long.
        """
        held = held_of(self._writing)
        with translated(self.url):
            if held is not None:
                async with held.session() as session:
                    yield session
            else:
                async with self._write.begin() as session:
                    yield session

    @asynccontextmanager
    async def holding(self) -> AsyncGenerator[None]:
        """Makes one transaction of all that is written inside; see `storage.held`.

        On SQLite nobody else writes from the first write to the end.

        Raises:
            Unavailable: the database does not answer, or another writer holds it too long.
        """
        with translated(self.url):
            async with Held(self._writing).in_place():
                yield

    @asynccontextmanager
    async def altering(self) -> AsyncGenerator[AsyncConnection]:
        """A connection of its own for changes of the schema, in one transaction.

        Foreign keys are not enforced meanwhile on SQLite, where altering a table can mean to
        build it anew.

        Raises:
            Unavailable: the database does not answer, or another writer holds it too long.
        """
        engine = _engine(self.url, own_connection=True, foreign_keys=False)
        try:
            with translated(self.url):
                writing = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
                async with writing.begin() as connection:
                    yield connection
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def outside_transactions(self) -> AsyncGenerator[AsyncConnection]:
        """A connection of its own without transactions, for what SQLite sets outside of them.

        Raises:
            Unavailable: the database does not answer.
        """
        engine = _engine(self.url, own_connection=True)
        try:
            with translated(self.url):
                async with engine.connect() as connection:
                    yield await connection.execution_options(**{_BEGIN: None})
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()


@contextmanager
def translated(url: URL) -> Generator[None]:
    """Turns "does not answer" into `Unavailable`, and lets everything else through."""
    try:
        yield
    except DBAPIError as error:
        if not _is_silence(error):
            raise
        raise Unavailable(_sentence(url)) from error
    except (OSError, PoolTimeoutError) as error:  # no socket, no answer in time
        raise Unavailable(_sentence(url)) from error


def _sentence(url: URL) -> str:
    return f"The store does not answer ({url.render_as_string(hide_password=True)})."


_SILENT_STATES = frozenset({"08", "28", "3D", "53", "57", "58"})
"""Classes of SQLSTATE, see appendix A of PostgreSQL's manual: no connection, not let in, no such
database, out of resources, shut down, disk."""


def _is_silence(error: DBAPIError) -> bool:
    """Whether the database is gone, closed, locked, full or broken; wrong SQL is a bug instead."""
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return state[:2] in _SILENT_STATES
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(error, (OperationalError, InterfaceError)):
        return code != sqlite3.SQLITE_ERROR
    return code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def _engine(url: URL, *, own_connection: bool = False, foreign_keys: bool = True) -> AsyncEngine:
    engine = create_async_engine(
        url,
        # Values may be names and prices: they stay out of messages and logs.
        hide_parameters=True,
        poolclass=NullPool if own_connection else None,
        connect_args={"timeout": BUSY_SECONDS},
    )
    if url.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, foreign_keys=foreign_keys)
    return engine


def _prepare_sqlite(engine: AsyncEngine, *, foreign_keys: bool) -> None:
    """Transactions as asked for, not as Python's driver guesses them; foreign keys enforced."""

    @event.listens_for(engine.sync_engine, "do_connect")
    def connecting(
        _: Dialect, __: ConnectionPoolEntry, arguments: Sequence[Any], ___: Mapping[str, Any]
    ) -> None:
        # A file that cannot be opened fails here: where it fails in aiosqlite, a thread goes on
        # that may outlive the event loop and complain of it.
        sqlite3.connect(arguments[0]).close()

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cast("Any", connection).isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        # What was decided, and what was sent, survives a power cut: NORMAL could lose the last
        # commits, and a message whose mark is lost would be sent again.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        begin = connection.get_execution_options().get(_BEGIN, "BEGIN")
        if begin is not None:
            connection.exec_driver_sql(str(begin))
