"""Looks at some budgets, each on a database that nobody else uses meanwhile.

To open one takes as long as a look at a budget in a small mart, so one waits for the next look.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from queries.budget_spend.columns import BudgetPeriods, DailySpend
from queries.budget_spend.kept import Work


class Looks:
    """Opens a database when the first look needs one, and further ones for looks at once.

    Args:
        opened: makes one.
    """

    def __init__(self, opened: Callable[[], Work]) -> None:
        self._opened = opened
        self._idle: Work | None = None
        self._is_closed = False
        self._taking = threading.Lock()

    def daily(self, budgets: BudgetPeriods) -> list[DailySpend]:
        """See `BudgetSpending.daily`."""
        with self._taking:
            taken, self._idle = self._idle, None
        work = taken or self._opened()
        is_sound = False
        try:
            found = work.look(lambda one: one.daily(budgets))
            is_sound = True
        finally:
            self._give_back(work, is_sound=is_sound)
        return found

    def close(self) -> None:
        """Lets the database go; those of looks that are under way go when they end."""
        with self._taking:
            idle, self._idle = self._idle, None
            self._is_closed = True
        if idle is not None:
            idle.connection.close()

    def _give_back(self, work: Work, *, is_sound: bool) -> None:
        with self._taking:
            is_kept = is_sound and self._idle is None and not self._is_closed
            if is_kept:
                self._idle = work
        if not is_kept:
            work.connection.close()
