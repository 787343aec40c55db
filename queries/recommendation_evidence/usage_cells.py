"""LLM usage as cells: grouped by route, size, timing, interface and abilities, in one pass."""
# ruff: noqa: S608 - what is pasted are declared columns and numbers of our own

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from analysis.prices import TokenUsage
from analysis.recommendations.cells import (
    INPUT_BANDS,
    OUTPUT_BANDS,
    EvidencePeriod,
    Route,
    Timing,
    UsageCell,
)
from queries import traits
from queries.dimensions import Source
from queries.recommendation_evidence.only import EVERYTHING, Only, only_parameters, only_sql
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.schema import MONEY

ROUTE = ("organization", "provider", "model", "endpoint", "feature", "environment")
"""The columns of a route, in the order of `Route`."""

BURST_REQUESTS = 30
"""Requests of one sender on one route within a minute: one every two seconds, nobody types so."""

BURST_FACTOR = 5
"""So many times the sender's own mean per minute a burst has at least: a service that is busy day
and night does not burst, however much it sends."""

UTC_ZONE = ZoneInfo("UTC")

OFF_FROM, OFF_UNTIL = 22, 6
"""Hours of local night."""


@dataclass(frozen=True, slots=True)
class Zones:
    """Where organizations have their nights and weekends.

    Attributes:
        of: the zone by organization.
        default: of all others.
    """

    of: Mapping[str, ZoneInfo]
    default: ZoneInfo = UTC_ZONE


async def usage_cells(
    reader: EvidenceReader,
    period: EvidencePeriod,
    zones: Zones,
    organization: str | None = None,
    only: Only = EVERYTHING,
) -> Mapping[str | None, list[UsageCell]]:
    """The cells of customers' LLM usage, by organization.

    A row that stands for several requests counts with its means, and never as a burst: when
    within its time they were made is not known.

    Args:
        reader: of the mart.
        period: the days.
        zones: where nights and weekends are.
        organization: only this one's; None: everybody's.
        only: columns and the values that count; what bursts is judged within them.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> dict[str | None, list[UsageCell]]:
        found: dict[str | None, list[UsageCell]] = {}
        for cell in _cells(reading, period, zones, organization, only):
            found.setdefault(cell.route.organization, []).append(cell)
        return found

    return await reader.read(job)


def wanted_sql(organization: str | None) -> str:
    """The condition on rows of customers' usage; the organization is `$organization`."""
    one = " AND organization = $organization" if organization is not None else ""
    return f"is_internal IS FALSE AND cost_category = 'inference'{one}"


def parameters_of(organization: str | None) -> dict[str, object]:
    """The parameters of `wanted_sql`."""
    return {} if organization is None else {"organization": organization}


def _cells(
    reading: Reading, period: EvidencePeriod, zones: Zones, organization: str | None, only: Only
) -> Iterator[UsageCell]:
    _zone_table(reading, zones)
    relation = reading.requests(Source.USAGE, period.first_day, period.last_day)
    narrowed = only_sql(reading, relation, only)
    route = ", ".join(ROUTE)
    rows = reading.connection.execute(
        _SQL.format(
            route=route,
            # A number in place of eight names: collisions of 64 bits do not matter here.
            rows=f"SELECT {route}, hash({route}, user_id, key_name) AS sender, user_id, key_name, "
            f"time, tags, {', '.join(_SUMMED)} "
            f"FROM {relation} WHERE {wanted_sql(organization)}{narrowed}",
            flagged=traits.trait_sql(traits.CAN_WAIT),
            uses=traits.trait_sql(traits.USES),
            input_band=_band("input_each", INPUT_BANDS),
            output_band=_band("output_each", OUTPUT_BANDS),
            least=BURST_REQUESTS,
            pace=f"{BURST_FACTOR / (period.days * 24 * 60):.9f}",
            night=f"hour(local) >= {OFF_FROM} OR hour(local) < {OFF_UNTIL}",
        ),
        parameters_of(organization) | only_parameters(narrowed, only),
    ).fetchall()
    for row in cast("list[tuple[object, ...]]", rows):
        yield _cell(row)


_SUMMED = (
    "requests",
    "fresh_input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "billed_cost",
    "unpriced_requests",
    "failed_requests",
    "batch_requests",
)

_SQL = f"""
WITH rows AS ({{rows}}),
minutes AS (
    SELECT sender, time_bucket(INTERVAL 1 MINUTE, time) AS minute, count(*) AS n
    FROM rows
    WHERE requests = 1 AND (user_id IS NOT NULL OR key_name IS NOT NULL)
    GROUP BY ALL
),
paces AS (SELECT sender, {{pace}} * sum(n) AS least FROM minutes GROUP BY sender),
bursts AS (
    SELECT sender, minute, true AS bursts
    FROM minutes JOIN paces USING (sender)
    WHERE n >= {{least}} AND n >= paces.least
),
sized AS (
    SELECT rows.*,
        ceil((fresh_input_tokens + cached_input_tokens + cache_write_tokens) / requests)::BIGINT
            AS input_each,
        ceil((output_tokens + reasoning_tokens) / requests)::BIGINT AS output_each,
        timezone(COALESCE(zones.zone, (SELECT zone FROM other_zone)), time) AS local,
        {{flagged}} AS flagged,
        {{uses}} AS uses,
        COALESCE(bursts.bursts, false) AS bursts
    FROM rows
    LEFT JOIN zones USING (organization)
    LEFT JOIN bursts ON bursts.sender = rows.sender
        AND bursts.minute = time_bucket(INTERVAL 1 MINUTE, rows.time) AND rows.requests = 1
    WHERE requests > 0
),
placed AS (
    SELECT *,
        {{input_band}} AS input_band,
        {{output_band}} AS output_band,
        CASE WHEN flagged = 'true' THEN '{Timing.FLAGGED}'
            WHEN flagged = 'false' THEN '{Timing.INTERACTIVE}'
            WHEN bursts THEN '{Timing.BURST}'
            WHEN isodow(local) >= 6 OR {{night}} THEN '{Timing.OFF_HOURS}'
            ELSE '{Timing.INTERACTIVE}' END AS timing,
        batch_requests = requests AS batch
    FROM sized
),
timed AS (
    SELECT {{route}}, input_band, output_band, timing, batch, uses,
        CASE WHEN timing <> '{Timing.INTERACTIVE}' THEN hour(local) END AS hour,
        sum(requests) AS requests,
        sum(fresh_input_tokens) AS fresh_input_tokens,
        sum(cached_input_tokens) AS cached_input_tokens,
        sum(cache_write_tokens) AS cache_write_tokens,
        sum(output_tokens) AS output_tokens,
        sum(reasoning_tokens) AS reasoning_tokens,
        sum(billed_cost) AS billed_cost,
        sum(unpriced_requests) AS unpriced_requests,
        sum(failed_requests) AS failed_requests,
        max(input_each) AS input_each,
        max(output_each) AS output_each,
        sum(if(user_id IS NULL, 0, requests)) AS user_requests
    FROM placed
    GROUP BY {{route}}, input_band, output_band, timing, batch, uses, hour
)
SELECT {{route}}, input_band, output_band, timing, batch, uses,
    sum(requests)::BIGINT,
    sum(fresh_input_tokens)::BIGINT,
    sum(cached_input_tokens)::BIGINT,
    sum(cache_write_tokens)::BIGINT,
    sum(output_tokens)::BIGINT,
    sum(reasoning_tokens)::BIGINT,
    COALESCE(sum(billed_cost), 0)::{MONEY},
    sum(unpriced_requests)::BIGINT,
    sum(failed_requests)::BIGINT,
    max(input_each),
    max(output_each),
    sum(user_requests)::BIGINT,
    list(hour) FILTER (hour IS NOT NULL),
    list(requests::BIGINT) FILTER (hour IS NOT NULL)
FROM timed
GROUP BY {{route}}, input_band, output_band, timing, batch, uses
ORDER BY ALL
"""


def _band(each: str, edges: tuple[int, ...]) -> str:
    return " + ".join(f"({each} > {edge})::INTEGER" for edge in edges)


def _zone_table(reading: Reading, zones: Zones) -> None:
    execute = reading.connection.execute
    execute(
        "CREATE TEMP TABLE zones AS SELECT unnest($1::VARCHAR[]) AS organization, "
        "unnest($2::VARCHAR[]) AS zone",
        [list(zones.of), [zone.key for zone in zones.of.values()]],
    )
    execute("CREATE TEMP TABLE other_zone AS SELECT $1::VARCHAR AS zone", [zones.default.key])


def _cell(row: tuple[object, ...]) -> UsageCell:
    names = cast("tuple[str | None, ...]", row[:6])
    input_band, output_band, timing, batch, uses, *figures = row[6:]
    requests, fresh, cached, written, output, reasoning, *others = figures
    cost, unpriced, failed, largest, longest, of_users, hours, counts = others
    return UsageCell(
        route=Route(*names),
        input_band=cast("int", input_band),
        output_band=cast("int", output_band),
        timing=Timing(str(timing)),
        tokens=TokenUsage(
            fresh_input=cast("int", fresh),
            cached_input=cast("int", cached),
            cache_write=cast("int", written),
            output=cast("int", output),
            reasoning=cast("int", reasoning),
            requests=cast("int", requests),
            batch=bool(batch),
        ),
        billed_cost=cast("Decimal", cost),
        unpriced_requests=cast("int", unpriced),
        failed_requests=cast("int", failed),
        largest_input=cast("int", largest),
        largest_output=cast("int", longest),
        needs=frozenset(str(uses).split()) if uses else frozenset(),
        user_requests=cast("int", of_users),
        by_hour=_day(cast("list[int] | None", hours), cast("list[int] | None", counts)),
    )


def _day(hours: list[int] | None, counts: list[int] | None) -> tuple[int, ...]:
    """Requests of each hour of the day; empty: they were not counted."""
    if hours is None or counts is None:
        return ()
    found = [0] * 24
    for hour, count in zip(hours, counts, strict=True):
        found[hour] += count
    return tuple(found)
