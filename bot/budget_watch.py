"""The watch over all budgets, put together: it evaluates them and answers gateways."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from bot.alerts import compose
from bot.assembly import Parts
from handlers.budget_watch.acting import AlertHandler
from handlers.budget_watch.check import Checks
from handlers.budget_watch.drivers import WhyDrivers
from handlers.budget_watch.evaluation import Evaluator
from handlers.budget_watch.keeping import Keeper
from handlers.budget_watch.recount import recount
from handlers.budgets.spend import DailySpends
from handlers.budgets.standing import Standings
from queries.budget_spend import BudgetSpending, SpendingLimits
from storage.records.audit import Surface


@dataclass(frozen=True, slots=True)
class BudgetWatch:
    """The watch of a serving process.

    Attributes:
        evaluator: of all budgets.
        checks: answers gateways from what the evaluator knows.
    """

    evaluator: Evaluator
    checks: Checks

    async def keep_up(self) -> None:
        """Evaluates all budgets: quick where nothing has changed, so it may be done every minute.

        Raises:
            Unavailable: the store or the facts cannot be read; the next time does it all.
        """
        if self.evaluator.last is not None:
            await self.evaluator.evaluate()
            return
        with collector_spared():
            await self.evaluator.evaluate()

    async def recount(self) -> None:
        """Compares what incremental work has kept with all facts; logs a difference as an error.

        Raises:
            Unavailable: the facts cannot be read; the figures stay as they were.
        """
        await recount(self.evaluator)


@contextmanager
def collector_spared() -> Generator[None]:
    """Keeps the garbage collector from looking through all budgets again and again.

    They are read within the block, and stay for as long as the process does. A look through a
    million of them holds everything else up for a second, and a gateway waits milliseconds.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@asynccontextmanager
async def watching(
    parts: Parts, wake: Callable[[], None] | None = None
) -> AsyncGenerator[BudgetWatch]:
    """The watch over all budgets, for as long as the block lasts.

    Args:
        parts: with the store and the facts.
        wake: tells the outbox of this process that there is something to send.
    """
    settings, is_collected = parts.settings, gc.get_freeze_count() == 0
    limits = SpendingLimits(threads=settings.mart_threads, memory=settings.mart_memory)
    spending = BudgetSpending(parts.mart, limits)
    evaluator = Evaluator(
        store=parts.store,
        mart=parts.mart,
        keeper=Keeper(parts.store, spending),
        standings=_standings(parts, spending),
        compose=compose,
        clock=parts.clock,
        stale_after_hours=settings.stale_after_hours,
        drivers=WhyDrivers(parts.handlers.why),
        wake=wake,
    )
    try:
        yield BudgetWatch(evaluator, Checks(evaluator, parts.clock))
    finally:
        if is_collected:
            gc.unfreeze()
        await spending.close()


def alerts_of(
    parts: Parts, surface: Surface, wake: Callable[[], None] | None = None
) -> AlertHandler:
    """What can be done about alerts on one surface, which the audit trail names."""
    standings = _standings(parts, BudgetSpending(parts.mart))
    return AlertHandler(parts.store, standings, compose, parts.clock, surface, wake)


def _standings(parts: Parts, spending: DailySpends) -> Standings:
    return Standings(
        parts.engine,
        spending,
        parts.store.raises,
        parts.dimensions,
        parts.clock,
        parts.settings.stale_after_hours,
    )
