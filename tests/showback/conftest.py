"""A deployment with facts of two months, a clock to set, and what can be done with statements."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.roles import Role
from handlers.caller import Caller
from handlers.showback.handlers import ShowbackHandlers, showback_handlers
from handlers.showback.results import MonthStatement, StatementRequest
from queries.dimensions import Dimensions, Source
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from storage import Store
from storage.records.statement import ClosedMonth
from tests.facts import Fact, add, request
from tests.stores import Postgres, TestClock, lay_store, sqlite_store

UTC_ZONE = ZoneInfo("UTC")
ADA = Caller("T1", "U_ADA", "Ada", None, Role.ADMIN, UTC_ZONE)
EVE = Caller("T1", "U_EVE", "Eve", None, Role.ADMIN, UTC_ZONE)
OTTO = Caller("T1", "U_OTTO", "Otto", "acme", Role.ORG_ADMIN, UTC_ZONE)
UTE = Caller("T1", "U_UTE", "Ute", "acme", Role.USER, UTC_ZONE)
GIL = Caller("T1", "U_GIL", "Gil", "globex", Role.USER, UTC_ZONE)
NOBODYS = Caller("T1", "U_NO", "No", None, Role.USER, UTC_ZONE)

SEP, OCT, NOV = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
END_OF_NOVEMBER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def at(month: int, day: int, hour: int = 9) -> datetime:
    """An instant of 2026, UTC."""
    return datetime(2026, month, day, hour, 15, tzinfo=UTC)


def gpu(time: datetime, cost: str, category: str = "inference", **columns: object) -> Fact:
    """A row of the GPU table."""
    requests = 1 if category == "inference" else 0
    row = request(time, cost, source=Source.GPU, requests=requests)
    return {**row, "cost_category": category, **columns}


def llm(time: datetime, cost: str | None, organization: str | None, **columns: object) -> Fact:
    """A request to a model."""
    return {**request(time, cost), "organization": organization, **columns}


FACTS: tuple[Fact, ...] = (
    gpu(at(10, 5), "600", organization="acme", attributed_idle_cost="90"),
    gpu(at(10, 6), "300", organization="globex", attributed_idle_cost="45"),
    gpu(at(10, 7), "250", "idle"),
    gpu(at(10, 8), "60.01", "unused"),
    llm(at(10, 9), "20", "acme", team="search"),
    llm(at(10, 10), None, "acme", requests=4, unpriced_requests=4),
    gpu(at(10, 31, 23), "9", organization="acme"),
    llm(at(10, 31, 23), "1", "globex"),
    gpu(at(11, 3), "100", organization="acme"),
    llm(at(11, 20), "50", "globex"),
    gpu(at(11, 30, 23), "1", organization="acme"),
    llm(at(11, 30, 23), "1", "globex"),
)
"""October: 1,240.01 of which acme 719 and globex 346 fully loaded, 175.01 unattributed."""


@dataclass
class Deployment:
    """Statements over a real mart and a real store."""

    clock: TestClock
    mart: Mart
    store: Store
    showback: ShowbackHandlers

    def add(self, *facts: Fact) -> None:
        """Facts come, late perhaps."""
        add(self.mart, facts)

    async def shown(self, month: date, caller: Caller = ADA, **asked: str) -> MonthStatement:
        """The statements of a month."""
        request = StatementRequest(month, **asked)
        return await self.showback.statements.statement(request, caller)

    async def totals(self, month: date) -> dict[str, Decimal]:
        """What each organization is charged, corrections in it."""
        found = await self.shown(month)
        return {one.line.organization: one.total for one in found.statements}

    async def close(self, month: date, caller: Caller = ADA) -> ClosedMonth:
        """Looks at a month and closes it."""
        preview = await self.showback.closing.preview(month, caller)
        return await self.showback.closing.close(month, preview.digest, caller, "slack")


Deploy = Callable[..., AbstractAsyncContextManager[Deployment]]


@asynccontextmanager
async def deployed(
    folder: Path, store: Store, clock: TestClock, facts: Iterable[Fact], zone: ZoneInfo
) -> AsyncGenerator[Deployment]:
    """Statements over a store."""
    dimensions = Dimensions()
    mart = Mart(folder, dimensions, clock)
    add(mart, facts)
    engine = DuckDbEngine(mart)
    try:
        showback = showback_handlers(store, engine, dimensions, clock, zone, 30)
        yield Deployment(clock, mart, store, showback)
    finally:
        await engine.close()


@pytest.fixture
def clock() -> TestClock:
    """Stands at the first morning of December until it is moved."""
    return TestClock(END_OF_NOVEMBER)


@pytest.fixture
def deploy(tmp_path: Path, clock: TestClock) -> Deploy:
    """Puts a deployment together, on SQLite."""

    @asynccontextmanager
    async def begin(
        facts: Iterable[Fact] = FACTS, zone: ZoneInfo = UTC_ZONE
    ) -> AsyncGenerator[Deployment]:
        async with (
            sqlite_store(tmp_path, clock) as store,
            deployed(tmp_path, store, clock, facts, zone) as made,
        ):
            yield made

    return begin


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a new store on each database."""
    if request.param == "sqlite":
        lay_store(tmp_path)
        return f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"
    running: Postgres = request.getfixturevalue("postgres")
    return await running.new_store()


@pytest.fixture
async def either_store(address: str, clock: TestClock) -> AsyncGenerator[Store]:
    """A new store on each database."""
    made = Store(address, clock)
    yield made
    await made.close()
