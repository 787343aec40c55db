"""Budgets, facts and an outbox that are real, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.alerts import compose
from handlers.budget_watch.alert import Compose
from handlers.budget_watch.drivers import WhyDrivers
from handlers.budget_watch.evaluation import Drivers, EvaluationReport, Evaluator
from handlers.budget_watch.keeping import Keeper
from handlers.budgets.standing import Standings
from handlers.why import WhyHandler
from queries.budget_spend import BudgetSpending
from queries.dimensions import Dimensions
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from storage import Store
from storage.records.budget import Budget, BudgetDraft
from storage.records.delivery import Delivery
from tests.facts import Fact, add, request
from tests.stores import TestClock

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

DRAFT = BudgetDraft(
    name="Prod LLM",
    organization="acme",
    limit=Decimal(100),
    kind="monthly",
    zone=ZoneInfo("UTC"),
    start=date(2026, 11, 1),
    forecast=None,
    slack_channels=("C1",),
)


def fact(time: object, cost: str | None, **others: object) -> Fact:
    """A request of acme's to gpt-4, or another one."""
    columns: dict[str, Any] = {"organization": "acme", "model": "gpt-4", **others}
    return request(cast("datetime", time), cost, **columns)


@dataclass
class World:
    """What the tests act on."""

    store: Store
    mart: Mart
    engine: DuckDbEngine
    spending: BudgetSpending
    clock: TestClock
    evaluator: Evaluator

    async def budget(self, **others: object) -> Budget:
        """A budget of 100 USD a month of acme's, told of in a channel, or another one."""
        draft = replace(DRAFT, **others)  # pyright: ignore[reportArgumentType]
        return await self.store.budgets.add(draft, "T1/U1")

    def spend(self, cost: str | None, **others: object) -> None:
        """A request of now, or of another time."""
        self.import_facts([fact(others.pop("time", self.clock.now), cost, **others)])

    def import_facts(self, facts: list[Fact]) -> None:
        """An import."""
        add(self.mart, facts)

    async def evaluate(self) -> EvaluationReport:
        """Looks at everything."""
        return await self.evaluator.evaluate()

    def another(
        self, write: Compose = compose, drivers: Drivers | None = None
    ) -> tuple[Evaluator, BudgetSpending]:
        """A second process on the same store and facts."""
        return evaluator_of(self.store, self.mart, self.engine, self.clock, write, drivers)

    async def outbox(self) -> list[Delivery]:
        """All messages, oldest first."""
        return (await self.store.deliveries.newest(limit=10_000))[::-1]

    async def told(self) -> list[str]:
        """What was told in Slack, the changes of roots left out."""
        return [
            str(one.payload["text"])
            for one in await self.outbox()
            if one.channel == "slack" and one.payload.get("do") != "update"
        ]


def evaluator_of(
    store: Store,
    mart: Mart,
    engine: DuckDbEngine,
    clock: Callable[[], datetime],
    write: Compose = compose,
    drivers: Drivers | None = None,
) -> tuple[Evaluator, BudgetSpending]:
    """An evaluator as a process has one, and what it adds up with."""
    dimensions, stale = mart.dimensions, 26.0
    spending = BudgetSpending(mart)
    standings = Standings(engine, spending, store.raises, dimensions, clock, stale)
    return (
        Evaluator(
            store=store,
            mart=mart,
            keeper=Keeper(store, spending),
            standings=standings,
            compose=write,
            clock=clock,
            stale_after_hours=stale,
            drivers=drivers or WhyDrivers(WhyHandler(engine, dimensions, clock, stale)),
        ),
        spending,
    )


def mart_before(folder: Path, clock: Callable[[], datetime]) -> Mart:
    """A mart with facts of another organization's."""
    mart = Mart(folder, Dimensions(), clock)
    days = [START - timedelta(days=back) for back in range(40)]
    add(mart, [request(day, "1", organization="globex", model="gpt-4") for day in days])
    return mart


@asynccontextmanager
async def opened(store: Store, folder: Path, clock: TestClock) -> AsyncGenerator[World]:
    """A world on what `mart_before` has made in a folder."""
    clock.now = START
    mart = Mart(folder, Dimensions(), clock)
    engine = DuckDbEngine(mart)
    evaluator, spending = evaluator_of(store, mart, engine, clock)
    try:
        yield World(store, mart, engine, spending, clock, evaluator)
    finally:
        await spending.close()
        await engine.close()
