"""What GPUs, users and keys are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from analysis.recommendations.gpus.gpu import Pool, Service
from analysis.recommendations.measured.counterfactual import estimate
from analysis.recommendations.measured.daily import ActorDay, ActorName, PoolDay, ServiceDay
from analysis.recommendations.measured.gpu import (
    actor_facts,
    efficiency_facts,
    failure_facts,
    idle_held,
    pool_days,
)
from analysis.recommendations.measured.measure import (
    BEFORE_DAYS,
    Measured,
    MeasuredState,
    measure,
    span_of,
)

D = Decimal
DAY = timedelta(days=1)
ACCEPTED = date(2026, 10, 5)
SPAN = span_of(ACCEPTED, None, ACCEPTED + 14 * DAY)
BEFORE = [ACCEPTED - number * DAY for number in range(1, BEFORE_DAYS + 1)]
SINCE = [ACCEPTED + number * DAY for number in range(1, 15)]
VIDEO = Service("api", "/video", None, "m")
ACTOR = ActorName("acme", "key", "ci")


def service(day: date, requests: int, cost: str, **more: object) -> ServiceDay:
    made = ServiceDay(day, VIDEO, "acme", requests, 0, D(cost), D(0), D(requests) * 10)
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


def idle(of_day: Callable[[date], tuple[str, str]]) -> Measured:
    """A pool; what is busy and what waits on each day."""
    pool = Pool("api", "m", "reserved")
    rows = [PoolDay(day, pool, *map(D, of_day(day))) for day in [*BEFORE, *SINCE]]
    rows += [replace(row, pool=Pool("studio", "m", "reserved")) for row in rows]
    before, after = idle_held(pool_days(Pool("api", None, None), rows), SPAN)
    found = estimate(before, after, None)
    return Measured(MeasuredState.SEEN, likely=D(round(found.likely, 6)))


def test_seconds_that_fell_are_saved_and_a_cheaper_second_is_not() -> None:
    rows = [service(day, 100, "10") for day in BEFORE]
    faster = rows + [service(day, 100, "8", seconds=D(800)) for day in SINCE]
    found = measure(efficiency_facts({VIDEO.dollars}, faster, set(), SPAN), SPAN)
    assert found.likely == D("28.000000")
    cheaper = rows + [service(day, 100, "8") for day in SINCE]
    found = measure(efficiency_facts({VIDEO.dollars}, cheaper, set(), SPAN), SPAN)
    assert found.likely == 0


def test_failures_are_held_against_the_requests() -> None:
    rows = [service(day, 100, "10", failed_requests=20, failed_cost=D(2)) for day in BEFORE]
    rows += [service(day, 200, "20", failed_requests=10, failed_cost=D(1)) for day in SINCE]
    found = measure(failure_facts({VIDEO.dollars}, rows, SPAN), SPAN)
    assert found.likely == D("42.000000"), "4 a day were to be expected, 1 was lost"
    assert found.state is MeasuredState.SEEN


def test_a_service_that_never_answered_and_was_shut_down_has_saved_all_of_it() -> None:
    rows = [service(day, 100, "10", failed_requests=99, failed_cost=D(10)) for day in BEFORE]
    found = measure(failure_facts({VIDEO.dollars}, rows, SPAN), SPAN)
    assert found.likely == D("140.000000")
    assert found.state is MeasuredState.SEEN


def test_idle_capacity_that_was_given_back_is_saved() -> None:
    def less(day: date) -> tuple[str, str]:
        return "50", "50" if day <= ACCEPTED else "20"

    assert idle(less).likely == D("420")


def test_more_work_on_the_same_machines_is_no_saving_nor_is_less_work_on_fewer() -> None:
    assert idle(lambda day: ("50", "50") if day <= ACCEPTED else ("80", "20")).likely == 0
    assert idle(lambda day: ("50", "50") if day <= ACCEPTED else ("25", "25")).likely == 0
    wasted = idle(lambda day: ("50", "50") if day <= ACCEPTED else ("25", "75")).likely
    assert wasted == D("-700"), "idle machines are not given back"


def test_what_runs_away_is_what_goes_beyond_ordinary_days() -> None:
    rows = [ActorDay(day, ACTOR, D(40) if day.day % 4 == 0 else D(2)) for day in BEFORE] + [
        ActorDay(day, ACTOR, D(2)) for day in SINCE
    ]
    found = measure(actor_facts(rows, SPAN), SPAN)
    bursts = sum(day.day % 4 == 0 for day in BEFORE)
    assert found.likely is not None
    assert abs(found.likely - D(37) * bursts / 2) < D("0.01"), "half as many days since"
    assert found.state is MeasuredState.SEEN


def test_a_user_who_went_on_holiday_has_saved_nothing() -> None:
    rows = [ActorDay(day, ACTOR, D(40) if day.day % 4 == 0 else D(2)) for day in BEFORE]
    found = measure(actor_facts(rows, SPAN), SPAN)
    assert found.state is MeasuredState.NOT_MEASURABLE
