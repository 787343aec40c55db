"""Cached and written input by route and day, from the rollup."""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

from datetime import date
from typing import cast

from analysis.recommendations.caching.counts import CacheCounts, CacheDay
from analysis.recommendations.cells import EvidencePeriod, Route
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import ROUTE, parameters_of, wanted_sql


async def cache_counts(
    reader: EvidenceReader, period: EvidencePeriod, organization: str | None = None
) -> list[CacheCounts]:
    """What the providers' counters say, of every route with any cached or written input.

    Args:
        reader: of the mart.
        period: the days.
        organization: only this one's; None: everybody's.

    Raises:
        Unavailable: the mart's files cannot be read.
    """
    return await reader.read(lambda reading: _counts(reading, period, organization))


def _counts(
    reading: Reading, period: EvidencePeriod, organization: str | None
) -> list[CacheCounts]:
    route = ", ".join(ROUTE)
    relation = reading.costs(Source.USAGE, period.first_day, period.last_day)
    rows = reading.connection.execute(
        f"SELECT {route}, dt, sum(requests)::BIGINT, sum(fresh_input_tokens)::BIGINT, "
        "sum(cached_input_tokens)::BIGINT AS cached, sum(cache_write_tokens)::BIGINT AS written "
        # Batches are no dimension of the rollup: a row with any of them is left out as a whole.
        f"FROM {relation} WHERE {wanted_sql(organization)} AND batch_requests = 0 "
        f"GROUP BY {route}, dt QUALIFY sum(cached + written) OVER (PARTITION BY {route}) > 0 "
        "ORDER BY ALL",
        parameters_of(organization),
    ).fetchall()
    found: dict[Route, list[CacheDay]] = {}
    for *names, day, requests, fresh, cached, written in rows:
        route_of = Route(*cast("list[str | None]", names))
        counted = CacheDay(cast("date", day), requests, fresh, cached, written)
        found.setdefault(route_of, []).append(counted)
    return [CacheCounts(route, tuple(days)) for route, days in found.items()]
