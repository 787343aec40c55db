"""Requests with just more input than the edge of a context tier."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import cast

from analysis.prices import TokenUsage
from analysis.recommendations.cells import EvidencePeriod, Route
from analysis.recommendations.tiers.edges import REACH, NearEdge
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import ROUTE, parameters_of, wanted_sql
from queries.schema import MONEY

_SQL = """
WITH edges AS (SELECT unnest($edges::BIGINT[]) AS edge)
SELECT {route}, edge, batch_requests = requests AS batch,
    sum(requests)::BIGINT, sum(fresh_input_tokens)::BIGINT, sum(cached_input_tokens)::BIGINT,
    sum(cache_write_tokens)::BIGINT, sum(output_tokens)::BIGINT, sum(reasoning_tokens)::BIGINT,
    COALESCE(sum(billed_cost), 0)::{money}, count(DISTINCT dt)
FROM (SELECT * FROM {relation} WHERE {wanted} AND requests > 0 AND unpriced_requests = 0) rows
JOIN edges ON fresh_input_tokens + cached_input_tokens + cache_write_tokens > edge * requests
    AND fresh_input_tokens + cached_input_tokens + cache_write_tokens <= $reach * edge * requests
GROUP BY {route}, edge, batch
ORDER BY ALL
"""


async def near_edges(
    reader: EvidenceReader,
    period: EvidencePeriod,
    edges: Collection[int],
    organization: str | None = None,
) -> list[NearEdge]:
    """What was asked just beyond each edge; of a row of several requests their mean counts.

    Args:
        reader: of the mart.
        period: the days.
        edges: input tokens.
        organization: only this one's; None: everybody's.

    Raises:
        Unavailable: the mart's files cannot be read.
    """
    if not edges:
        return []

    def job(reading: Reading) -> list[NearEdge]:
        relation = reading.requests(Source.USAGE, period.first_day, period.last_day)
        rows = reading.connection.execute(
            _SQL.format(
                relation=relation,
                route=", ".join(ROUTE),
                wanted=wanted_sql(organization),
                money=MONEY,
            ),
            parameters_of(organization) | {"edges": sorted(edges), "reach": REACH},
        ).fetchall()
        found: list[NearEdge] = []
        for row in rows:
            edge, batch, requests, fresh, cached, written, output, reasoning, cost, days = row[6:]
            tokens = TokenUsage(
                fresh, cached, written, output, reasoning, requests, batch=bool(batch)
            )
            route = Route(*cast("tuple[str | None, ...]", row[:6]))
            found.append(NearEdge(route, edge, tokens, cast("Decimal", cost), days))
        return found

    return await reader.read(job)
