"""A warehouse on the loopback, and an empty mart."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from playground.bigquery.server import running
from playground.bigquery.warehouse import Warehouse
from queries.dimensions import Dimensions
from queries.mart import Mart, WriterLimits
from storage import Store
from tests.stores import lay_store
from tests.sync.world import MovingClock, World


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
async def world(tmp_path: Path, clock: MovingClock) -> AsyncGenerator[World]:
    lay_store(tmp_path)
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3", clock)
    mart = Mart(tmp_path, Dimensions(), clock, limits=WriterLimits(wait=5.0))
    warehouse = Warehouse(clock)
    try:
        async with running(warehouse) as server:
            world = World(warehouse, server.url, mart, store, clock)
            try:
                yield world
            finally:
                await world.close()
    finally:
        await store.close()
