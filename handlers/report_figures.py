"""From the rows of a report's templates to the figures that its overview speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any, cast

from analysis.drivers.finding import Finding
from analysis.overview.figures import (
    Change,
    Compared,
    Counted,
    Drift,
    Failure,
    Figures,
    Machines,
    Member,
    OddDay,
)
from analysis.shifts import least_worth
from handlers.cost_results import CostResult
from handlers.freshness import Freshness
from handlers.queries import QueryResult
from queries.dimensions import Source
from queries.reconciliation import Reconciled

SOURCES = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}
"""What people call the sources."""

Row = Mapping[str, Any]
"""A row by the names of its columns: of the types that the template declares."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for a report, and what came back.

    Attributes:
        day: the last UTC day of the report.
        organization: whose costs; None: of all.
        results: of the templates that were answered, by name.
        failures: of the others: name and reason.
        counted: the week's cost, with what is not in it; None: not answered.
        reconciled: the week's infrastructure cost; None: not answered, or not the caller's.
        finding: why the week's cost moved.
        no_finding: why there is none.
        freshness: how old each source is.
    """

    day: date
    organization: str | None
    results: Mapping[str, QueryResult]
    failures: tuple[tuple[str, str], ...]
    counted: CostResult | None
    reconciled: Reconciled | None
    finding: Finding | None
    no_finding: str
    freshness: Freshness


def figures_of(asked: Asked) -> Figures:
    """The figures of a report."""
    return Figures(
        day=asked.day,
        organization=asked.organization,
        days=_compared(asked, "day_over_day", _is_known_on(asked, asked.day)),
        weeks=_compared(asked, "week_over_week", _is_known_on(asked, None)),
        machines=_machines(asked),
        finding=asked.finding,
        no_finding=asked.no_finding,
        odd_days=_odd_days(asked),
        drifts=_drifts(asked),
        failures=_failures(asked),
        organizations=_members(asked, "api_cost_by_organization", ("organization",)),
        endpoints=_members(asked, "api_cost_by_endpoint_model", ("endpoint", "model")),
        processes=_members(asked, "studio_cost_by_process", ("process",)),
        counted=_counted(asked),
        data_ends=_data_ends(asked),
        silent=tuple(name for name, result in asked.results.items() if not result.rows),
        missing=asked.failures,
    )


def records(result: QueryResult) -> list[Row]:
    """The rows by the names of their columns."""
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows]


def _rows(asked: Asked, name: str) -> list[Row]:
    result = asked.results.get(name)
    return [] if result is None else records(result)


def _ratio(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _compared(asked: Asked, name: str, is_known: bool) -> Compared | None:
    if name not in asked.results:
        return None
    rows = _rows(asked, name)
    whole = next((row["fully_loaded_cost"] for row in rows if row["level"] == "total"), None)
    changes = [(row["level"], _change(row, whole or Decimal(0))) for row in rows]
    totals = [change for level, change in changes if level == "total"]
    products = tuple(change for level, change in changes if level == "product")
    return Compared(totals[0], products, is_known) if totals else None


def _change(row: Row, whole: Decimal) -> Change:
    now, before = row["fully_loaded_cost"], row["cost_before"]
    return Change(
        product=row["product"],
        now=now,
        before=before,
        ratio=_ratio(row["change_ratio"]),
        # The query knows shares alone; what is worth no money is no news.
        is_flagged=bool(row["is_flagged"]) and abs(now - before) >= least_worth(whole),
        requests=row["requests"],
        requests_before=row["requests_before"],
    )


def _is_known_on(asked: Asked, day: date | None) -> bool:
    """Whether any request of a day, or of the week, has a price."""
    rows = [row for row in _rows(asked, "daily_total_cost") if day in (None, row["day"])]
    return not rows or any(row["fully_loaded_cost"] is not None for row in rows)


def _machines(asked: Asked) -> Machines | None:
    if asked.reconciled is None or not asked.reconciled.facts:
        return None
    spent: dict[str, Decimal] = {}
    for row in _rows(asked, "utilization_by_category"):
        category = str(row["cost_category"])
        spent[category] = spent.get(category, Decimal(0)) + row["infrastructure_cost"]
    return Machines(asked.reconciled.costs, asked.reconciled.bought.usd, tuple(spent.items()))


def _odd_days(asked: Asked) -> tuple[OddDay, ...]:
    """The flagged days of the week; the template judges the week before too."""
    first = asked.day - timedelta(days=6)
    odd = [
        OddDay(
            day=row["day"],
            product=row["product"],
            cost=row["fully_loaded_cost"],
            usual_cost=row["cost_baseline"],
            deviations=row["cost_z"],
            is_cost=bool(row["cost_is_flagged"]),
            requests=row["requests"],
            usual_requests=row["requests_baseline"],
            volume_deviations=row["requests_z"],
            is_volume=bool(row["requests_is_flagged"]),
        )
        for row in _rows(asked, "anomaly_detection")
        if row["day"] >= first and (row["cost_is_flagged"] or row["requests_is_flagged"])
    ]
    return tuple(sorted(odd, key=lambda one: (-_dollars_off(one), one.day)))


def _dollars_off(one: OddDay) -> Decimal:
    return abs(one.cost - (one.usual_cost or Decimal(0)))


def _drifts(asked: Asked) -> tuple[Drift, ...]:
    return tuple(
        Drift(
            model=row["model"],
            now=row["cost_per_request"],
            before=row["baseline_cost_per_request"],
            requests=row["requests"] - row["unpriced_requests"],
            ratio=Decimal(repr(row["drift"])),
        )
        for row in _rows(asked, "cost_per_request_by_model")
        if row["is_flagged"]
    )


def _failures(asked: Asked) -> tuple[Failure, ...]:
    return tuple(
        Failure(
            place=tuple(row[name] for name in ("product", "endpoint", "process") if row[name]),
            result=row["result"],
            error_type=row["error_type"],
            requests=row["failed_requests"],
            cost=row["failure_cost"],
        )
        for row in _rows(asked, "failure_cost")
    )


def _members(asked: Asked, name: str, called: tuple[str, ...]) -> tuple[Member, ...]:
    """Who had requests that count, in the template's order: dearest first."""
    return tuple(
        Member(
            name=" with ".join(row[part] for part in called if row[part]) or None,
            cost=row["fully_loaded_cost"],
            share=_ratio(cast("float | None", row.get("share"))),
        )
        for row in _rows(asked, name)
        if row["requests"]
    )


def _counted(asked: Asked) -> Counted | None:
    if asked.counted is None:
        return None
    total = asked.counted.total
    return Counted(
        requests=total.requests,
        unpriced_requests=total.unpriced_requests,
        unpriced_models=asked.counted.unpriced_models,
        estimated_requests=total.estimated_requests,
        estimated_cost=total.estimated_cost,
        internal_requests=total.internal_requests,
        internal_cost=total.internal_cost,
        unknown_requests=total.unknown_requests,
        unknown_cost=total.unknown_cost,
        are_left_out=asked.counted.request.customers_only,
    )


def _data_ends(asked: Asked) -> tuple[tuple[str, date], ...]:
    ends = [
        (SOURCES[source.source], source.data_until.astimezone(UTC).date())
        for source in asked.freshness.sources
    ]
    return tuple((name, last) for name, last in ends if last < asked.day)
