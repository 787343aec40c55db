"""The same tests on both databases: `store` and `address` come in two kinds."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from storage import Store
from tests.stores import Postgres, TestClock, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"
    server: Postgres = request.getfixturevalue("postgres")
    return await server.new_database()


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def store(address: str, clock: TestClock) -> AsyncGenerator[Store]:
    store = Store(address, clock)
    await store.migrate()
    yield store
    await store.close()
