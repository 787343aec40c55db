"""What LLM usage cost on each day, by route: how steady it is."""
# ruff: noqa: S608 - what is pasted are declared columns of our own

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from analysis.recommendations.cells import EvidencePeriod, Route
from queries.dimensions import Source
from queries.recommendation_evidence.only import EVERYTHING, Only, only_parameters, only_sql
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import ROUTE, parameters_of, wanted_sql
from queries.schema import MONEY


async def daily_costs(
    reader: EvidenceReader,
    period: EvidencePeriod,
    organization: str | None = None,
    only: Only = EVERYTHING,
) -> Mapping[Route, list[Decimal]]:
    """USD of customers' LLM usage on every day of a period, in order; days without any are 0.

    Args:
        reader: of the mart.
        period: the days.
        organization: only this one's; None: everybody's.
        only: columns and the values that count.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> dict[Route, list[Decimal]]:
        relation = reading.requests(Source.USAGE, period.first_day, period.last_day)
        narrowed = only_sql(reading, relation, only)
        rows = reading.connection.execute(
            f"SELECT {', '.join(ROUTE)}, dt, COALESCE(sum(billed_cost), 0)::{MONEY} "
            f"FROM {relation} WHERE {wanted_sql(organization)}{narrowed} GROUP BY ALL ORDER BY ALL",
            parameters_of(organization) | only_parameters(narrowed, only),
        ).fetchall()
        found: dict[Route, list[Decimal]] = {}
        for *names, day, cost in cast("list[tuple[object, ...]]", rows):
            route = Route(*cast("list[str | None]", names))
            days = found.setdefault(route, [Decimal(0)] * period.days)
            days[(cast("date", day) - period.first_day).days] = cast("Decimal", cost)
        return found

    return await reader.read(job)
