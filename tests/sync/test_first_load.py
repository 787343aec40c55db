"""The first sync: all of the table, exactly, and nothing a second time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from handlers.sync import SyncRequest
from queries.dimensions import Source
from tests.mart.rows import costs
from tests.sync.world import TABLE, TODAY, World, added_up, any_rows, day, quietly, row


async def test_the_mart_is_what_plain_arithmetic_makes_of_the_rows(world: World) -> None:
    rows = any_rows(range(12), each=60)
    world.add_table(rows)
    report = await world.sync()
    assert world.in_the_mart() == added_up(rows)
    assert (report.did.days_read, report.did.days_new, report.did.days_skipped) == (12, 12, 0)
    assert report.did.table_rows == len(rows)
    assert report.did.restated == []


async def test_every_day_is_read_once(world: World) -> None:
    world.add_table(any_rows(range(12), each=3))
    await world.sync()
    assert world.days_read() == sorted(day(ago) for ago in range(12))


async def test_small_days_that_are_neighbours_go_into_one_query(world: World) -> None:
    world.add_table(row(ago) for ago in (0, 1, 2, 5, 6, 9))
    await world.sync()
    assert len(world.runs) == 3


async def test_rows_without_a_usable_cost_are_unpriced_and_told_by_category(world: World) -> None:
    unusable = [None, float("nan"), -2.0, float("inf")]
    world.add_table(
        [
            *(row(1, cost) for cost in unusable),
            row(1, 5.0),
            row(1, None, cost_category="idle"),
        ]
    )
    report = await world.sync()
    assert report.did.unpriced_rows == {"idle": 1, "inference": 4}
    assert world.in_the_mart() == {(day(1), "acme"): (5, 4, Decimal(5), Decimal(5))}


async def test_unknown_origin_stays_unknown(world: World) -> None:
    world.add_table([row(1, is_lt_team=None), row(1, is_lt_team=True), row(1)])
    await world.sync()
    kinds = costs(world.mart.snapshot(), "is_internal, requests")
    assert sorted(kinds, key=str) == [(False, 1), (None, 1), (True, 1)]


async def test_a_row_without_a_category_costs_something_all_the_same(world: World) -> None:
    world.add_table([row(1, 3.0, cost_category=None), row(1, 1.0)])
    report = await world.sync()
    assert report.did.unknown_category_rows == 1
    assert costs(world.mart.snapshot(), "cost_category, requests, billed_cost") == [
        ("inference", 1, 1),
        ("unknown", 0, 3),
    ]


async def test_rows_without_a_day_are_told(world: World) -> None:
    world.add_table([row(1), row(1, dt=None), row(1, dt=None)])
    report = await world.sync()
    assert report.did.rows_without_day == 2
    assert report.did.table_rows == 1


async def test_gpu_time_and_latency_come_along(world: World) -> None:
    world.add_table([row(1), row(1, request_processing_time_ms=None)])
    await world.sync()
    columns = "requests, gpu_seconds, latency_ms, timed_requests, price_source"
    assert costs(world.mart.snapshot(), columns) == [(2, Decimal(3), 2000, 1, "billed")]


async def test_hours_are_kept_where_the_table_tells_them(world: World) -> None:
    at = world.clock.now - timedelta(days=1)
    elsewhere = at - timedelta(days=1)
    world.add_table(
        [row(1, started=at), row(1, started=at.replace(minute=59)), row(1, started=elsewhere)]
    )
    await world.handler({"time": "started"}).sync(SyncRequest(), quietly)
    assert costs(world.mart.snapshot(), "charge_period_start, requests") == [
        (at.replace(hour=0), 1),
        (at, 2),
    ]


async def test_the_days_before_the_history_are_left(world: World) -> None:
    world.add_table([row(0), row(10), row(11)])
    await world.handler(history_days=10).sync(SyncRequest(), quietly)
    assert world.days_read() == [day(10), TODAY]


async def test_a_complete_day_reaches_to_its_end_and_an_unfinished_one_does_not(
    world: World,
) -> None:
    world.add_table([row(2), row(1)])
    await world.sync()
    end = world.mart.snapshot().sources[Source.GPU].last_time
    assert (end.date(), end.hour, end.minute) == (day(1), 23, 59)
    world.warehouse.replace_partition(TABLE, TODAY, [row(0)])
    await world.sync()
    end = world.mart.snapshot().sources[Source.GPU].last_time
    assert (end.date(), end.hour) == (TODAY, 0)
