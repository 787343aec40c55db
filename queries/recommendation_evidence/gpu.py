"""What GPUs did and cost in the days of the evidence: pools by the hour, services by the day.

Internal traffic is in it: it keeps the same machines busy. Written in GoogleSQL, so that it runs
on every engine; what comes back are a few rows for each hour and pool, each day and service.
"""
# ruff: noqa: S608 - what is pasted are columns of declared dimensions

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias, cast
from zoneinfo import ZoneInfo

from analysis.complete_days import window_of
from analysis.failures import Outcome
from analysis.periods import Dates, Window
from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus.gpu import (
    Ending,
    GpuEvidence,
    Mixed,
    Pool,
    PoolHour,
    PoolLoad,
    Service,
    WorkDay,
)
from analysis.utilization import Capacity, added
from queries.breakdown import DAY, HOUR
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.failures import ERROR_TYPE, RESULT
from queries.grouped import Rows, counts, grouped, money
from queries.utilization import capacity_by
from queries.work import MIXED

POOL = ("product", "model", "billing_type")
SERVICE = ("product", "endpoint", "process", "model")
COARSE = (*SERVICE, RESULT, ERROR_TYPE)
"""What parts the work of a service in any case: a request that fails takes less time."""

TOLD = Decimal("0.95")
"""A dimension tells pools apart where so much of what waiting capacity costs has a value for it.
Where machines name no product, the requests of a product have no machines of their own."""

_UTC = ZoneInfo("UTC")

_Name: TypeAlias = "str | None"
_WorkRow: TypeAlias = (
    "tuple[date, _Name, _Name, _Name, _Name, int, Decimal, Decimal, float, float, float, float]"
)
_EndingKey: TypeAlias = "tuple[date, _Name, _Name, _Name, _Name, _Name, _Name]"

_ENDINGS = (
    counts("requests"),
    counts("failed_requests"),
    counts("IF(failed_requests > 0, unpriced_requests, 0)"),
    money("billed_cost"),
    # Rows are keyed by result: the requests of a row have all failed, or none of them has.
    money("IF(failed_requests > 0, billed_cost, 0)"),
    money("IF(failed_requests > 0, fully_loaded_cost, 0)"),
)


async def gpu_evidence(
    engine: Engine, dimensions: Dimensions, period: EvidencePeriod
) -> GpuEvidence:
    """What the GPUs of all organizations did.

    Hours are known as long as the mart keeps them; days without hours have no part in the pools.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        period: complete UTC days.

    Raises:
        Unavailable: the engine cannot answer.
    """
    window = window_of(Dates(period.first_day, period.last_day), _UTC)
    until = period.first_day + timedelta(days=period.days // 2)
    hours, endings, work = await asyncio.gather(
        capacity_by(engine, dimensions, window, {}, (HOUR, *POOL)),
        _endings(engine, dimensions, window),
        _work(engine, dimensions, window, until),
    )
    whole = added(hours.values()).infrastructure.usd
    return GpuEvidence(
        pools=_pools(cast("Mapping[tuple[object, ...], Capacity]", hours)),
        endings=endings,
        work=work,
        baseline_until=until,
        monthly_cost=period.monthly(whole),
    )


def _pools(found: Mapping[tuple[object, ...], Capacity]) -> tuple[PoolLoad, ...]:
    """The pools that tell their waiting capacity apart from that of others."""
    told = _told(found)
    loads: dict[Pool, dict[datetime, Capacity]] = {}
    for (start, *names), capacity in found.items():
        if start is None:
            continue
        product, model, billing_type = (
            cast("str | None", name) if is_told else None
            for name, is_told in zip(names, told, strict=True)
        )
        hours = loads.setdefault(Pool(product, model, billing_type), {})
        hour = cast("datetime", start)
        hours[hour] = hours.get(hour, Capacity()) + capacity
    return tuple(
        PoolLoad(pool, tuple(PoolHour(start, hours[start]) for start in sorted(hours)))
        for pool, hours in sorted(loads.items(), key=lambda load: str(load[0]))
    )


def _told(found: Mapping[tuple[object, ...], Capacity]) -> tuple[bool, ...]:
    whole = added(found.values()).waiting
    if whole <= 0:
        return (False,) * len(POOL)
    named = [
        added(one for key, one in found.items() if key[1 + place] is not None).waiting
        for place in range(len(POOL))
    ]
    return tuple(waiting >= TOLD * whole for waiting in named)


async def _endings(engine: Engine, dimensions: Dimensions, window: Window) -> tuple[Ending, ...]:
    rows = Rows(window, source=Source.GPU, inference_only=True)
    by = (DAY, *SERVICE, RESULT, ERROR_TYPE)
    found: list[Ending] = []
    for key, figures in await grouped(engine, dimensions, rows, by, _ENDINGS):
        day, product, endpoint, process, model, result, error = cast("_EndingKey", key)
        requests, failed, unpriced, cost, wasted, loaded = cast(
            "tuple[int, int, int, Decimal, Decimal, Decimal]", figures
        )
        found.append(
            Ending(
                service=Service(product, endpoint, process, model),
                day=day,
                result=result,
                error_type=error,
                outcome=Outcome(requests, failed, unpriced, cost, wasted),
                fully_loaded=loaded,
            )
        )
    return tuple(sorted(found, key=str))


async def _work(
    engine: Engine, dimensions: Dimensions, window: Window, until: date
) -> tuple[WorkDay, ...]:
    table = await engine.query(
        work_sql(dimensions),
        {"source": Source.GPU.value, "until": until},
        first_day=window.first_day,
        last_day=window.last_day,
    )
    rows = cast("list[_WorkRow]", table.rows)
    found = [
        WorkDay(
            service=Service(row[1], row[2], row[3], row[4]),
            day=row[0],
            requests=row[5],
            seconds=row[6],
            cost=row[7],
            coarse=Mixed(row[8], row[9]),
            fine=Mixed(row[10], row[11]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=str))


def work_sql(dimensions: Dimensions) -> str:
    """GoogleSQL: by day and service what its cells took, and what at the baseline's rates.

    The expected time is the denominator of Paasche's index in `analysis.efficiency`: the requests
    of each cell times its seconds per request before @until.
    """
    finest = (*dict.fromkeys((*COARSE, *MIXED)), "is_internal")
    of_service, of_coarse, of_fine = (
        ", ".join(f"`{dimensions[name].column if name in dimensions else name}`" for name in names)
        for names in (SERVICE, COARSE, finest)
    )
    baselines = ", ".join(
        f"SUM(IF(dt < @until, {figure}, 0)) OVER (PARTITION BY {cell}) AS {name}_{figure}"
        for name, cell in (("coarse", of_coarse), ("fine", of_fine))
        for figure in ("done", "took")
    )
    mixed = ", ".join(
        f"SUM(IF({name}_done > 0, took, 0)) AS {name}_seconds, "
        f"COALESCE(SUM(SAFE_DIVIDE({name}_took * done, {name}_done)), 0) AS {name}_expected"
        for name in ("coarse", "fine")
    )
    return (
        f"WITH cells AS (SELECT dt, {of_fine}, CAST(SUM(requests) AS INT64) AS done, "
        "SUM(gpu_seconds) AS busy, COALESCE(SUM(billed_cost), 0) AS paid, "
        "CAST(SUM(gpu_seconds) AS FLOAT64) AS took "
        "FROM costs WHERE source = @source AND cost_category = 'inference' "
        f"AND unpriced_requests = 0 GROUP BY dt, {of_fine}), "
        f"rated AS (SELECT *, {baselines} FROM cells) "
        f"SELECT dt, {of_service}, CAST(SUM(done) AS INT64) AS requests_done, "
        f"SUM(busy) AS gpu_time, SUM(paid) AS direct_cost, {mixed} "
        f"FROM rated GROUP BY dt, {of_service}"
    )
