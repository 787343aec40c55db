"""Tokens by the minute, of models that an offer of throughput could answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.tiers.model_load import LoadMinute, ModelLoad
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import parameters_of, wanted_sql
from queries.schema import MONEY

_Key = tuple[str | None, str | None, str | None]

# A row of several requests counts evenly over the 60 minutes of its hour: each minute has a 60th.
_SQL = """
WITH rows AS (
    SELECT organization, provider, model, time, requests,
        fresh_input_tokens + cache_write_tokens AS input, cached_input_tokens AS cached,
        output_tokens + reasoning_tokens AS output, COALESCE(billed_cost, 0) AS cost
    FROM {relation}
    WHERE {wanted} AND requests > 0 AND batch_requests = 0
),
large AS (
    SELECT organization, provider, model, sum(requests)::BIGINT AS requests,
        sum(if(requests > 1, requests, 0))::BIGINT AS spread
    FROM rows GROUP BY ALL
    HAVING sum(cost) >= $least
        OR list_contains($named, concat_ws('/', lower(provider), lower(model)))
),
minutes AS (
    SELECT organization, provider, model, time_bucket(INTERVAL 1 MINUTE, time) AS minute,
        input, cached, output, cost
    FROM rows WHERE requests = 1
    UNION ALL
    SELECT organization, provider, model,
        date_trunc('hour', time) + INTERVAL (place) MINUTE, input / 60, cached / 60, output / 60,
        (cost / 60)::{money}
    FROM rows, range(60) AS places(place) WHERE requests > 1
)
SELECT large.organization, large.provider, large.model, any_value(large.requests),
    any_value(large.spread), minute, sum(input)::DOUBLE, sum(cached)::DOUBLE,
    sum(output)::DOUBLE, sum(cost)::{money}
FROM minutes JOIN large ON minutes.organization IS NOT DISTINCT FROM large.organization
    AND minutes.provider IS NOT DISTINCT FROM large.provider
    AND minutes.model IS NOT DISTINCT FROM large.model
GROUP BY large.organization, large.provider, large.model, minute
ORDER BY 1, 2, 3, minute
"""


async def model_loads(
    reader: EvidenceReader,
    period: EvidencePeriod,
    least: Decimal,
    named: Collection[tuple[str, str]] = (),
    organization: str | None = None,
) -> list[ModelLoad]:
    """What was asked of each model that is large enough, minute by minute.

    Args:
        reader: of the mart.
        period: the days.
        least: USD of these days that an organization's use of a model costs at least.
        named: providers and models, lower case, that are read however small they are.
        organization: only this one's; None: everybody's.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> list[ModelLoad]:
        relation = reading.requests(Source.USAGE, period.first_day, period.last_day)
        rows = reading.connection.execute(
            _SQL.format(relation=relation, wanted=wanted_sql(organization), money=MONEY),
            parameters_of(organization)
            | {"least": least, "named": ["/".join(one) for one in sorted(named)]},
        ).fetchall()
        found: dict[_Key, tuple[int, int, list[LoadMinute]]] = {}
        for *names, requests, spread, minute, taken, cached, given, cost in rows:
            key = cast("_Key", tuple(names))
            load = found.setdefault(key, (requests, spread, []))
            load[2].append(
                LoadMinute(
                    start=cast("datetime", minute).astimezone(UTC),
                    input=round(taken),
                    cached=round(cached),
                    output=round(given),
                    cost=cast("Decimal", cost),
                )
            )
        return [
            ModelLoad(*key, requests, spread, tuple(minutes))
            for key, (requests, spread, minutes) in found.items()
        ]

    return await reader.read(job)
