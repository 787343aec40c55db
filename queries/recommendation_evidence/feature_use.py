"""Keys, endpoints, features and models that may be paid for without serving anybody."""
# ruff: noqa: S608 - what is pasted are declared columns and numbers of our own

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from analysis.recommendations.cells import EvidencePeriod, Route
from analysis.recommendations.unused.feature_use import (
    SMALL_INPUT,
    SMALL_OUTPUT,
    STANDING,
    FeatureUse,
    QuietKey,
    UseDay,
    UseEvidence,
    UseKind,
)
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import ROUTE, parameters_of, wanted_sql
from queries.schema import MONEY

LEAST_COST = Decimal(1)
"""USD of the evidence's days: less is below every floor."""

QUIET_DAYS = 14
"""Without any request, after which a key counts as quiet."""

MOST_QUIET = 50
"""Keys that are told of at most for each organization, the dearest first."""

_NAMES: Mapping[UseKind, str] = {
    "key": "key_name",
    "endpoint": "endpoint",
    "feature": "feature",
    "model": "model",
}

# A charge for having something is no request. What has no tokens and is none may be a request
# whose tokens nobody counted: it is neither small nor standing.
_ROWS = f"""
CREATE OR REPLACE TEMP TABLE used AS
SELECT {", ".join(ROUTE)}, key_name, user_id, dt, cost,
    if(standing, 0, requests) AS requests,
    if(standing, 0, failed_requests) AS failed,
    if(standing, 0, unpriced_requests) AS unpriced,
    if(standing, 0, if(is_small, requests - failed_requests, 0)) AS small,
    if(standing, cost, 0) AS standing_cost,
    if(standing OR NOT is_small OR failed_requests = requests, 0, cost) AS small_cost,
    if(standing OR is_small OR failed_requests = requests, 0, cost) AS served_cost,
    if(is_small AND NOT standing, input_each, NULL) AS small_size,
    if(standing OR user_id IS NULL, 0, requests) AS of_users,
    if(standing, NULL, COALESCE(user_id, key_name, '')) AS actor
FROM (
    SELECT *, COALESCE(billed_cost, 0) AS cost,
        taken // greatest(requests, 1) AS input_each,
        taken > 0 AND taken <= {SMALL_INPUT} * greatest(requests, 1)
            AND output_tokens + reasoning_tokens <= {SMALL_OUTPUT} * greatest(requests, 1)
            AS is_small,
        COALESCE(taken + output_tokens + reasoning_tokens = 0 AND billed_cost > 0 AND (
            starts_with(lower(model), 'ft:') OR contains(lower(model), ':ft-')
            OR regexp_matches(lower(concat_ws(' ', endpoint, feature)), $standing)
        ), false) AS standing
    FROM (
        SELECT *, fresh_input_tokens + cached_input_tokens + cache_write_tokens AS taken
        FROM {{relation}} WHERE {{wanted}}
    )
)
"""

_SUSPECTS = f"""
CREATE OR REPLACE TEMP TABLE suspects AS
SELECT organization, {{name}} AS name, {{provider}} AS provider,
    count(DISTINCT small_size) AS sizes, sum(of_users)::BIGINT AS of_users,
    count(DISTINCT actor) AS actors, list_sort(list(DISTINCT environment)) AS environments,
    sum(unpriced)::BIGINT AS unpriced
FROM used WHERE {{name}} IS NOT NULL
GROUP BY ALL
HAVING sum(cost) >= {LEAST_COST} AND (
    sum(requests - failed) = 0
    OR sum(small) >= 0.9 * sum(requests - failed)
    OR ({{is_model}} AND count(DISTINCT actor) = 1 AND sum(of_users) = 0)
)
"""

_DAYS = f"""
SELECT it.organization, suspects.name, suspects.provider, dt, sum(requests)::BIGINT,
    sum(failed)::BIGINT, sum(small)::BIGINT, sum(cost)::{MONEY}, sum(served_cost)::{MONEY},
    sum(small_cost)::{MONEY}, sum(standing_cost)::{MONEY}
FROM used it {{joined}} GROUP BY ALL ORDER BY 1, 2, 3, 4
"""

_ROUTES = f"""
SELECT suspects.name, suspects.provider, {", ".join(f"it.{name}" for name in ROUTE)},
    sum(cost)::{MONEY} AS paid
FROM used it {{joined}} GROUP BY ALL HAVING sum(cost) > 0
ORDER BY paid DESC, 1, 2, 3, 4, 5, 6, 7, 8
"""

_JOINED = (
    "JOIN suspects ON suspects.organization IS NOT DISTINCT FROM it.organization "
    "AND suspects.name = it.{name} AND suspects.provider IS NOT DISTINCT FROM {provider}"
)

_QUIET = f"""
SELECT organization, key_name, max(dt) AS last_day, sum(cost)::{MONEY} AS paid
FROM used WHERE key_name IS NOT NULL AND requests > 0
GROUP BY organization, key_name HAVING max(dt) <= $until
QUALIFY row_number() OVER (PARTITION BY organization ORDER BY paid DESC, key_name) <= {MOST_QUIET}
ORDER BY 1, 4 DESC, 2
"""

_Key = tuple[str | None, str, str | None]


async def feature_use(
    reader: EvidenceReader, period: EvidencePeriod, organization: str | None = None
) -> UseEvidence:
    """What may be unused; a coarse rule keeps out what is plainly used.

    Args:
        reader: of the mart.
        period: the days.
        organization: only this one's; None: everybody's.

    Raises:
        Unavailable: the mart's files cannot be read.
    """
    return await reader.read(lambda reading: _evidence(reading, period, organization))


def _evidence(reading: Reading, period: EvidencePeriod, organization: str | None) -> UseEvidence:
    relation = reading.requests(Source.USAGE, period.first_day, period.last_day)
    execute = reading.connection.execute
    rows = _ROWS.format(relation=relation, wanted=wanted_sql(organization))
    execute(rows, parameters_of(organization) | {"standing": "|".join(STANDING)})
    found: list[FeatureUse] = []
    for kind, name in _NAMES.items():
        found += _of_kind(reading, kind, name)
    quiet: list[QuietKey] = []
    if period.days > QUIET_DAYS:
        until = date.fromordinal(period.last_day.toordinal() - QUIET_DAYS)
        rows_of = execute(_QUIET, {"until": until}).fetchall()
        quiet = [QuietKey(*row) for row in cast("list[tuple[str, str, date, Decimal]]", rows_of)]
    return UseEvidence(tuple(found), tuple(quiet))


def _of_kind(reading: Reading, kind: UseKind, name: str) -> list[FeatureUse]:
    execute = reading.connection.execute
    is_model = kind == "model"
    execute(
        _SUSPECTS.format(
            name=name,
            provider="provider" if is_model else "NULL::VARCHAR",
            is_model=str(is_model).lower(),
        )
    )
    joined = _JOINED.format(name=name, provider="it.provider" if is_model else "NULL::VARCHAR")
    days: dict[_Key, list[UseDay]] = {}
    for of, named, provider, *figures in execute(_DAYS.format(joined=joined)).fetchall():
        days.setdefault((of, named, provider), []).append(UseDay(*figures))
    routes: dict[_Key, list[tuple[Route, Decimal]]] = {}
    for named, provider, *route, cost in execute(_ROUTES.format(joined=joined)).fetchall():
        went = Route(*cast("list[str | None]", route))
        routes.setdefault((went.organization, named, provider), []).append((went, cost))
    found: list[FeatureUse] = []
    for row in execute(
        "SELECT organization, name, provider, sizes, of_users, actors, environments, unpriced "
        "FROM suspects ORDER BY ALL"
    ).fetchall():
        of, named, provider, sizes, of_users, actors, environments, unpriced = row
        key = of, named, provider
        found.append(
            FeatureUse(
                organization=of,
                kind=kind,
                name=named,
                provider=provider,
                routes=tuple(routes.get(key, ())),
                days=tuple(days[key]),
                small_sizes=sizes,
                user_requests=of_users,
                actors=actors,
                environments=tuple(environments),
                unpriced_requests=unpriced,
            )
        )
    return found
