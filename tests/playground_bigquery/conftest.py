"""A warehouse of five days, its server and a real client of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from playground.bigquery.server import Server, running
from playground.bigquery.warehouse import TableField, Warehouse
from tests.playground_bigquery.real_client import connect

TABLE = "data.costs.requests"
FIELDS = [
    TableField("dt", "DATE"),
    TableField("org", "STRING"),
    TableField("cost", "FLOAT64"),
    TableField("internal", "BOOL"),
    TableField("requests", "INT64"),
]
DAYS = [date(2024, 12, day) for day in range(1, 6)]
ROWS = [
    {"dt": day, "org": f"org {n}", "cost": day.day + n / 4, "internal": n == 0, "requests": n + 1}
    for day in DAYS
    for n in range(3)
]


class SetClock:
    """Tells the time that it was set to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def warehouse(clock: SetClock) -> Warehouse:
    made = Warehouse(clock)
    made.add_table(TABLE, FIELDS, "dt", ROWS)
    return made


@pytest.fixture
async def server(warehouse: Warehouse) -> AsyncGenerator[Server]:
    async with running(warehouse) as made:
        yield made


@pytest.fixture
def client(server: Server) -> Iterator[Any]:
    made = connect(server.url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_client() -> Iterator[Any]:
    """For tests that only ask: a server is shared by a module of them."""
    warehouse = Warehouse(SetClock())
    warehouse.add_table(TABLE, FIELDS, "dt", ROWS)
    with asyncio.Runner() as runner:
        context = running(warehouse)
        server = runner.run(context.__aenter__())
        made = connect(server.url)
        yield made
        made.close()
        runner.run(context.__aexit__(None, None, None))
