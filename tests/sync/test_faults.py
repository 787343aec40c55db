"""Faults of BigQuery: the mart keeps its last good state, and the sentence says how old it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from analysis.errors import BadInput, CostbotError
from handlers.sync import SyncRequest
from playground.bigquery.warehouse import TableField
from queries.dimensions import Source
from tests.sync.world import FIELDS, NOW, PROJECT, TABLE, TODAY, Sums, World, day, quietly, row

HOURS = timedelta(hours=5)


async def loaded(world: World, days: int = 6) -> Sums:
    """A table of one request a day, in the mart; five hours later all of it has changed."""
    world.add_table(row(ago) for ago in range(days))
    await world.sync()
    before = world.in_the_mart()
    world.clock.now += HOURS
    for ago in range(days):
        world.warehouse.replace_partition(TABLE, day(ago), [row(ago, 50.0)])
    return before


def limited(world: World) -> None:
    world.warehouse.faults.next(
        "jobs.insert", status=403, reason="rateLimitExceeded", message="Exceeded", times=99
    )


def too_many(world: World) -> None:
    world.warehouse.faults.next(
        "jobs.insert", status=429, reason="rateLimitExceeded", message="Exceeded", times=99
    )


def out_of_quota(world: World) -> None:
    world.warehouse.faults.next(
        "jobs.insert", status=403, reason="quotaExceeded", message="Quota exceeded", times=99
    )


def forbidden_project(world: World) -> None:
    world.warehouse.forbid(project=PROJECT)


def forbidden_table(world: World) -> None:
    world.warehouse.forbid(table=TABLE)


def no_table(world: World) -> None:
    world.warehouse.drop_table(TABLE)


def failing(world: World) -> None:
    world.warehouse.faults.next("*", status=503, reason="backendError", times=999)


def unreachable(world: World) -> None:
    world.warehouse.faults.drop("*", times=999)


def no_column(world: World) -> None:
    world.warehouse.drop_column(TABLE, "org")


def no_cost(world: World) -> None:
    world.warehouse.drop_column(TABLE, "row_cost")


def other_type(world: World) -> None:
    world.warehouse.change_type(TABLE, "is_lt_team", "STRING")


def damaged(world: World) -> None:
    world.warehouse.faults.malform("getQueryResults", times=99)


def cut_short(world: World) -> None:
    world.warehouse.faults.shorten_page(times=99)


FAULTS: list[tuple[Callable[[World], None], str]] = [
    (limited, "takes no more questions"),
    (too_many, "takes no more questions"),
    (out_of_quota, "quota"),
    (forbidden_project, "jobUser"),
    (forbidden_table, "dataViewer|may not"),
    (no_table, "no table|not there|no dataset|no partition|does not exist"),
    (failing, "BigQuery"),
    (unreachable, "cannot be reached"),
    (no_column, "`?org`?"),
    (no_cost, "`?row_cost`?"),
    (other_type, r"gives 'false' for is_internal .* does not fit"),
    (damaged, "damaged|cannot be read"),
    (cut_short, "not complete|handed over"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[one.__name__ for one, _ in FAULTS])
async def test_every_fault_ends_in_a_sentence_and_leaves_the_mart_as_it_was(
    world: World, fault: Callable[[World], None], words: str
) -> None:
    before = await loaded(world)
    fault(world)
    with pytest.raises(CostbotError, match=f"(?i){words}") as error:
        await world.sync()
    assert "The mart keeps its last good state, of 2026-11-21 12:00 UTC, 5 hours ago." in str(
        error.value
    )
    assert world.in_the_mart() == before
    assert world.mart.snapshot().sources[Source.GPU].loaded_at == NOW
    run = await world.store.sync_runs.latest("here")
    assert run is not None
    assert run.outcome == "failed"
    assert run.error
    assert run.error in str(error.value)
    good = await world.store.sync_runs.latest_good("here")
    assert good is not None
    assert good.begun_at == NOW


async def test_what_was_a_passing_fault_is_tried_again(world: World) -> None:
    await loaded(world)
    world.warehouse.faults.next("jobs.insert", status=503, times=1)
    world.warehouse.faults.next("jobs.insert", status=429, reason="rateLimitExceeded", times=1)
    report = await world.sync()
    assert report.did.days_read == 6


async def test_a_query_that_takes_too_long_is_ended(world: World) -> None:
    before = await loaded(world)
    handler = world.handler(timeout_seconds=0.5)
    world.warehouse.faults.hold_job()
    with pytest.raises(CostbotError, match=r"longer than the 0\.5 seconds"):
        await handler.sync(SyncRequest(), quietly)
    assert world.in_the_mart() == before


async def test_a_day_over_the_ceiling_is_not_read(world: World) -> None:
    before = await loaded(world)
    world.forget_jobs()
    handler = world.handler(most_bytes=10)
    with pytest.raises(CostbotError, match="costbot may bill 10 bytes a query"):
        await handler.sync(SyncRequest(), quietly)
    assert world.runs == []
    assert world.in_the_mart() == before


async def test_a_first_sync_that_fails_says_that_there_is_nothing_yet(world: World) -> None:
    world.add_table([row(1)])
    world.warehouse.forbid(project=PROJECT)
    with pytest.raises(CostbotError, match="The mart has no GPU costs yet"):
        await world.sync()
    assert world.mart.snapshot().is_empty


async def test_after_the_fault_the_next_sync_catches_up(world: World) -> None:
    await loaded(world)
    world.warehouse.faults.fail_job("quotaExceeded", times=99)
    with pytest.raises(CostbotError):
        await world.sync()
    world.warehouse.faults.clear()
    report = await world.sync()
    assert report.did.days_read == 6
    assert {cost for _, _, cost, _ in world.in_the_mart().values()} == {50}
    assert {one.day for one in world.mart.snapshot().restatements} == {
        day(ago) for ago in range(6) if day(ago) != TODAY
    }


async def test_what_was_published_before_the_quota_was_used_up_stays(world: World) -> None:
    world.add_table(row(ago) for ago in range(40))

    def use_the_quota_up(step: str, _done: float) -> None:
        if step.startswith("Writing"):
            world.warehouse.faults.next("*", status=403, reason="quotaExceeded", times=99)

    with pytest.raises(CostbotError, match="16 of 40 days were read before") as error:
        await world.sync_telling(use_the_quota_up)
    assert "quota" in str(error.value)
    assert {at for at, _ in world.in_the_mart()} == {day(ago) for ago in range(16)}
    run = await world.store.sync_runs.latest("here")
    assert run is not None
    assert (run.outcome, run.days_read) == ("failed", 16)
    world.warehouse.faults.clear()
    world.forget_jobs()
    await world.handler(lookback_days=0).sync(SyncRequest(), quietly)
    assert world.days_read() == [day(ago) for ago in reversed([0, *range(16, 40)])]


@pytest.mark.parametrize("since", [day(40), day(3)], ids=["over a month's end", "within a month"])
async def test_a_table_by_month_is_refused_and_not_taken_for_days_without_rows(
    world: World, since: date
) -> None:
    before = await loaded(world)
    fields = [TableField(column, kind) for column, kind in FIELDS.items()]
    rows = [row(ago, 7.0) for ago in range(50)]
    world.warehouse.add_table(TABLE, fields, "dt", rows, partitioned_by="MONTH")
    with pytest.raises(BadInput, match=r"has the partition 2026\d\d, which is no day") as error:
        await world.sync(SyncRequest(days=(since, TODAY)))
    assert "partitioned by day" in error.value.hint
    assert world.in_the_mart() == before
