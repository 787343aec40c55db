"""Daily figures of what claimed recommendations are about, of all of them at once, from `costs`."""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from analysis.prices import PriceSource
from analysis.recommendations.cells import Route
from analysis.recommendations.gpus.gpu import Pool, Service
from analysis.recommendations.measured.daily import (
    ActorDay,
    ActorName,
    PoolDay,
    ServiceDay,
    UsageDay,
)
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import ROUTE, wanted_sql
from queries.schema import MONEY, SECONDS

_ACTORS: Mapping[Literal["user", "key"], str] = {"user": "user_id", "key": "key_name"}

_SERVICE = "product, endpoint, process, model"
_POOL = "product, model, billing_type"

_PRICED = "FILTER (unpriced_requests = 0)"
"""Rows of `costs` are keyed by who said the price: all requests of a row have one, or none has."""


@dataclass(frozen=True, slots=True)
class GpuDays:
    """What all GPUs did.

    Attributes:
        services: by day, service and organization; internal traffic too.
        pools: by day and pool.
    """

    services: tuple[ServiceDay, ...] = ()
    pools: tuple[PoolDay, ...] = ()


async def usage_since(
    reader: EvidenceReader,
    first_day: date,
    last_day: date,
    organizations: Collection[str | None],
) -> dict[str | None, list[UsageDay]]:
    """Customers' usage of some organizations, by day and route.

    Args:
        reader: of the mart.
        first_day: UTC.
        last_day: UTC, included.
        organizations: whose; None: of rows that say none.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> dict[str | None, list[UsageDay]]:
        found: dict[str | None, list[UsageDay]] = {}
        relation = reading.costs(Source.USAGE, first_day, last_day)
        route = ", ".join(ROUTE)
        reading.connection.execute(
            "CREATE TEMP TABLE wanted AS SELECT unnest($1::VARCHAR[]) AS organization",
            [list(organizations)],
        )
        rows = reading.connection.execute(
            f"SELECT dt, {route}, "
            f"COALESCE(sum(requests) {_PRICED}, 0)::BIGINT, "
            "COALESCE(sum(fresh_input_tokens + cached_input_tokens + cache_write_tokens) "
            f"{_PRICED}, 0)::BIGINT, "
            f"COALESCE(sum(output_tokens + reasoning_tokens) {_PRICED}, 0)::BIGINT, "
            f"COALESCE(sum(billed_cost), 0)::{MONEY}, "
            f"COALESCE(sum(billed_cost) FILTER (price_source = '{PriceSource.BILLED}'), 0)"
            f"::{MONEY}, sum(unpriced_requests)::BIGINT "
            f"FROM {relation} WHERE {wanted_sql(None)} AND "
            "(organization IN (SELECT organization FROM wanted) OR (organization IS NULL AND "
            "EXISTS (SELECT 1 FROM wanted one WHERE one.organization IS NULL))) "
            f"GROUP BY dt, {route} ORDER BY ALL"
        ).fetchall()
        for row in cast("list[tuple[object, ...]]", rows):
            one = _usage_day(row)
            found.setdefault(one.route.organization, []).append(one)
        return found

    return await reader.read(job)


async def actors_since(
    reader: EvidenceReader, first_day: date, last_day: date, actors: Collection[ActorName]
) -> dict[ActorName, list[ActorDay]]:
    """What some users and keys cost, by day.

    Args:
        reader: of the mart.
        first_day: UTC.
        last_day: UTC, included.
        actors: who.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> dict[ActorName, list[ActorDay]]:
        found: dict[ActorName, list[ActorDay]] = {}
        for kind, column in _ACTORS.items():
            some = [actor for actor in actors if actor.kind == kind]
            if not some:
                continue
            relation = reading.costs(Source.USAGE, first_day, last_day)
            rows = reading.connection.execute(
                f"SELECT dt, it.organization, it.{column}, "
                f"COALESCE(sum(billed_cost), 0)::{MONEY} "
                f"FROM (SELECT * FROM {relation} WHERE {wanted_sql(None)}) it "
                "JOIN (SELECT unnest($1::VARCHAR[]) AS organization, unnest($2::VARCHAR[]) "
                f"AS name) named ON named.name = it.{column} "
                "AND named.organization IS NOT DISTINCT FROM it.organization "
                "GROUP BY ALL ORDER BY ALL",
                [[actor.organization for actor in some], [actor.name for actor in some]],
            ).fetchall()
            for day, organization, name, cost in cast(
                "list[tuple[date, str | None, str, Decimal]]", rows
            ):
                actor = ActorName(organization, kind, name)
                found.setdefault(actor, []).append(ActorDay(day, actor, cost))
        return found

    return await reader.read(job)


async def gpus_since(reader: EvidenceReader, first_day: date, last_day: date) -> GpuDays:
    """What the GPUs of all organizations did, by day.

    Args:
        reader: of the mart.
        first_day: UTC.
        last_day: UTC, included.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> GpuDays:
        relation = reading.costs(Source.GPU, first_day, last_day)
        services = reading.connection.execute(
            f"SELECT dt, {_SERVICE}, organization, "
            f"COALESCE(sum(requests) {_PRICED}, 0)::BIGINT, "
            f"COALESCE(sum(failed_requests) {_PRICED}, 0)::BIGINT, "
            f"COALESCE(sum(billed_cost), 0)::{MONEY}, "
            # Rows are keyed by result: the requests of a row have all failed, or none of them has.
            f"COALESCE(sum(billed_cost) FILTER (failed_requests > 0), 0)::{MONEY}, "
            f"COALESCE(sum(gpu_seconds) {_PRICED}, 0)::{SECONDS}, "
            "sum(unpriced_requests)::BIGINT "
            f"FROM {relation} WHERE cost_category = 'inference' "
            f"GROUP BY dt, {_SERVICE}, organization ORDER BY ALL"
        ).fetchall()
        pools = reading.connection.execute(
            f"SELECT dt, {_POOL}, "
            "COALESCE(sum(billed_cost) FILTER (cost_category NOT IN ('idle', 'unused')), 0)"
            f"::{MONEY}, "
            "COALESCE(sum(billed_cost) FILTER (cost_category IN ('idle', 'unused')), 0)"
            f"::{MONEY} FROM {relation} GROUP BY dt, {_POOL} ORDER BY ALL"
        ).fetchall()
        return GpuDays(
            tuple(_service_day(row) for row in cast("list[tuple[object, ...]]", services)),
            tuple(_pool_day(row) for row in cast("list[tuple[object, ...]]", pools)),
        )

    return await reader.read(job)


def _usage_day(row: tuple[object, ...]) -> UsageDay:
    requests, tokens_in, tokens_out, cost, billed, unpriced = row[7:]
    return UsageDay(
        day=cast("date", row[0]),
        route=Route(*cast("tuple[str | None, ...]", row[1:7])),
        requests=cast("int", requests),
        input=cast("int", tokens_in),
        output=cast("int", tokens_out),
        cost=cast("Decimal", cost),
        billed=cast("Decimal", billed),
        unpriced_requests=cast("int", unpriced),
    )


def _service_day(row: tuple[object, ...]) -> ServiceDay:
    names = cast("tuple[str | None, str | None, str | None, str | None]", row[1:5])
    requests, failed, cost, failed_cost, seconds, unpriced = row[6:]
    return ServiceDay(
        day=cast("date", row[0]),
        service=Service(*names),
        organization=cast("str | None", row[5]),
        requests=cast("int", requests),
        failed_requests=cast("int", failed),
        cost=cast("Decimal", cost),
        failed_cost=cast("Decimal", failed_cost),
        seconds=cast("Decimal", seconds),
        unpriced_requests=cast("int", unpriced),
    )


def _pool_day(row: tuple[object, ...]) -> PoolDay:
    day, product, model, billing_type, busy, waiting = row
    names = cast("tuple[str | None, str | None, str | None]", (product, model, billing_type))
    return PoolDay(cast("date", day), Pool(*names), cast("Decimal", busy), cast("Decimal", waiting))
