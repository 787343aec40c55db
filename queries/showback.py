"""What a month cost by organization, team and category: one pass over `costs`."""
# ruff: noqa: S608 - what is pasted is a condition of our own

from __future__ import annotations

from decimal import Decimal
from typing import cast

from analysis.periods import Window
from analysis.showback.facts import Capacity, Feed, MonthFacts, Use, UseLine
from queries.engines.base import Engine
from queries.moments import Moments, utc_days

_IS_USE = "(source != 'gpu' OR cost_category = 'inference')"
"""Only GPUs have capacity of their own: what else is billed is what somebody used."""

_SQL = f"""
SELECT
  IF({_IS_USE}, '', COALESCE(cost_category, '?')) AS category,
  source AS feed,
  IF({_IS_USE}, organization, NULL) AS whose,
  IF({_IS_USE}, team, NULL) AS whose_team,
  IF({_IS_USE}, is_internal, NULL) AS of_owner,
  COALESCE(SUM(billed_cost), 0) AS direct,
  COALESCE(SUM(attributed_idle_cost), 0) AS idle,
  COALESCE(SUM(attributed_overhead_cost), 0) AS overhead,
  COALESCE(SUM(IF(billed_cost < 0, billed_cost, NULL)), 0) AS credited,
  CAST(SUM(requests) AS INT64) AS asked,
  CAST(SUM(unpriced_requests) AS INT64) AS unpriced,
  COALESCE(SUM(gpu_seconds), 0) AS seconds
FROM costs
"""
_GROUPED = "GROUP BY category, feed, whose, whose_team, of_owner"


async def month_facts(engine: Engine, window: Window) -> MonthFacts:
    """The costs of a month, of all organizations.

    Args:
        engine: to ask.
        window: from local midnight to local midnight.

    Raises:
        Unavailable: the engine cannot answer.
    """
    moments = Moments(window.zone)
    within = f"{moments.since(window.start, 'start')} AND NOT {moments.since(window.end, 'stop')}"
    first, last = utc_days(window)
    table = await engine.query(
        f"{_SQL}WHERE {within} {_GROUPED}", moments.parameters, first_day=first, last_day=last
    )
    uses: list[UseLine] = []
    capacity: list[Capacity] = []
    for row in table.rows:
        category, feed, organization, team, is_internal = row[:5]
        direct, idle, overhead, credited, asked, unpriced, seconds = row[5:]
        money = cast("tuple[Decimal, ...]", (direct, idle, overhead))
        if category:
            capacity.append(Capacity(str(category), Feed(str(feed)), *money))
            continue
        use = Use(
            *money,
            credits=cast("Decimal", credited),
            requests=cast("int", asked),
            unpriced=cast("int", unpriced),
            gpu_seconds=cast("Decimal", seconds),
        )
        uses.append(
            UseLine(
                # An empty name is none.
                organization=str(organization) if organization else None,
                team=str(team) if team else None,
                feed=Feed(str(feed)),
                is_internal=cast("bool | None", is_internal),
                use=use,
            )
        )
    return MonthFacts(tuple(uses), tuple(capacity))
