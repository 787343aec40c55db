"""Bringing the schema up to date when a process starts."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import AsyncFileLock
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

from analysis.errors import BadInput
from storage.addresses import sqlite_file
from storage.database import Database, translated

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0023"
"""The newest revision in `storage/migrations/versions`: known without reading them."""

MIGRATIONS = Path(__file__).parent / "migrations"

_ADVISORY_LOCK = 4_021_733_901
"""Any number: whoever migrates the same PostgreSQL database takes the lock of this number."""

log = logging.getLogger(__name__)


async def migrate(database: Database, revision: str = "head") -> None:
    """Migrates to `revision`, once, however many processes ask for it at the same time.

    All of it is one transaction: a crash leaves the schema as it was.

    Raises:
        Unavailable: the database does not answer.
        BadInput: the database is at a revision that this version does not know.
    """
    file = sqlite_file(database.url)
    if file is None:
        if await _revision(database) != HEAD or revision != "head":
            await _migrate(database, revision)
        return
    if file.exists() and revision == "head" and await _revision(database) == HEAD:
        return
    with translated(database.url):  # the folder may be another's, or the disk full
        file.parent.mkdir(parents=True, exist_ok=True)
        async with AsyncFileLock(f"{file}.lock"):
            await _use_wal(database)
            await _migrate(database, revision)


async def revisions(database: Database) -> tuple[str | None, str]:
    """The revision that the schema is at, None where there is none yet, and the newest one.

    Raises:
        Unavailable: the database does not answer.
    """
    file = sqlite_file(database.url)
    with translated(database.url):  # the folder may be another's
        if file is not None and not file.exists():
            return None, HEAD
    return await _revision(database), HEAD


async def _revision(database: Database) -> str | None:
    async with database.reading() as session:
        connection = await session.connection()
        if not await connection.run_sync(_has_revision):
            return None
        return await _stored_revision(session)


async def _stored_revision(session: AsyncSession) -> str | None:
    return await session.scalar(text("SELECT version_num FROM alembic_version"))


def _has_revision(connection: Connection) -> bool:
    return inspect(connection).has_table("alembic_version")


async def _use_wal(database: Database) -> None:
    """Readers and the one writer no longer wait for each other; the file remembers it."""
    async with database.outside_transactions() as connection:
        await connection.exec_driver_sql("PRAGMA journal_mode = WAL")


async def _migrate(database: Database, revision: str) -> None:
    async with database.altering() as connection:
        if not database.is_sqlite:
            lock = text("SELECT pg_advisory_xact_lock(:number)")
            await connection.execute(lock, {"number": _ADVISORY_LOCK})
        await connection.run_sync(run_migrations, revision)


def run_migrations(connection: Connection, revision: str = "head") -> None:
    """Migrates to `revision`, up or down, in the transaction of `connection`.

    Raises:
        BadInput: the database is at a revision that this version does not know.
    """
    # Alembic takes a while to load, and most starts need nothing of it.
    from alembic import command
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = alembic_config(connection)
    script = ScriptDirectory.from_config(config)
    known = [step.revision for step in script.walk_revisions()]
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        sentence = f"The store is at revision {current}, which this version does not know."
        raise BadInput(sentence, "A newer costbot made it: use that one, or another store.")
    target = script.get_current_head() if revision == "head" else revision
    if current == target:
        return
    if target == "base" or (
        current is not None and known.index(str(target)) > known.index(current)
    ):
        command.downgrade(config, str(target))
    else:
        command.upgrade(config, str(target))
    log.info("The store went from revision %s to %s.", current, target)


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, with the connection that `migrations/env.py` migrates over."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
