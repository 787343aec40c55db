"""What GPUs cost by category, and whether each part says that it belongs to a pool."""
# ruff: noqa: S608 - what is pasted are declared columns and parameter names of our own

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from analysis.allocation import Line, Traffic
from analysis.costs import FullyLoaded
from analysis.periods import Window
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.moments import Moments, utc_days

_SUMS = (
    "COALESCE(SUM(billed_cost), 0) AS direct",
    "SUM(requests) AS all_requests",
    "SUM(failed_requests) AS failed",
    "SUM(unpriced_requests) AS unpriced",
    # Rows are keyed by who said the price: a row is unpriced as a whole, or not at all.
    "SUM(IF(unpriced_requests > 0, 0, requests - failed_requests)) AS served",
    "COALESCE(SUM(gpu_seconds), 0) AS seconds",
    "COALESCE(SUM(fully_loaded_cost), 0) AS loaded",
)


async def gpu_lines(
    engine: Engine,
    dimensions: Dimensions,
    window: Window,
    pool: Mapping[str, tuple[str, ...]],
) -> list[Line]:
    """What the GPUs cost in a window, of all organizations, internal traffic put back in.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        window: what is added up.
        pool: accepted values by name of dimension; the conditions of `Line.inside`, in order.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    moments = Moments(window.zone)
    begins, over = moments.since(window.start, "start"), moments.since(window.end, "stop")
    parameters, places = moments.parameters, list[str]()
    for number, (name, values) in enumerate(pool.items()):
        column, marks = f"`{dimensions[name].column}`", list[str]()
        for position, value in enumerate(values):
            parameters[f"pool_{number}_{position}"] = value
            marks.append(f"@pool_{number}_{position}")
        places.append(f"IF({column} IS NULL, NULL, {column} IN ({', '.join(marks)}))")
    keys = ["cost_category", "model", *(f"inside_{number}" for number in range(len(places)))]
    named = [f"{place} AS inside_{number}" for number, place in enumerate(places)]
    first_day, last_day = utc_days(window)
    table = await engine.query(
        f"SELECT {', '.join(('cost_category', 'model', *named, *_SUMS))} FROM costs "
        f"WHERE source = 'gpu' AND {begins} AND NOT {over} "
        f"GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}",
        parameters,
        first_day=first_day,
        last_day=last_day,
    )
    return [_line(row, len(places)) for row in table.rows]


def _line(row: tuple[object, ...], places: int) -> Line:
    category, model = cast("tuple[str | None, str | None]", row[:2])
    direct, requests, failed, unpriced, served, seconds, loaded = row[2 + places :]
    return Line(
        category=category,
        model=model,
        inside=cast("tuple[bool | None, ...]", row[2 : 2 + places]),
        direct=cast("Decimal", direct),
        traffic=Traffic(
            requests=cast("int", requests),
            failed=cast("int", failed),
            unpriced=cast("int", unpriced),
            served=cast("int", served),
            gpu_seconds=cast("Decimal", seconds),
            fully_loaded=FullyLoaded(cast("Decimal", loaded)),
        ),
    )
