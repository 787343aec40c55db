"""Evidence of GPUs added up from requests in plain Python, as the queries document it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from analysis.costs import Pushed
from analysis.failures import Outcome
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
from analysis.utilization import Capacity
from benchmarks.recommendation_truth.asks import DAY, DAYS, HOUR, PERIOD, START
from benchmarks.recommendation_truth.runs import Fleet, Run
from benchmarks.recommendation_truth.usage_evidence import usd

HALF = DAYS // 2

_Cell = tuple[Service, str | None, str, str | None, str | None]


def gpu_evidence_of(fleet: Fleet) -> GpuEvidence:
    """All evidence of a fleet."""
    whole = sum(run.pico for run in fleet.runs) + sum(one.pico for one in fleet.waiting)
    return GpuEvidence(
        pools=_pools(fleet),
        endings=_endings(fleet.runs),
        work=_work(fleet.runs),
        baseline_until=START.date() + timedelta(days=HALF),
        monthly_cost=PERIOD.monthly(usd(whole)),
    )


def _pools(fleet: Fleet) -> tuple[PoolLoad, ...]:
    """By the hour; where nothing waits, nothing tells pools apart."""
    is_told = any(one.pico for one in fleet.waiting)
    unknown = Pool(None, None, None)
    sums: dict[Pool, dict[int, list[int]]] = defaultdict(dict)
    for run in fleet.runs:
        hours = sums[run.pool if is_told else unknown]
        row = hours.setdefault(run.at // HOUR, [0, 0, 0])
        row[0] += run.pico
        row[1] += 0 if run.result == "success" else run.pico
    for one in fleet.waiting:
        row = sums[one.pool].setdefault(one.hour, [0, 0, 0])
        row[2] += one.pico
    return tuple(
        PoolLoad(
            pool,
            tuple(
                PoolHour(
                    START + timedelta(hours=hour),
                    Capacity(
                        inference=usd(row[0]), failed=usd(row[1]), idle=Pushed(usd(row[2]), usd(0))
                    ),
                )
                for hour, row in sorted(hours.items())
            ),
        )
        for pool, hours in sorted(sums.items(), key=lambda load: str(load[0]))
    )


def _endings(runs: Iterable[Run]) -> tuple[Ending, ...]:
    sums: dict[tuple[int, Service, str, str | None], list[int]] = {}
    for run in runs:
        row = sums.setdefault((run.at // DAY, run.service, run.result, run.error), [0, 0])
        row[0] += 1
        row[1] += run.pico
    found: list[Ending] = []
    for (day, service, result, error), (requests, pico) in sums.items():
        wasted = 0 if result == "success" else pico
        failed = 0 if result == "success" else requests
        outcome = Outcome(requests, failed, 0, usd(pico), usd(wasted))
        on = START.date() + timedelta(days=day)
        found.append(Ending(service, on, result, error, outcome, usd(wasted)))
    return tuple(sorted(found, key=str))


def _work(runs: Iterable[Run]) -> tuple[WorkDay, ...]:
    cells: dict[tuple[int, _Cell], list[int]] = {}
    for run in runs:
        cell = run.service, run.organization, run.result, run.error, run.billing
        row = cells.setdefault((run.at // DAY, cell), [0, 0, 0])
        row[0] += 1
        row[1] += run.milliseconds
        row[2] += run.pico
    rates: list[dict[object, list[int]]] = [{}, {}]
    for (day, cell), row in cells.items():
        if day < HALF:
            for known, key in zip(rates, _keys(cell), strict=True):
                rate = known.setdefault(key, [0, 0])
                rate[0] += row[0]
                rate[1] += row[1]
    sums: dict[tuple[int, Service], list[float]] = {}
    for (day, cell), (done, took, pico) in cells.items():
        row = sums.setdefault((day, cell[0]), [0, 0, 0, 0.0, 0.0, 0.0, 0.0])
        row[0] += done
        row[1] += took
        row[2] += pico
        for place, (known, key) in enumerate(zip(rates, _keys(cell), strict=True)):
            if key in known:
                before = known[key]
                row[3 + 2 * place] += took / 1_000
                row[4 + 2 * place] += before[1] / 1_000 * done / before[0]
    return tuple(
        sorted(
            (
                WorkDay(
                    service=service,
                    day=START.date() + timedelta(days=day),
                    requests=int(row[0]),
                    seconds=Decimal(int(row[1])).scaleb(-3),
                    cost=usd(int(row[2])),
                    coarse=Mixed(row[3], row[4]),
                    fine=Mixed(row[5], row[6]),
                )
                for (day, service), row in sums.items()
            ),
            key=str,
        )
    )


def _keys(cell: _Cell) -> tuple[object, object]:
    service, _, result, error, _ = cell
    return (service, result, error), cell
