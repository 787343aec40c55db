"""The answer of `/cost breakeven` as a CSV file: pools, or one pool at several utilizations."""

from __future__ import annotations

from decimal import Decimal

from analysis.breakeven import BreakEven, Scenario, monthly
from bot.blocks.breakeven import UTILIZATIONS
from bot.csv_file import CsvFile, as_csv
from handlers.breakeven import BreakEvenResult, Pool


def break_even_csv(result: BreakEvenResult) -> CsvFile:
    """All rows of `result`; costs in USD of the period, unrounded; utilization as a ratio."""
    name = ["breakeven", result.period.label]
    for values in result.request.filters.values():
        name += values
    if result.break_even is None:
        return as_csv(name, _POOLS, [_pool(pool) for pool in result.pools])
    return as_csv(name, _SCENARIOS, _scenarios(result.break_even, result.hours))


_POOLS = (
    *("model", "paid", "used", "utilization", "requests", "failed_requests"),
    *("unpriced_requests", "served_requests", "gpu_seconds", "fully_loaded", "currency"),
)

_SCENARIOS = (
    *("scenario", "utilization", "requests", "own_cost", "api_cost", "own_saves"),
    *("own_per_request", "api_per_request", "own_saves_a_month", "currency"),
)


def _pool(pool: Pool) -> tuple[object, ...]:
    found, traffic = pool.allocation, pool.allocation.traffic
    unpriced = bool(traffic.requests) and traffic.unpriced == traffic.requests
    return (
        pool.model,
        found.paid.usd,
        # Not known is not nothing.
        None if unpriced else found.used,
        None if unpriced else found.utilization,
        traffic.requests,
        traffic.failed,
        traffic.unpriced,
        traffic.served,
        traffic.gpu_seconds,
        None if unpriced else traffic.fully_loaded.usd,
        "USD",
    )


def _scenarios(break_even: BreakEven, hours: Decimal) -> list[tuple[object, ...]]:
    named: list[tuple[str, Scenario]] = [("now", break_even.now)]
    named += [(f"{one:.0%}", break_even.at(one)) for one in UTILIZATIONS]
    if break_even.threshold is not None:
        named.append(("break-even", break_even.at(break_even.threshold)))
    return [
        (
            name,
            one.utilization,
            one.requests,
            one.own,
            one.api,
            one.saving,
            one.own_per_request,
            one.api_per_request,
            monthly(one.saving, hours),
            "USD",
        )
        for name, one in named
    ]
