"""Sums of one's own over `costs`: in a window, divided by dimensions or by day.

`queries.breakdown` has the figures that everything is asked for; here the one who asks brings
theirs. Written in GoogleSQL.
"""
# ruff: noqa: S608 - what is pasted are declared columns and expressions of our own

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from analysis.periods import Window
from queries.breakdown import DAY, HOUR
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.moments import Moments, utc_days

SOURCE = "source"
INTERNAL = "is_internal"
KEYS = (SOURCE, INTERNAL)
"""What sums can be divided by besides the dimensions and the day."""

Key = tuple[str | bool | date | datetime | None, ...]


@dataclass(frozen=True)
class Rows:
    """Which rows of `costs` are added up.

    Attributes:
        window: in which they lie.
        filters: accepted values by name of dimension; matched exactly, any of them will do.
        organization: the asker's scope, on top of every filter; None: all organizations.
        source: of one source only; None: of all.
        inference_only: rows of requests, none of idle, overhead or unused capacity.
    """

    window: Window
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    organization: str | None = None
    source: Source | None = None
    inference_only: bool = False


async def grouped(
    engine: Engine,
    dimensions: Dimensions,
    rows: Rows,
    by: Sequence[str],
    figures: Sequence[str],
) -> list[tuple[Key, tuple[object, ...]]]:
    """The sums of some rows.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        rows: which are added up.
        by: names of dimensions, "day" (the asker's), "hour" (its start; None for rows that are
            kept by the day), or of `KEYS`.
        figures: GoogleSQL for each sum, over columns of `costs`.

    Returns:
        For each combination of members its values in `by`, and its figures; in no order. Without
        `by` one combination, whatever there is.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    moments = Moments(rows.window.zone)
    conditions = [
        moments.since(rows.window.start, "start"),
        f"NOT {moments.since(rows.window.end, 'stop')}",
        *_conditions(dimensions, rows, moments.parameters),
    ]
    keys = [f"{_key(dimensions, name, moments)} AS key_{i}" for i, name in enumerate(by)]
    sums = [f"{figure} AS figure_{i}" for i, figure in enumerate(figures)]
    grouping = f" GROUP BY {', '.join(f'key_{i}' for i in range(len(by)))}" if by else ""
    first, last = utc_days(rows.window)
    table = await engine.query(
        f"SELECT {', '.join((*keys, *sums))} FROM costs WHERE {' AND '.join(conditions)}{grouping}",
        moments.parameters,
        first_day=first,
        last_day=last,
    )
    wide = len(by)
    return [(cast("Key", tuple(row[:wide])), tuple(row[wide:])) for row in table.rows]


def money(expression: str) -> str:
    """GoogleSQL for a sum of dollars; over nothing known it is nothing."""
    return f"COALESCE(SUM({expression}), 0)"


def counts(expression: str) -> str:
    """GoogleSQL for a sum of counts, as an INT64 on every engine."""
    return f"CAST(COALESCE(SUM({expression}), 0) AS INT64)"


def _conditions(dimensions: Dimensions, rows: Rows, parameters: dict[str, object]) -> list[str]:
    conditions: list[str] = []
    if rows.source is not None:
        parameters["source"] = rows.source.value
        conditions.append("source = @source")
    if rows.inference_only:
        conditions.append("cost_category = 'inference'")
    if rows.organization is not None:
        parameters["organization"] = rows.organization
        conditions.append("organization = @organization")
    for place, (name, values) in enumerate(rows.filters.items()):
        names = [f"filter_{place}_{i}" for i in range(len(values))]
        parameters.update(zip(names, values, strict=True))
        accepted = ", ".join(f"@{name}" for name in names)
        column = f"`{dimensions[name].column}`"
        conditions.append(f"{column} IN ({accepted})" if values else "FALSE")
    return conditions


def _key(dimensions: Dimensions, name: str, moments: Moments) -> str:
    if name in KEYS:
        return name
    if name == HOUR:
        return "IF(grain = 'hour', charge_period_start, NULL)"
    if name == DAY:
        moments.parameters["zone"] = moments.zone.key
        return "IF(grain = 'hour', DATE(charge_period_start, @zone), dt)"
    return f"`{dimensions[name].column}`"
