"""The figures behind a reconciliation, from `costs`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from analysis.costs import FullyLoaded, Infrastructure, Pushed, Reconciliation
from analysis.periods import Window
from queries.engines.base import Engine
from queries.moments import Moments, utc_days

_SQL = """
SELECT
  COALESCE(SUM(billed_cost), 0) AS direct,
  COALESCE(SUM(fully_loaded_cost), 0) AS loaded,
  COALESCE(SUM(IF(cost_category = 'unused', billed_cost, NULL)), 0) AS unused,
  COALESCE(SUM(IF(cost_category = 'idle', billed_cost, NULL)), 0) AS idle,
  COALESCE(SUM(attributed_idle_cost), 0) AS idle_attributed,
  COALESCE(SUM(IF(cost_category = 'overhead', billed_cost, NULL)), 0) AS overhead,
  COALESCE(SUM(attributed_overhead_cost), 0) AS overhead_attributed,
  COALESCE(SUM(IF(is_internal IS TRUE, fully_loaded_cost, NULL)), 0) AS internal,
  COALESCE(SUM(IF(is_internal IS TRUE, requests, NULL)), 0) AS internal_requests,
  COALESCE(SUM(IF(is_internal IS NULL, fully_loaded_cost, NULL)), 0) AS unknown,
  COALESCE(SUM(IF(is_internal IS NULL, requests, NULL)), 0) AS unknown_requests,
  COALESCE(SUM(IF(source = 'usage', fully_loaded_cost, NULL)), 0) AS bought,
  COALESCE(SUM(unpriced_requests), 0) AS unpriced,
  COUNT(dt) AS facts
FROM costs
"""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A reconciliation with what belongs beside it.

    Attributes:
        costs: the reconciliation.
        internal: fully loaded cost of internal traffic; in `costs` too.
        internal_requests: behind it.
        unknown: fully loaded cost of traffic that is not known to be internal or not; there too.
        unknown_requests: behind it.
        bought: fully loaded cost of LLM usage, which has no machines of its own; there too.
        unpriced_requests: without a price: their cost is in nothing here.
        facts: rows of `costs` that were added up.
    """

    costs: Reconciliation
    internal: FullyLoaded
    internal_requests: int
    unknown: FullyLoaded
    unknown_requests: int
    bought: FullyLoaded
    unpriced_requests: int
    facts: int


async def reconciled(engine: Engine, window: Window) -> Reconciled:
    """Reconciles the costs of a window, of all organizations.

    Raises:
        Unavailable: the engine cannot answer.
    """
    moments = Moments(window.zone)
    within = f"{moments.since(window.start, 'start')} AND NOT {moments.since(window.end, 'stop')}"
    first, last = utc_days(window)
    table = await engine.query(
        f"{_SQL}WHERE {within}", moments.parameters, first_day=first, last_day=last
    )
    (row,) = table.rows
    money = cast("tuple[Decimal, ...]", row)
    direct, loaded, unused, idle, idle_pushed, overhead, overhead_pushed = money[:7]
    counts = cast("tuple[int, ...]", row)
    return Reconciled(
        costs=Reconciliation(
            infrastructure=Infrastructure(direct),
            fully_loaded=FullyLoaded(loaded),
            unused=unused,
            idle=Pushed(idle, idle_pushed),
            overhead=Pushed(overhead, overhead_pushed),
        ),
        internal=FullyLoaded(money[7]),
        internal_requests=counts[8],
        unknown=FullyLoaded(money[9]),
        unknown_requests=counts[10],
        bought=FullyLoaded(money[11]),
        unpriced_requests=counts[12],
        facts=counts[13],
    )
