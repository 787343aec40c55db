from __future__ import annotations

import asyncio
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from analysis.clock import system_clock
from analysis.errors import BadInput, Unavailable
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.migrate import HEAD, MIGRATIONS, migrate
from storage.models import Base
from storage.seeds import first_prices, newer_prices
from tests.road.forked import forking
from tests.stores import TestClock

SEEDED = [*first_prices(), *newer_prices()]


def tables_of(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def tables(database: Database) -> set[str]:
    async with database.altering() as connection:
        return await connection.run_sync(tables_of)


def test_the_newest_revision_is_the_one_that_a_start_looks_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


async def test_the_migrations_build_what_the_models_declare(address: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))

    database = Database(parse_address(address))
    await migrate(database)
    async with database.altering() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_every_revision_goes_down_and_up_again(address: str) -> None:
    database = Database(parse_address(address))
    await migrate(database)
    at_head = await tables(database)
    steps = [step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    for revision in [*steps[1:], "base"]:
        await migrate(database, revision)
    assert await tables(database) == {"alembic_version"}
    for revision in reversed(steps):
        await migrate(database, revision)
    assert await tables(database) == at_head
    await database.close()


async def test_a_second_migration_changes_nothing(store: Store, address: str) -> None:
    before = await store.prices.find_all()
    await store.migrate()
    again = Store(address, system_clock)
    await again.migrate()
    assert await again.prices.find_all() == before
    await again.close()


async def test_what_a_deployment_changed_survives_the_next_start(
    store: Store, address: str
) -> None:
    database = Database(parse_address(address))
    async with database.altering() as connection:
        await connection.execute(
            text("DELETE FROM model_pricing WHERE model = 'llama-2-13b'"),
        )
    await store.migrate()
    assert not [price for price in await store.prices.find_all("meta") if "13b" in price.model]
    await database.close()


def start(address: str, barrier: Barrier) -> None:
    async def started() -> None:
        store = Store(address, system_clock)
        barrier.wait(30)
        await store.migrate()
        assert len(await store.prices.unit_prices()) == len(SEEDED)
        await store.close()

    asyncio.run(started())


async def test_processes_that_start_at_once_migrate_once(address: str) -> None:
    context = forking()
    barrier = context.Barrier(3)
    processes = [context.Process(target=start, args=(address, barrier)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join, 60)
    assert [process.exitcode for process in processes] == [0, 0, 0]


async def test_starts_in_one_process_at_once_migrate_once(address: str, clock: TestClock) -> None:
    stores = [Store(address, clock) for _ in range(4)]
    await asyncio.gather(*(store.migrate() for store in stores))
    assert len(await stores[0].prices.unit_prices()) == len(SEEDED)
    await asyncio.gather(*(store.close() for store in stores))


async def test_a_store_of_a_newer_version_is_left_alone(store: Store, address: str) -> None:
    database = Database(parse_address(address))
    async with database.altering() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadInput, match="revision 9999, which this version does not know"):
        await store.migrate()
    await database.close()


async def test_a_migration_that_fails_leaves_nothing_behind(address: str) -> None:
    database = Database(parse_address(address))
    await migrate(database, "0001")
    async with database.altering() as connection:
        await connection.execute(text("ALTER TABLE model_pricing RENAME COLUMN source TO sauce"))
    with pytest.raises(DBAPIError, match="source"):
        await migrate(database)
    async with database.altering() as connection:
        revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        rows = await connection.scalar(text("SELECT count(*) FROM model_pricing"))
    assert (revision, rows) == ("0001", 0)
    await database.close()


async def test_the_folder_of_a_sqlite_store_is_made(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/new/home/store.sqlite3", system_clock)
    await store.migrate()
    assert await store.prices.unit_prices()
    await store.close()


async def test_a_folder_that_cannot_be_made_is_said_to_be_unavailable(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/taken/store.sqlite3", system_clock)
    with pytest.raises(Unavailable, match="does not answer"):
        await store.migrate()
    await store.close()


async def test_sqlite_lets_readers_read_while_one_writes(tmp_path: Path) -> None:
    database = Database(parse_address(f"sqlite:///{tmp_path}/store.sqlite3"))
    await migrate(database)
    async with database.writing() as writer:
        await writer.execute(text("INSERT INTO inbound_events VALUES ('Ev1', '2026-11-20')"))
        async with database.reading() as reader:
            assert await reader.scalar(text("SELECT count(*) FROM inbound_events")) == 0
            assert await reader.scalar(text("PRAGMA journal_mode")) == "wal"
            assert await reader.scalar(text("PRAGMA foreign_keys")) == 1
    await database.close()


async def test_a_file_that_is_no_database_is_said_to_be_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    file.write_text("not a database, but long enough to be taken for one\n" * 100)
    store = Store(f"sqlite+aiosqlite:///{file}", system_clock)
    with pytest.raises(Unavailable, match="does not answer"):
        await store.migrate()
    await store.close()


async def test_a_store_tells_its_revision_and_the_one_that_is_needed(address: str) -> None:
    store = Store(address, system_clock)
    assert await store.revisions() == (None, HEAD)
    database = Database(parse_address(address))
    await migrate(database, "0001")
    assert await store.revisions() == ("0001", HEAD)
    await store.migrate()
    assert await store.revisions() == (HEAD, HEAD)
    await store.close()
    await database.close()


async def test_asking_for_the_revision_makes_no_file(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/home/store.sqlite3", system_clock)
    assert await store.revisions() == (None, HEAD)
    await store.close()
    assert not (tmp_path / "home").exists()
