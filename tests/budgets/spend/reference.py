"""The spend of budgets in plain Python: what the pass has to give."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from queries.budget_spend import BudgetPeriods
from tests.mart.rows import Row

Figures = tuple[Decimal, int, int]
"""Cost, requests, and requests without a price."""

NOTHING: Figures = (Decimal(0), 0, 0)


@dataclass(frozen=True)
class Watched:
    """A budget in one of its periods."""

    zone: str
    first: date
    last: date
    organization: str | None = None
    scope: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    customers_only: bool = False


def columns(budgets: Mapping[int, Watched]) -> BudgetPeriods:
    return BudgetPeriods(
        places=list(budgets),
        organizations=[one.organization for one in budgets.values()],
        scopes=[json.dumps(one.scope) for one in budgets.values()],
        zones=[one.zone for one in budgets.values()],
        firsts=[one.first for one in budgets.values()],
        lasts=[one.last for one in budgets.values()],
        customers_only=[one.customers_only for one in budgets.values()],
    )


def daily(rows: Iterable[Row], hourly_from: date, budget: Watched) -> dict[date, Figures]:
    """What the rows hold for a budget, by local day."""
    found: dict[date, Figures] = defaultdict(lambda: NOTHING)
    for row in rows:
        day = _local_day(row, hourly_from, ZoneInfo(budget.zone))
        if _counts(row, budget) and budget.first <= day <= budget.last:
            cost, requests, unpriced = found[day]
            found[day] = (
                cost + _loaded(row),
                requests + cast("int", row["requests"]),
                unpriced + cast("int", row["unpriced_requests"]),
            )
    return dict(found)


def spent(rows: Iterable[Row], hourly_from: date, budget: Watched) -> Figures:
    """The same, added up."""
    days = daily(rows, hourly_from, budget).values()
    return (
        sum((cost for cost, _, _ in days), Decimal(0)),
        sum(requests for _, requests, _ in days),
        sum(unpriced for _, _, unpriced in days),
    )


def _local_day(row: Row, hourly_from: date, zone: ZoneInfo) -> date:
    time = cast("datetime", row["time"]).astimezone(UTC)
    if time.date() < hourly_from:
        return time.date()
    hour = time.replace(minute=0, second=0, microsecond=0)
    return hour.astimezone(zone).date()


def _counts(row: Row, budget: Watched) -> bool:
    if row["cost_category"] != "inference":
        return False
    if budget.customers_only and row["is_internal"] is not False:
        return False
    if budget.organization is not None and row["organization"] != budget.organization:
        return False
    columns = {"user": "user_id"}
    return all(row.get(columns.get(name, name)) in values for name, values in budget.scope.items())


def _loaded(row: Row) -> Decimal:
    parts = (
        row.get("billed_cost"),
        row.get("attributed_idle_cost"),
        row.get("attributed_overhead_cost"),
    )
    return sum((part for part in parts if isinstance(part, Decimal)), Decimal(0))
