"""What is read again, and what becomes of it: changes, late attribution, vanished days."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from analysis.errors import NotFound, Refused
from handlers.freshness import freshness_of
from handlers.sync import SyncRequest
from queries.dimensions import Source
from tests.mart.rows import costs
from tests.sync.world import NOW, TABLE, TODAY, World, added_up, any_rows, day, quietly, row

NIGHT = timedelta(hours=1)


async def loaded(world: World, *days_ago: int) -> None:
    """A table of one request a day, in the mart; afterwards an hour has passed."""
    world.add_table(row(ago, float(ago + 1)) for ago in days_ago)
    await world.sync()
    world.forget_jobs()
    world.clock.now += NIGHT


async def test_a_changed_partition_is_read_once_and_no_other(world: World) -> None:
    await loaded(world, *range(5, 30))
    world.warehouse.replace_partition(TABLE, day(20), [row(20, 7.5), row(20, 1.25)])
    report = await world.sync()
    assert world.days_read() == [day(20)]
    assert (report.did.days_read, report.did.days_skipped) == (1, 24)
    assert world.in_the_mart()[day(20), "acme"] == (2, 0, Decimal("8.75"), Decimal("8.75"))


async def test_nothing_changed_asks_for_the_partitions_and_no_more(world: World) -> None:
    await loaded(world, *range(5, 30))
    report = await world.sync()
    assert len(world.jobs) == 1
    assert world.runs == []
    assert (report.did.days_read, report.did.days_skipped) == (0, 25)


async def test_a_restated_day_is_replaced_as_a_whole_and_its_difference_kept(world: World) -> None:
    await loaded(world, 0, 9)
    world.warehouse.replace_partition(
        TABLE, day(9), [row(9, 12.0, attributed_idle_cost=0.5), row(9, 3.0, cost_category="idle")]
    )
    report = await world.sync()
    (change,) = report.did.restated
    assert change.day == day(9)
    (one,) = world.mart.snapshot().restatements
    assert (one.day, one.at) == (day(9), NOW + NIGHT)
    assert (one.fully_loaded_before, one.fully_loaded_after) == (10, Decimal("12.5"))
    assert (one.infrastructure_before, one.infrastructure_after) == (10, 15)
    run = await world.store.sync_runs.latest("here")
    assert run is not None
    assert (run.outcome, run.days_restated) == ("done", 1)


async def test_late_attribution_within_the_lookback_is_found_though_no_metadata_tells(
    world: World,
) -> None:
    await loaded(world, *range(6))
    # What was written in the same instant as it was listed leaves no trace in the metadata.
    world.clock.now -= NIGHT
    world.warehouse.replace_partition(TABLE, day(2), [row(2, 3.0, attributed_idle_cost=0.75)])
    world.warehouse.replace_partition(TABLE, day(4), [row(4, 5.0, attributed_idle_cost=0.75)])
    world.clock.now += NIGHT
    await world.sync()
    assert world.days_read() == [day(3), day(2), day(1), TODAY]
    assert world.in_the_mart()[day(2), "acme"][3] == Decimal("3.75")
    assert world.in_the_mart()[day(4), "acme"][3] == 5
    await world.sync(SyncRequest(full=True))
    assert world.in_the_mart()[day(4), "acme"][3] == Decimal("5.75")


async def test_today_grows_and_is_not_restated_until_it_is_over(world: World) -> None:
    await loaded(world, 0, 1)
    world.warehouse.replace_partition(TABLE, TODAY, [row(0), row(0)])
    report = await world.sync()
    assert report.did.restated == []
    world.clock.now += timedelta(days=1)
    world.warehouse.replace_partition(TABLE, TODAY, [row(0), row(0), row(0)])
    assert (await world.sync()).did.restated == []
    world.clock.now += NIGHT
    world.warehouse.replace_partition(TABLE, TODAY, [row(0)])
    assert [one.day for one in (await world.sync()).did.restated] == [TODAY]


async def test_a_vanished_partition_empties_its_day(world: World) -> None:
    await loaded(world, *range(10))
    world.warehouse.replace_partition(TABLE, day(7), [])
    report = await world.sync()
    assert report.did.days_emptied == 1
    assert (day(7), "acme") not in world.in_the_mart()
    assert len(world.in_the_mart()) == 9
    (one,) = world.mart.snapshot().restatements
    assert (one.day, one.infrastructure_before, one.infrastructure_after) == (day(7), 8, 0)


async def test_a_table_without_any_partition_never_empties_the_mart(world: World) -> None:
    await loaded(world, *range(10))
    world.add_table([])
    with pytest.raises(NotFound, match=r"no partition with rows .* keeps its last good state"):
        await world.sync()
    with pytest.raises(NotFound):
        await world.sync(SyncRequest(full=True))
    assert len(world.in_the_mart()) == 10


async def test_most_of_a_table_does_not_vanish_unasked(world: World) -> None:
    await loaded(world, *range(20))
    world.add_table([row(0)])
    with pytest.raises(Refused, match="19 of the 20 days") as refusal:
        await world.sync()
    assert "--full" in refusal.value.hint
    assert len(world.in_the_mart()) == 20
    await world.sync(SyncRequest(full=True))
    assert list(world.in_the_mart()) == [(TODAY, "acme")]


async def test_another_mapping_reads_everything_again(world: World) -> None:
    await loaded(world, *range(5, 15))
    await world.handler({"org": "product"}).sync(SyncRequest(), quietly)
    assert len(world.days_read()) == 10
    assert costs(world.mart.snapshot(), "DISTINCT organization") == [("api",)]
    # The sums are what they were: nothing is restated.
    assert world.mart.snapshot().restatements == ()
    world.forget_jobs()
    await world.handler({"org": "product"}).sync(SyncRequest(), quietly)
    assert world.days_read() == []


async def test_days_that_are_named_are_read_and_no_others(world: World) -> None:
    await loaded(world, *range(10))
    world.warehouse.replace_partition(TABLE, day(9), [row(9, 99.0)])
    report = await world.sync(SyncRequest(days=(day(7), day(5))))
    assert world.days_read() == [day(7), day(6), day(5)]
    assert report.did.days_unchanged == 3
    # Only a look at everything says that everything is up to date.
    assert world.mart.snapshot().sources[Source.GPU].loaded_at == NOW


async def test_a_sync_that_finds_nothing_new_renews_the_age_of_the_data(world: World) -> None:
    await loaded(world, *range(5, 10))
    assert world.mart.snapshot().sources[Source.GPU].loaded_at == NOW
    await world.sync()
    (gpu,) = freshness_of(world.mart.snapshot(), world.clock.now, 26).sources
    assert gpu.loaded_at == NOW + NIGHT


async def test_any_change_ends_in_the_same_mart_as_a_first_load(world: World) -> None:
    rows = any_rows(range(8), each=20)
    world.add_table(rows)
    await world.sync()
    for ago in (0, 3, 6):
        world.clock.now += NIGHT
        rows = [one for one in rows if one["dt"] != day(ago)]
        news = any_rows([ago], each=15, seed=ago + 7)
        rows += news
        world.warehouse.replace_partition(TABLE, day(ago), news)
        await world.sync()
        assert world.in_the_mart() == added_up(rows)


async def test_the_backwards_and_the_future_are_refused(world: World) -> None:
    await loaded(world, 1)
    with pytest.raises(Refused, match="lies after"):
        await world.sync(SyncRequest(days=(day(1), day(2))))
    with pytest.raises(Refused, match="future"):
        await world.sync(SyncRequest(days=(day(-1), day(-1))))
