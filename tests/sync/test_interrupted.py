"""Syncs that are killed, given up, or at work twice: the mart is right at every moment."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta
from decimal import Decimal

import pytest

from analysis.errors import Refused
from handlers.sync import SyncRequest
from queries.dimensions import Source
from queries.mart import Mart
from tests.mart.rows import load, request
from tests.road.forked import forking
from tests.sync import processes
from tests.sync.world import NOW, TABLE, World, added_up, any_rows, day, quietly, row

DAYS = 40


async def sync_and_die(world: World, step: str, times: int) -> None:
    home = world.mart.folder.parent
    process = forking().Process(target=processes.sync_and_die, args=(home, world.url, step, times))
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(("step", "times"), [("Reading", 3), ("Writing", 1), ("Writing", 3)])
async def test_a_sync_that_was_killed_goes_on_where_it_was(
    world: World, step: str, times: int
) -> None:
    rows = any_rows(range(DAYS), each=4)
    world.add_table(rows)
    await sync_and_die(world, step, times)
    there = {at for at, _ in world.in_the_mart()}
    whole = added_up(one for one in rows if one["dt"] in there)
    assert world.in_the_mart() == whole
    world.forget_jobs()
    await world.handler(lookback_days=0).sync(SyncRequest(), quietly)
    assert world.in_the_mart() == added_up(rows)
    # Today is read by every sync.
    again = set(world.days_read()) & there
    assert again <= {day(0)}


async def test_a_first_load_shows_the_newest_days_first(world: World) -> None:
    world.add_table(any_rows(range(DAYS), each=2))
    seen: list[int] = []

    def look(_step: str, _done: float) -> None:
        there = {at for at, _ in world.in_the_mart()}
        assert there == {day(ago) for ago in range(len(there))}
        seen.append(len(there))

    await world.sync_telling(look)
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert seen[-1] == DAYS


async def test_whoever_gives_up_ends_the_jobs_and_leaves_the_mart(world: World) -> None:
    world.add_table([row(1), row(5)])
    await world.sync()
    before = world.in_the_mart()
    for ago in (1, 5):
        world.warehouse.replace_partition(TABLE, day(ago), [row(ago, 9.0)])
    world.clock.now += timedelta(minutes=1)
    world.forget_jobs()

    def give_up(step: str, done: float) -> None:
        if step.startswith("Reading") and done < 0.1:
            world.warehouse.faults.hold_job()
        elif step.startswith("Reading"):
            task.cancel()  # one of the two days is read, the other's job is running

    task = asyncio.create_task(world.sync_telling(give_up, SyncRequest(full=True)))
    with pytest.raises(asyncio.CancelledError):
        await task
    await world.close()
    assert sorted(job.reason or "" for job in world.runs) == ["", "stopped"]
    assert world.in_the_mart() == before
    run = await world.store.sync_runs.latest("here")
    assert run is not None
    assert (run.outcome, run.error) == ("cancelled", "It was interrupted.")


async def test_two_syncs_at_once_end_in_the_same_mart_as_one(world: World) -> None:
    rows = any_rows(range(DAYS), each=4)
    world.add_table(rows)
    home = world.mart.folder.parent
    other = World(
        world.warehouse,
        world.url,
        Mart(home, world.mart.dimensions, world.clock),
        world.store,
        world.clock,
        world.opened,
    )
    await asyncio.gather(world.sync(), other.sync())
    assert world.in_the_mart() == added_up(rows)
    state = world.mart.snapshot().sources[Source.GPU]
    assert state.requests == sum(one["cost_category"] == "inference" for one in rows)
    assert world.mart.snapshot().restatements == ()


async def test_what_was_read_earlier_does_not_replace_what_was_read_later(world: World) -> None:
    world.add_table([row(1, 1.0)])
    is_read = asyncio.Event()

    def notice(step: str, done: float) -> None:
        if step.startswith("Reading") and done > 0.1:
            is_read.set()

    async with asyncio.TaskGroup() as both:
        with world.mart.writer():
            # While somebody else writes, the first one reads, and has to wait with it.
            both.create_task(world.sync_telling(notice))
            await asyncio.wait_for(is_read.wait(), 20)
            world.clock.now += timedelta(minutes=1)
            world.warehouse.replace_partition(TABLE, day(1), [row(1, 2.0), row(1, 2.0)])
            is_read.clear()
            both.create_task(world.sync_telling(notice))
            await asyncio.wait_for(is_read.wait(), 20)
    assert world.in_the_mart()[day(1), "acme"] == (2, 0, Decimal(4), Decimal(4))


async def test_a_day_that_was_imported_meanwhile_is_not_overwritten(world: World) -> None:
    world.add_table([row(1, 1.0)])
    noon = NOW - timedelta(days=1)

    def import_a_file(step: str, _done: float) -> None:
        if step.startswith("Reading") and world.mart.snapshot().is_empty:
            load(world.mart, request("a", noon, "7", source="gpu"), source=Source.GPU)

    with pytest.raises(Refused, match="from imported files"):
        await world.sync_telling(import_a_file)
    assert world.in_the_mart() == {(day(1), "acme"): (1, 0, Decimal(7), Decimal(7))}


async def test_whoever_gives_up_while_it_waits_to_write_leaves_nothing_behind(
    world: World,
) -> None:
    world.add_table([row(1)])

    is_read = asyncio.Event()

    def notice(step: str, done: float) -> None:
        if step.startswith("Reading") and done > 0.1:
            is_read.set()

    with world.mart.writer():
        task = asyncio.create_task(world.sync_telling(notice))
        await asyncio.wait_for(is_read.wait(), 20)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.in_the_mart() == {}
    assert list((world.mart.folder / "sync").iterdir()) == []
