"""The plan: every day that may have changed is read, each by one query, and nothing is wiped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotFound, Refused
from queries.bigquery.partitions import Partition
from queries.mart.manifest import PartitionState
from queries.request_table import RequestTable
from queries.sync.plan import (
    MOST_DAYS_A_QUERY,
    SMALL_BYTES,
    Known,
    PlannedDay,
    Reason,
    SyncPlan,
    Wanted,
    batches,
    chunks,
    complete_until,
    mapping_of,
    plan_sync,
    wanted_days,
)

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
USUAL = wanted_days(TODAY, 3, 400)
NOTHING = Known({}, {})


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def listed(days: int, rows: int = 10, size: int = 1_000, modified: datetime = NOON) -> Partition:
    return Partition(ago(days), rows, size, modified)


def known(*days: int, mapping: str = "m") -> Known:
    states = {
        ago(day): PartitionState(modified=NOON, rows=10, mapping=mapping, read_at=NOON)
        for day in days
    }
    return Known(states, dict.fromkeys(states, "bigquery"))


def plan(
    partitions: list[Partition], there: Known = NOTHING, wanted: Wanted = USUAL, mapping: str = "m"
) -> SyncPlan:
    return plan_sync("table", partitions, there, wanted, mapping)


def reasons(found: SyncPlan) -> dict[date, Reason]:
    return {one.day: one.reason for one in found.read}


def test_new_days_are_read_the_newest_first() -> None:
    found = plan([listed(9), listed(5), listed(7)])
    assert [one.day for one in found.read] == [ago(5), ago(7), ago(9)]
    assert set(reasons(found).values()) == {Reason.NEW}


def test_a_day_is_read_again_when_it_changed_or_lies_within_the_lookback() -> None:
    there = known(2, 3, 4, 5, 6, 7)
    partitions = [
        *(listed(day) for day in (2, 3, 4, 7)),
        listed(5, rows=11),
        listed(6, modified=NOON + timedelta(seconds=1)),
    ]
    found = plan(partitions, there)
    assert reasons(found) == {
        ago(2): Reason.LOOKBACK,
        ago(3): Reason.LOOKBACK,
        ago(5): Reason.CHANGED,
        ago(6): Reason.CHANGED,
    }
    assert set(found.skipped) == {ago(4), ago(7)}


def test_another_mapping_reads_every_day() -> None:
    found = plan([listed(8), listed(9)], known(8, 9, mapping="older"))
    assert set(reasons(found).values()) == {Reason.MAPPING}


def test_whatever_is_asked_for_is_read_and_nothing_else() -> None:
    wanted = Wanted(ago(9), ago(8), ago(9), all=True)
    found = plan([listed(7), listed(8), listed(9), listed(10)], known(7, 8, 9, 10), wanted)
    assert reasons(found) == {ago(9): Reason.ASKED, ago(8): Reason.ASKED}
    assert found.skipped == ()


def test_days_from_files_are_told() -> None:
    there = Known({}, {ago(5): "files", ago(6): "files"})
    found = plan([listed(5)], there)
    assert (reasons(found), found.from_files) == ({ago(5): Reason.FILES}, (ago(5),))
    assert found.emptied == ()


def test_a_partition_that_is_gone_or_without_rows_empties_its_day() -> None:
    found = plan([listed(5), listed(6, rows=0)], known(5, 6, 7))
    assert found.emptied == (ago(7), ago(6))


@pytest.mark.parametrize("partitions", [[], [listed(5, rows=0)]])
@pytest.mark.parametrize("asked", [True, False])
def test_an_empty_listing_empties_nothing(partitions: list[Partition], asked: bool) -> None:
    with pytest.raises(NotFound, match="nothing was changed"):
        plan(partitions, known(5), replace(USUAL, all=asked))


def test_half_of_the_days_do_not_vanish_unasked() -> None:
    there = known(*range(5, 25))
    assert len(plan([listed(day) for day in range(15, 25)], there).emptied) == 10
    with pytest.raises(Refused, match="11 of the 20 days"):
        plan([listed(day) for day in range(16, 25)], there)
    full = plan([listed(5)], there, replace(USUAL, all=True))
    assert len(full.emptied) == 19


def test_the_mapping_tells_tables_and_columns_apart() -> None:
    tables = [
        RequestTable("a.b.c"),
        RequestTable("a.b.d"),
        RequestTable("a.b.c", {"org": "org_name"}),
        RequestTable("a.b.c", {"time": "started"}),
    ]
    assert len({mapping_of(table) for table in tables}) == 4
    assert mapping_of(RequestTable("a.b.c", {"org": "org"})) == mapping_of(RequestTable("a.b.c"))


def test_a_partition_written_after_its_day_reaches_to_its_end() -> None:
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    assert complete_until(Partition(ago(1), 1, 1, midnight)) == midnight - timedelta(microseconds=1)
    assert complete_until(Partition(ago(1), 1, 1, midnight - timedelta(seconds=1))) is None


@st.composite
def planned(draw: st.DrawFn) -> list[PlannedDay]:
    days = draw(st.sets(st.integers(0, 80), max_size=50))
    sizes = st.sampled_from([0, 1_000, SMALL_BYTES // 3, SMALL_BYTES, 10 * SMALL_BYTES])
    rows = st.integers(1, 3_000_000)
    return [PlannedDay(listed(day, draw(rows), draw(sizes)), Reason.NEW) for day in sorted(days)]


@given(planned())
def test_every_day_is_in_one_query_without_gaps_and_large_ones_are_alone(
    days: list[PlannedDay],
) -> None:
    found = batches(days)
    assert [one for batch in found for one in reversed(batch.days)] == days
    for batch in found:
        between = [one.day for one in batch.days]
        assert between == [batch.first_day + timedelta(days=n) for n in range(len(between))]
        assert len(between) <= MOST_DAYS_A_QUERY
        assert len(between) == 1 or sum(one.partition.bytes for one in batch.days) <= SMALL_BYTES


@given(planned())
def test_chunks_keep_the_queries_in_order(days: list[PlannedDay]) -> None:
    found = batches(days)
    assert [batch for chunk in chunks(found) for batch in chunk] == found
    assert all(chunks(found))
