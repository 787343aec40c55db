"""All that can be done with budgets, put together for one surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.budgets.changing import ChangeHandler
from handlers.budgets.creating import CreateHandler
from handlers.budgets.drafting import Drafting
from handlers.budgets.finding import Finder
from handlers.budgets.raising import RaiseHandler, RaiseMessages
from handlers.budgets.reading import ReadHandler
from handlers.budgets.spend import DailySpends
from handlers.budgets.standing import Standings
from handlers.cost import CostHandler
from storage import Store
from storage.records.audit import Surface


@dataclass(frozen=True, slots=True)
class BudgetHandlers:
    """What can be done with budgets.

    Attributes:
        create: and preview.
        read: list, show, status, history.
        change: edit, pause, resume, delete, undo.
        raises: ask, decide, expire.
        finder: finds the budget that a text means.
    """

    create: CreateHandler
    read: ReadHandler
    change: ChangeHandler
    raises: RaiseHandler
    finder: Finder


def budget_handlers(
    store: Store,
    costs: CostHandler,
    spending: DailySpends,
    surface: Surface,
    messages: RaiseMessages | None = None,
    wake: Callable[[], None] | None = None,
) -> BudgetHandlers:
    """The handlers of one surface, which the audit trail names.

    Args:
        store: where budgets are kept.
        costs: what spend is made of; its engine, dimensions and clock are used throughout.
        spending: what budgets have spent by day.
        surface: whose handlers these are.
        messages: by which raises are decided on; None: nobody is asked.
        wake: tells the outbox of this process that there is something to send.
    """
    engine, dimensions, clock = costs.engine, costs.dimensions, costs.clock
    finder = Finder(store.budgets, dimensions, clock)
    drafting = Drafting(engine, dimensions, clock)
    standings = Standings(
        engine, spending, store.raises, dimensions, clock, costs.stale_after_hours
    )
    return BudgetHandlers(
        create=CreateHandler(store, drafting, standings, surface),
        read=ReadHandler(store, finder, standings, costs),
        change=ChangeHandler(store, finder, drafting, standings, clock, surface),
        raises=RaiseHandler(store, finder, standings, clock, surface, messages, wake),
        finder=finder,
    )
