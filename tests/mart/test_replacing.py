"""Replacing days: what was read again takes the place of all that a day had."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from queries.dimensions import Source
from queries.mart import Mart
from queries.mart.manifest import PartitionState
from queries.mart.restatement import DayReplacement
from tests.mart.rows import ALWAYS, NOON, Row, StoppedClock, costs, files_of, load, request, stage

TODAY = NOON.date()
YESTERDAY = NOON - timedelta(days=1)
BEFORE = NOON - timedelta(days=2)
END_OF_YESTERDAY = datetime(2024, 12, 5, 23, 59, 59, 999999, tzinfo=UTC)


def partition(
    rows: int = 1, read_at: datetime = NOON, until: datetime | None = None
) -> PartitionState:
    return PartitionState(
        modified=read_at, rows=rows, mapping="as it is", read_at=read_at, until=until
    )


def replace_days(
    mart: Mart, days: dict[date, PartitionState | None], *rows: Row
) -> list[DayReplacement]:
    with mart.writer() as writer:
        relation = stage(writer.connection, rows, mart.dimensions)
        changes = writer.replace_days(Source.GPU, relation, days)
        writer.commit()
    return changes


def gpu(name: str, time: datetime = NOON, cost: str | None = "1", **others: object) -> Row:
    return request(name, time, cost, source="gpu", **others)


def day_costs(mart: Mart) -> list[tuple[object, ...]]:
    return costs(mart.snapshot(), "dt, requests, billed_cost")


def test_a_replaced_day_has_the_new_rows_and_only_these(mart: Mart) -> None:
    load(mart, gpu("a", cost="1"), gpu("b", YESTERDAY, cost="2"), source=Source.GPU)
    load(mart, gpu("c", cost="4"), source=Source.GPU)
    replace_days(mart, {TODAY: partition()}, gpu("d", cost="8", requests=5))
    assert day_costs(mart) == [(YESTERDAY.date(), 1, 2), (TODAY, 5, 8)]
    state = mart.snapshot().sources[Source.GPU]
    assert (state.rows, state.requests) == (2, 6)
    assert mart.snapshot().origins(Source.GPU) == {YESTERDAY.date(): "files", TODAY: "bigquery"}
    assert mart.snapshot().partitions(Source.GPU) == {TODAY: partition()}


def test_the_other_source_is_not_touched(mart: Mart) -> None:
    load(mart, request("a"))
    replace_days(mart, {TODAY: partition()}, gpu("b"))
    assert mart.snapshot().sources[Source.USAGE].requests == 1
    assert len(mart.snapshot().files("costs", *ALWAYS)) == 2


def test_a_day_that_becomes_empty_vanishes_and_the_ends_move(mart: Mart) -> None:
    load(mart, gpu("a"), gpu("b", YESTERDAY), gpu("c", BEFORE), source=Source.GPU)
    (change,) = replace_days(mart, {TODAY: None})
    assert (change.before is not None, change.after, change.changed) == (True, None, True)
    state = mart.snapshot().sources[Source.GPU]
    assert (state.first_time, state.last_time) == (BEFORE, YESTERDAY)
    assert (state.rows, state.requests) == (2, 2)
    assert mart.snapshot().last_day == YESTERDAY.date()


def test_a_source_whose_last_day_becomes_empty_is_no_more(mart: Mart) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a"))
    replace_days(mart, {TODAY: None})
    assert mart.snapshot().is_empty
    assert mart.snapshot().version == 2


def test_a_new_earlier_day_moves_the_beginning(mart: Mart) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a"))
    replace_days(mart, {BEFORE.date(): partition()}, gpu("b", BEFORE))
    state = mart.snapshot().sources[Source.GPU]
    assert (state.first_time, state.last_time, state.requests) == (BEFORE, NOON, 2)


def test_a_complete_day_whose_rows_tell_only_the_day_reaches_to_its_end(mart: Mart) -> None:
    until = partition(until=END_OF_YESTERDAY)
    midnight = END_OF_YESTERDAY.replace(hour=0, minute=0, second=0, microsecond=0)
    replace_days(mart, {YESTERDAY.date(): until}, gpu("a", midnight))
    assert mart.snapshot().sources[Source.GPU].last_time == END_OF_YESTERDAY


def test_a_day_that_is_read_again_unchanged_keeps_its_files(mart: Mart) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a"), gpu("b", cost=None))
    before = files_of(mart)
    later = partition(read_at=NOON + timedelta(hours=1))
    (change,) = replace_days(mart, {TODAY: later}, gpu("b", cost=None), gpu("a"))
    assert not change.changed
    assert files_of(mart) == before
    assert mart.snapshot().partitions(Source.GPU) == {TODAY: later}
    assert mart.snapshot().sources[Source.GPU].rows == 2


def test_rows_that_add_up_alike_but_are_divided_otherwise_replace_and_do_not_restate(
    mart: Mart, clock: StoppedClock
) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a", organization="acme"))
    clock.now = NOON + timedelta(days=1)
    (change,) = replace_days(mart, {TODAY: partition()}, gpu("a", organization="other"))
    assert (change.changed, change.restated) == (True, False)
    assert costs(mart.snapshot(), "organization") == [("other",)]
    assert mart.snapshot().restatements == ()


def test_a_day_that_was_over_and_changes_is_restated_with_its_difference(
    mart: Mart, clock: StoppedClock
) -> None:
    rows = (
        gpu("a", YESTERDAY, cost="10", attributed_idle_cost=Decimal("0.5")),
        gpu("b", YESTERDAY, cost="4", cost_category="idle", requests=0),
    )
    replace_days(mart, {YESTERDAY.date(): partition(2)}, *rows)
    clock.now = NOON + timedelta(hours=3)
    late = gpu("c", YESTERDAY, cost="1.25", attributed_overhead_cost=Decimal("0.000000000000001"))
    replace_days(mart, {YESTERDAY.date(): partition(3)}, *rows, late)
    (one,) = mart.snapshot().restatements
    assert (one.source, one.day, one.at) == (Source.GPU, YESTERDAY.date(), clock.now)
    assert (one.requests_before, one.requests_after) == (1, 2)
    assert (one.fully_loaded_before, one.fully_loaded_after) == (
        Decimal("10.5"),
        Decimal("11.750000000000001"),
    )
    assert (one.infrastructure_before, one.infrastructure_after) == (14, Decimal("15.25"))
    assert one.infrastructure_change == Decimal("1.25")


def test_a_restated_day_that_becomes_empty_lost_all_it_had(mart: Mart) -> None:
    replace_days(mart, {YESTERDAY.date(): partition()}, gpu("a", YESTERDAY, cost="7"))
    replace_days(mart, {YESTERDAY.date(): None})
    (one,) = mart.snapshot().restatements
    assert (one.requests_after, one.fully_loaded_after, one.infrastructure_change) == (0, 0, -7)


def test_a_day_that_was_not_over_when_it_was_read_grows_and_is_not_restated(
    mart: Mart, clock: StoppedClock
) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a"))
    clock.now = NOON + timedelta(days=1)
    (change,) = replace_days(mart, {TODAY: partition(2, clock.now)}, gpu("a"), gpu("b"))
    assert (change.changed, change.restated) == (True, False)
    (change,) = replace_days(mart, {TODAY: partition(3, clock.now)}, gpu("a"))
    assert change.restated


def test_restatements_are_kept_for_ninety_days(mart: Mart, clock: StoppedClock) -> None:
    for cost in ("1", "2"):
        replace_days(mart, {BEFORE.date(): partition()}, gpu("a", BEFORE, cost=cost))
    clock.now = NOON + timedelta(days=91)
    for cost in ("1", "3"):
        replace_days(mart, {YESTERDAY.date(): partition()}, gpu("b", YESTERDAY, cost=cost))
    assert [one.infrastructure_after for one in mart.snapshot().restatements] == [3]


def test_rows_outside_of_the_days_are_refused_and_nothing_changes(mart: Mart) -> None:
    load(mart, gpu("a"), source=Source.GPU)
    before = files_of(mart)
    with pytest.raises(ValueError, match="not of the days"):
        replace_days(mart, {YESTERDAY.date(): partition()}, gpu("b"))
    assert files_of(mart) == before
    assert day_costs(mart) == [(TODAY, 1, 1)]


def test_nothing_is_added_to_a_day_that_comes_from_the_warehouse(mart: Mart) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a"))
    with pytest.raises(ValueError, match="comes from bigquery"):
        load(mart, gpu("b"), source=Source.GPU)
    load(mart, gpu("c", YESTERDAY), source=Source.GPU)
    assert day_costs(mart) == [(YESTERDAY.date(), 1, 1), (TODAY, 1, 1)]


def test_a_source_that_was_found_up_to_date_says_since_when(
    mart: Mart, clock: StoppedClock
) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a"))
    clock.now = NOON + timedelta(hours=5)
    before = files_of(mart)
    with mart.writer() as writer:
        writer.checked(Source.GPU, clock.now)
        writer.commit()
    assert mart.snapshot().sources[Source.GPU].loaded_at == clock.now
    assert files_of(mart) == before
    with mart.writer() as writer:
        writer.checked(Source.GPU, NOON)
        writer.commit()
    assert mart.snapshot().sources[Source.GPU].loaded_at == clock.now


def test_replacing_does_not_say_that_all_of_the_source_was_looked_at(
    mart: Mart, clock: StoppedClock
) -> None:
    replace_days(mart, {TODAY: partition()}, gpu("a"))
    clock.now = NOON + timedelta(hours=5)
    replace_days(mart, {TODAY: partition()}, gpu("b", cost="2"))
    assert mart.snapshot().sources[Source.GPU].loaded_at == NOON


def test_a_manifest_that_knows_no_origins_is_read_as_one_of_files(mart: Mart) -> None:
    load(mart, gpu("a"), source=Source.GPU)
    path = mart.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["restatements"]
    for day in manifest["sources"]["gpu"]["days"].values():
        del day["origin"], day["partition"]
    path.write_text(json.dumps(manifest))
    assert mart.snapshot().origins(Source.GPU) == {TODAY: "files"}
    assert mart.snapshot().partitions(Source.GPU) == {}
    replace_days(mart, {TODAY: partition()}, gpu("b", cost="3"))
    assert day_costs(mart) == [(TODAY, 1, 3)]
