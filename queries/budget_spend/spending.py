"""The spend of all budgets, kept up with the mart.

What a budget has spent is a sum over rows of `costs`. The first time, and whenever it is asked
for, it is added up from all of them. Afterwards the difference between what a changed day held and
what it holds now is added, both read from the day's own files: sums of decimals are exact, so this
is what adding up everything gives, to the last digit. A mart that has not changed changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from queries.budget_spend.columns import BudgetPeriods, DailySpend, Refreshed, Spent
from queries.budget_spend.kept import SpendingLimits, Work
from queries.budget_spend.looks import Looks
from queries.budget_spend.working import stand_back
from queries.mart.manifest import costs_shape_of
from queries.mart.mart import Mart

T = TypeVar("T")


class BudgetSpending:
    """What the budgets that it was given have spent; opens DuckDB when it is first asked.

    One thing is done at a time; whoever else asks waits.

    Args:
        mart: with the facts.
        limits: what it may take.
    """

    def __init__(self, mart: Mart, limits: SpendingLimits | None = None) -> None:
        self._mart = mart
        self._limits = limits or SpendingLimits()
        self._shape = costs_shape_of(mart.dimensions)
        self._lock = asyncio.Lock()
        self._work: Work | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._looks = Looks(self._opened)

    async def put(self, budgets: BudgetPeriods) -> None:
        """Takes budgets in; those whose places it has are replaced: a new period, another scope.

        Their spend is added up by the next refresh.
        """
        await self._do(lambda work: work.put(budgets))

    async def remove(self, places: Iterable[int]) -> None:
        """Lets budgets go."""
        gone = list(places)
        await self._do(lambda work: work.remove(gone))

    async def refresh(self, *, anew: bool = False) -> Refreshed:
        """Brings all figures to the mart's present state.

        Args:
            anew: add up everything, and compare that with what was known: a check of oneself.

        Returns:
            The budgets whose figures are new since `told`: whoever fails to act upon them finds
            them again in the next refresh.

        Raises:
            Unavailable: the mart's files cannot be read; the figures stay as they were.
        """
        return await self._do(lambda work: work.refresh(anew=anew))

    async def told(self) -> None:
        """Confirms that what the last refresh has found was acted upon."""
        await self._do(lambda work: work.told())

    async def spent(self, places: Iterable[int] | None = None) -> Spent:
        """The figures as of the last refresh, of some budgets or of all that it has.

        Budgets that were put since, and those that nothing can be said of, have none.
        """
        some = None if places is None else list(places)
        return await self._do(lambda work: work.spent(some))

    async def daily(self, budgets: BudgetPeriods) -> list[DailySpend]:
        """The days of some budgets, of the mart's present state, by place and day.

        They need not have been put, and are not kept. Meant for those that somebody looks at, not
        for all.

        Raises:
            Unavailable: the mart's files cannot be read.
        """
        return await asyncio.to_thread(self._looks.daily, budgets)

    async def close(self) -> None:
        """Interrupts what is running and lets everything go."""
        self._looks.close()
        work = self._work
        if work is not None:
            work.connection.interrupt()
        async with self._lock:
            if self._work is not None:
                self._work.connection.close()
                self._work = None
            if self._thread is not None:
                self._thread.shutdown(wait=False)
                self._thread = None

    async def _do(self, job: Callable[[Work], T]) -> T:
        async with self._lock:
            thread = self._thread = self._thread or stand_back()
            running = asyncio.get_running_loop().run_in_executor(thread, self._run, job)
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                # The thread is waited for: nobody else may have the connection before it ends.
                await self._stopped(running)
                raise

    def _run(self, job: Callable[[Work], T]) -> T:
        # Opened in the thread, so that DuckDB's own threads stand back with it.
        work = self._work = self._work or self._opened()
        return work.run(job)

    async def _stopped(self, running: asyncio.Future[T]) -> None:
        while not running.done():
            if self._work is not None:
                self._work.connection.interrupt()
            await asyncio.wait([running], timeout=0.02)
        if not running.cancelled():
            running.exception()  # looked at: whoever asked does not wait for it any more

    def _opened(self) -> Work:
        return Work(self._mart, self._limits, self._shape)
