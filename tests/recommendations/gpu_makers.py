"""Worked GPU evidence: pools, endings and work, and the days that it is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from analysis.costs import Pushed
from analysis.failures import Outcome
from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus.gpu import (
    Ending,
    Mixed,
    Pool,
    PoolHour,
    PoolLoad,
    Service,
    WorkDay,
)
from analysis.utilization import Capacity

D = Decimal
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

FIRST = date(2026, 10, 19)
"""A Monday."""

PERIOD = EvidencePeriod(FIRST, FIRST + 27 * DAY, datetime(2026, 11, 16, 3, tzinfo=UTC))
"""Four whole weeks."""

UNTIL = FIRST + 14 * DAY

ON_DEMAND = Pool("api", "m", "on_demand")
TEXT = Service("api", "/v1/text-to-video", None, "m")


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


def pool(
    of_hour: Callable[[datetime], tuple[Decimal, Decimal]],
    which: Pool = ON_DEMAND,
    period: EvidencePeriod = PERIOD,
) -> PoolLoad:
    """A pool; what it needed and what it cost in each hour."""
    hours: list[PoolHour] = []
    for number in range(24 * period.days):
        start = midnight(period.first_day) + number * HOUR
        need, cost = of_hour(start)
        idle = Pushed(cost - need, D(0))
        hours.append(PoolHour(start, Capacity(inference=need, idle=idle)))
    return PoolLoad(which, tuple(hours))


def ending(
    day: int,
    requests: int,
    failed: int,
    *,
    service: Service = TEXT,
    each: str = "0.1",
    error_type: str | None = "infrastructure",
    result: str = "failed",
) -> list[Ending]:
    """How a day's requests ended, at a price for each."""
    price = D(each)
    cost = (requests - failed) * price
    rows = [
        Ending(service, FIRST + day * DAY, "success", None, Outcome(requests - failed, cost=cost))
    ]
    if failed:
        wasted = failed * price
        outcome = Outcome(failed, failed, 0, wasted, wasted)
        rows.append(
            Ending(service, FIRST + day * DAY, result, error_type, outcome, wasted * D("1.5"))
        )
    return rows


def work(
    day: int,
    ratio: float,
    *,
    requests: int = 1000,
    price: str = "0.001",
    service: Service = TEXT,
    fine: float | None = None,
    seconds: float = 10.0,
) -> WorkDay:
    """A day of requests of 10 GPU seconds each, `ratio` times what their cells took before."""
    took = requests * seconds * ratio
    return WorkDay(
        service=service,
        day=FIRST + day * DAY,
        requests=requests,
        seconds=D(str(took)),
        cost=D(str(took)) * D(price),
        coarse=Mixed(took, requests * seconds),
        fine=Mixed(took, took / (ratio if fine is None else fine)),
    )
