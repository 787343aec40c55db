"""Budgets over a real store, a real mart and a clock to set."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.roles import Role
from handlers.budgets.form import BudgetForm
from handlers.budgets.handlers import BudgetHandlers, budget_handlers
from handlers.budgets.requests import CreateRequest
from handlers.caller import Caller
from handlers.cost import CostHandler
from queries.budget_spend import BudgetSpending
from queries.dimensions import Dimensions, Source
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from storage import Store
from storage.records.budget import Budget
from tests.facts import Fact, add, request
from tests.stores import TestClock, sqlite_store

UTC_ZONE = ZoneInfo("UTC")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, UTC_ZONE)
KEEPER = Caller("T1", "U2", "Kim", "acme", Role.ORG_ADMIN, UTC_ZONE)
OTHER_KEEPER = replace(KEEPER, user_id="U3", name="Lee")
MEMBER = Caller("T1", "U4", "Max", "acme", Role.USER, UTC_ZONE)
STRANGER = Caller("T1", "U5", "Sam", "globex", Role.ORG_ADMIN, UTC_ZONE)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def spent(day: date, cost: str | None, **columns: object) -> Fact:
    """A request of acme at noon of a day."""
    at = datetime.combine(day, time(12), UTC)
    named = {"organization": "acme", "model": "gpt-4", **columns}
    return request(at, cost, source=Source.USAGE, **named)


def daily(first: date, last: date, cost: str, **columns: object) -> list[Fact]:
    """A request on each day."""
    days = (last - first).days + 1
    return [spent(first + timedelta(days=day), cost, **columns) for day in range(days)]


def end_of(day: date) -> Fact:
    """A request of nobody's, which makes a day complete."""
    return request(datetime.combine(day, time(23, 30), UTC), "0", organization="nobody")


@dataclass(frozen=True)
class Desk:
    """Budgets, with everything behind them."""

    budgets: BudgetHandlers
    store: Store
    clock: TestClock

    async def create(self, caller: Caller = KEEPER, **fields: object) -> Budget:
        """A budget, filled in with a name, a limit and months unless `fields` say otherwise."""
        filled: dict[str, object] = {"name": "Prod LLM", "limit": "1000", "kind": "monthly"}
        form = BudgetForm(**{**filled, **fields})  # pyright: ignore[reportArgumentType]
        return (await self.budgets.create.create(CreateRequest(form), caller)).budget


OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


@asynccontextmanager
async def desk_over(
    folder: Path, facts: Iterable[Fact], address: str | None = None
) -> AsyncGenerator[Desk]:
    """Budgets over some facts; in SQLite where no address of a store is given."""
    clock = TestClock(NOW)
    dimensions = Dimensions()
    mart = Mart(folder, dimensions, clock)
    rows = list(facts)
    if rows:
        add(mart, rows)
    engine = DuckDbEngine(mart)
    async with stored_at(folder, clock, address) as store:
        costs = CostHandler(engine, dimensions, clock, 48)
        spending = BudgetSpending(mart)
        try:
            yield Desk(budget_handlers(store, costs, spending, "slack"), store, clock)
        finally:
            await spending.close()
            await engine.close()


@asynccontextmanager
async def stored_at(folder: Path, clock: TestClock, address: str | None) -> AsyncGenerator[Store]:
    """A new store at an address, or in a file."""
    if address is None:
        async with sqlite_store(folder, clock) as store:
            yield store
        return
    store = Store(address, clock)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def desk(tmp_path: Path) -> OpenDesk:
    """Opens budgets over some facts."""

    def open_desk(facts: Iterable[Fact] = ()) -> AbstractAsyncContextManager[Desk]:
        return desk_over(tmp_path, facts)

    return open_desk
