"""What each member of a breakdown cost on each day of the asker's zone, by source.

Written in GoogleSQL over `costs`. As everywhere, an hour counts for the local day in which it
begins, and a day that is kept without its hours for the local day of the same date.
"""
# ruff: noqa: S608 - what is pasted are declared columns and parameter names of our own

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from queries.breakdown import TIMES, Basis, Breakdown
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.moments import Moments
from queries.schema import FULLY_LOADED

_DAY = "IF(grain = 'hour', DATE(charge_period_start, @zone), dt)"


@dataclass(frozen=True, slots=True)
class DailyCost:
    """A member's day, of one source.

    Attributes:
        member: its value of the dimension; None: the rows have none, or nothing was divided.
        day: in the asker's zone.
        source: where the cost comes from.
        cost: USD, on the question's basis; what is unpriced is not in it.
        requests: that the rows stand for.
        unpriced_requests: of these, without a price.
        unknown_requests: of traffic that is not known to be internal or not; with
            `customers_only` they are in none of the other figures.
    """

    member: str | None
    day: date
    source: Source
    cost: Decimal
    requests: int
    unpriced_requests: int
    unknown_requests: int


async def daily_costs(
    engine: Engine, dimensions: Dimensions, question: Breakdown
) -> list[DailyCost]:
    """The days of `question`'s window that cost something, in no particular order.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        question: by one dimension or none; what it is compared with does not count.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    keys = [f"`{dimensions[name].column}`" for name in question.by if name not in TIMES]
    kept = "is_internal IS FALSE" if question.customers_only else "TRUE"
    loaded = question.basis is Basis.FULLY_LOADED
    question = replace(question, before=None)
    conditions, parameters = _where(dimensions, question)
    inner = [*keys, "charge_period_start", "grain", "dt", "source", "is_internal"]
    sql = (
        f"WITH added AS (SELECT {', '.join(inner)}, "
        f"COALESCE(SUM({FULLY_LOADED.name if loaded else 'billed_cost'}), 0) AS spent, "
        "SUM(requests) AS asked, SUM(unpriced_requests) AS unpriced "
        f"FROM costs WHERE {conditions} GROUP BY {', '.join(inner)}) "
        f"SELECT {keys[0] if keys else 'NULL'} AS member, {_DAY} AS local_day, source AS feed, "
        f"SUM(IF({kept}, spent, 0)) AS total_cost, "
        f"CAST(SUM(IF({kept}, asked, 0)) AS INT64) AS total_requests, "
        f"CAST(SUM(IF({kept}, unpriced, 0)) AS INT64) AS total_unpriced, "
        "CAST(SUM(IF(is_internal IS NULL, asked, 0)) AS INT64) AS total_unknown "
        "FROM added GROUP BY member, local_day, feed"
    )
    table = await engine.query(
        sql,
        {**parameters, "zone": question.window.zone.key},
        first_day=question.first_day,
        last_day=question.last_day,
    )
    return [_daily(row) for row in table.rows]


async def sources_of(
    engine: Engine, dimensions: Dimensions, question: Breakdown
) -> frozenset[Source]:
    """The sources of which `question` finds anything in its window.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        question: its window, filters, scope and basis; what it is by does not count.

    Raises:
        Unavailable: the engine cannot answer.
    """
    question = replace(question, before=None)
    conditions, parameters = _where(dimensions, question)
    kept = "AND is_internal IS FALSE" if question.customers_only else ""
    table = await engine.query(
        f"SELECT source AS feed FROM costs WHERE {conditions} {kept} GROUP BY feed",
        parameters,
        first_day=question.first_day,
        last_day=question.last_day,
    )
    return frozenset(Source(str(row[0])) for row in table.rows)


def _where(dimensions: Dimensions, question: Breakdown) -> tuple[str, dict[str, object]]:
    """The conditions on the rows of the window, and the values of their parameters."""
    window = question.window
    moments = Moments(window.zone)
    parameters = moments.parameters
    conditions = [
        moments.since(window.start, "window_start"),
        f"NOT {moments.since(window.end, 'window_end')}",
    ]
    if question.basis is Basis.FULLY_LOADED:
        conditions.append("cost_category = 'inference'")
    if question.organization is not None:
        parameters["organization"] = question.organization
        conditions.append("organization = @organization")
    for place, (name, values) in enumerate(question.filters.items()):
        given = {f"filter_{place}_{i}": value for i, value in enumerate(values)}
        parameters.update(given)
        listed = ", ".join(f"@{parameter}" for parameter in given)
        column = f"`{dimensions[name].column}`"
        conditions.append(f"{column} IN ({listed})" if given else "FALSE")
    return " AND ".join(conditions), parameters


def _daily(row: tuple[object, ...]) -> DailyCost:
    member, day, source, cost, requests, unpriced, unknown = row
    return DailyCost(
        member=None if member is None else str(member),
        day=cast("date", day),
        source=Source(str(source)),
        cost=cast("Decimal", cost),
        requests=cast("int", requests),
        unpriced_requests=cast("int", unpriced),
        unknown_requests=cast("int", unknown),
    )
