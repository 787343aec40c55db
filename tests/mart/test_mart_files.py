"""The mart's files: one rollup a day whatever changes, readable while others are written."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import Refused, Unavailable
from queries.dimensions import Dimension, Dimensions, Source
from queries.mart import Mart
from tests.mart.rows import ALWAYS, NOON, StoppedClock, costs, files_of, load, request, stage

TODAY = NOON.date()


def test_many_files_of_a_day_become_one(mart: Mart) -> None:
    for i in range(17):
        load(mart, request(str(i)))
    snapshot = mart.snapshot()
    assert len(snapshot.files("requests", *ALWAYS)) == 1
    assert snapshot.sources[Source.USAGE].rows == 17
    with mart.writer() as writer:
        keys = writer.known_keys_sql(Source.USAGE)
        assert writer.connection.execute(
            f"SELECT COUNT(DISTINCT request_key) FROM ({keys})"
        ).fetchall() == [(17,)]


def test_files_are_chosen_by_day_and_source(mart: Mart) -> None:
    load(mart, request("a"), request("b", NOON - timedelta(days=1)))
    load(mart, request("c", source="gpu"), source=Source.GPU)
    snapshot = mart.snapshot()
    assert len(snapshot.files("costs", TODAY, TODAY)) == 2
    assert len(snapshot.files("costs", TODAY, TODAY, sources={Source.GPU})) == 1
    assert len(snapshot.files("costs", TODAY - timedelta(days=1), TODAY)) == 3
    assert snapshot.files("costs", TODAY + timedelta(days=1), TODAY + timedelta(days=9)) == []
    assert snapshot.grain(Source.USAGE, TODAY) == "hour"
    assert snapshot.grain(Source.GPU, TODAY - timedelta(days=1)) is None


def test_a_new_dimension_is_filled_from_the_tags_of_old_requests(
    tmp_path: Path, mart: Mart, clock: StoppedClock
) -> None:
    load(mart, request("a", tags='{"squad/eu": "search"}'), request("b"))
    squad = Dimension("squad", "squad", frozenset(Source), "", "squads", tag="squad/eu")
    gpu = Dimension("gpu", "gpu_type", frozenset(Source), "", "gpus", import_column="gpu")
    later = Mart(tmp_path, Dimensions([squad, gpu]), clock)
    assert later.keep_up() == 1
    load(later, request("c", NOON - timedelta(days=1), squad="ads", gpu_type="h100"))
    assert costs(later.snapshot(), "squad, gpu_type, requests") == [
        ("ads", "h100", 1),
        ("search", None, 1),
        (None, None, 1),
    ]


def test_a_dimension_that_is_dropped_and_taken_back_keeps_its_values(
    tmp_path: Path, clock: StoppedClock
) -> None:
    gpu = Dimension("gpu", "gpu_type", frozenset(Source), "", "gpus", import_column="gpu")
    wide, narrow = (Mart(tmp_path, Dimensions(own), clock) for own in ([gpu], []))
    load(wide, request("a", gpu_type="h100"))
    load(narrow, request("b"))
    assert wide.keep_up() == 1
    assert costs(wide.snapshot(), "gpu_type, requests") == [("h100", 1), (None, 1)]


def test_rebuilding_changes_the_files_and_not_the_figures(mart: Mart) -> None:
    load(mart, request("a", cost="3"), request("b", NOON - timedelta(days=100), cost="4"))
    before = mart.snapshot()
    with mart.writer() as writer:
        assert writer.rebuild() == 2
        writer.commit()
    after = mart.snapshot()
    assert not set(before.files("costs", *ALWAYS)) & set(after.files("costs", *ALWAYS))
    assert costs(before, "dt, grain, billed_cost") == costs(after, "dt, grain, billed_cost")


def test_two_writers_at_once_are_refused_with_what_to_do(mart: Mart) -> None:
    with (
        mart.writer(),
        pytest.raises(Refused, match="Wait until it has finished"),
        mart.writer(),
    ):
        pass
    load(mart, request("a"))


def test_an_old_snapshot_can_be_read_until_the_grace_is_over(
    mart: Mart, clock: StoppedClock
) -> None:
    load(mart, request("a", cost="1"))
    old = mart.snapshot()
    load(mart, request("b", cost="2"))
    clock.now += timedelta(minutes=14)
    load(mart, request("c", NOON - timedelta(days=1)))
    assert costs(old, "billed_cost") == [(Decimal(1),)]
    clock.now += timedelta(minutes=2)
    load(mart, request("d", NOON - timedelta(days=2)))
    assert not any(Path(name).exists() for name in old.files("costs", *ALWAYS))
    assert files_of(mart) == {
        name
        for relation in ("requests", "costs")
        for name in mart.snapshot().files(relation, *ALWAYS)
    }


def test_leftovers_of_a_crash_are_collected_after_the_grace(
    mart: Mart, clock: StoppedClock
) -> None:
    load(mart, request("a"))
    clock.now = datetime.now(UTC)
    leftover = mart.folder / "requests" / "usage" / "dt=2024-12-01" / "left.parquet"
    spilled = mart.folder / "tmp" / "duckdb_temp_storage.tmp"
    for path in (leftover, spilled):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    load(mart)
    assert leftover.exists()
    long_ago = (clock.now - timedelta(minutes=16)).timestamp()
    for path in (leftover, spilled):
        os.utime(path, (long_ago, long_ago))
    load(mart)
    assert not leftover.exists()
    assert not spilled.exists()


def test_a_damaged_manifest_is_said_and_not_taken_for_an_empty_mart(mart: Mart) -> None:
    load(mart, request("a"))
    manifest = mart.folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    with pytest.raises(Unavailable, match="import the files again"):
        mart.snapshot()


def test_compacting_files_of_several_times_loses_no_dimension(
    tmp_path: Path, mart: Mart, clock: StoppedClock
) -> None:
    for i in range(9):
        load(mart, request(f"old {i}", tags='{"squad": "search"}'))
    squad = Dimension("squad", "squad", frozenset(Source), "", "squads", tag="squad")
    later = Mart(tmp_path, Dimensions([squad]), clock)
    for i in range(9):
        load(later, request(f"new {i}", squad="ads"))
    assert len(later.snapshot().files("requests", *ALWAYS)) < 9
    load(later, request("last", squad="ads"))
    assert costs(later.snapshot(), "squad, requests") == [("ads", 10), ("search", 9)]


def test_large_and_small_days_are_rolled_up_alike(tmp_path: Path, clock: StoppedClock) -> None:
    mart = Mart(tmp_path, Dimensions(), clock)
    with mart.writer() as writer:
        stage(writer.connection, [request("a", cost="0.5")], mart.dimensions)
        writer.connection.execute(
            "CREATE TEMP TABLE many AS SELECT * REPLACE ("
            "uuid() AS request_key, dt - (i % 3)::INT AS dt, "
            "time - to_days((i % 3)::INT) AS time) "
            "FROM incoming, range(30000) AS r(i) WHERE i % 3 < 2 OR i < 90"
        )
        writer.connection.execute("ALTER TABLE many DROP i")
        writer.add(Source.USAGE, "many")
        writer.commit()
    assert costs(mart.snapshot(), "dt, requests, billed_cost") == [
        (TODAY - timedelta(days=2), 30, Decimal(15)),
        (TODAY - timedelta(days=1), 10_000, Decimal(5_000)),
        (TODAY, 10_000, Decimal(5_000)),
    ]


def test_every_cursor_reckons_in_utc_wherever_the_machine_stands() -> None:
    script = (
        "from queries.duck import connect\n"
        "cursor = connect(threads=1, memory='100MB').cursor()\n"
        "print(cursor.execute(\"SELECT TIMESTAMPTZ '2024-12-01 01:00:00+00'::DATE\").fetchall())"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"TZ": "America/New_York"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert told.stdout == "[(datetime.date(2024, 12, 1),)]\n"
