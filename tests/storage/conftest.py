"""The same tests on both databases: `store` and `address` come in two kinds."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from storage import Store
from tests.stores import Postgres, TestClock, lay_store


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database that is empty, unless the test has a `store` in it."""
    is_up_to_date = "store" in request.fixturenames
    if request.param == "sqlite":
        if is_up_to_date:
            lay_store(tmp_path)
        return f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"
    server: Postgres = request.getfixturevalue("postgres")
    return await (server.new_store() if is_up_to_date else server.new_database())


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def store(address: str, clock: TestClock) -> AsyncGenerator[Store]:
    store = Store(address, clock)
    yield store
    await store.close()
