"""All that can be done with statements, put together."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from handlers.showback.closing import MonthCloser
from handlers.showback.deciding import RuleDecider
from handlers.showback.reading import MonthReader
from handlers.showback.statements import StatementHandler
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.store import Store


@dataclass(frozen=True, slots=True)
class ShowbackHandlers:
    """What can be done.

    Attributes:
        statements: look at them, and at which months are closed.
        rules: look at the rule, set it.
        closing: close a month.
    """

    statements: StatementHandler
    rules: RuleDecider
    closing: MonthCloser


def showback_handlers(
    store: Store,
    engine: Engine,
    dimensions: Dimensions,
    clock: Clock,
    zone: ZoneInfo,
    stale_after_hours: float,
) -> ShowbackHandlers:
    """Puts the handlers together.

    Args:
        store: with rules and closed months.
        engine: to ask for facts.
        dimensions: of the deployment.
        clock: the present.
        zone: in which the deployment's months begin.
        stale_after_hours: from when on a source is stale.
    """
    reader = MonthReader(store, engine, zone)
    statements = StatementHandler(reader, clock, stale_after_hours)
    return ShowbackHandlers(
        statements=statements,
        rules=RuleDecider(reader, dimensions, clock),
        closing=MonthCloser(statements, clock),
    )
