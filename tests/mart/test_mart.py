"""The mart: what is imported appears at once, adds up, and can be read while it is written."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from analysis.errors import Refused, Unavailable
from queries.dimensions import Dimension, Dimensions, Source
from queries.mart import Mart, Snapshot, WriterLimits
from tests.mart.rows import NOON, StoppedClock, load, request, stage

TODAY = NOON.date()
ALWAYS = (date(1970, 1, 1), date(2100, 1, 1))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def mart(tmp_path: Path, clock: StoppedClock) -> Mart:
    return Mart(tmp_path, Dimensions(), clock, limits=WriterLimits(wait=0.05))


def costs(snapshot: Snapshot, columns: str) -> list[tuple[object, ...]]:
    files = snapshot.files("costs", *ALWAYS)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(
            f"SELECT {columns} FROM read_parquet($files) ORDER BY ALL", {"files": files}
        ).fetchall()


def add_and_fail(mart: Mart) -> None:
    with mart.writer() as writer:
        writer.add(Source.USAGE, stage(writer.connection, [request("x")], mart.dimensions))
        writer.add(Source.USAGE, "there_is_no_such_table")


def files_of(mart: Mart) -> set[str]:
    return {str(path) for path in mart.folder.rglob("*.parquet")}


def test_a_mart_that_was_never_written_is_empty(mart: Mart) -> None:
    snapshot = mart.snapshot()
    assert snapshot.is_empty
    assert snapshot.version == 0
    assert snapshot.files("costs", *ALWAYS) == []
    assert snapshot.last_day is None
    assert not mart.folder.exists()


def test_an_import_appears_when_it_is_committed_and_not_before(mart: Mart) -> None:
    with mart.writer() as writer:
        writer.add(
            Source.USAGE, stage(writer.connection, [request("a", cost="1.25")], mart.dimensions)
        )
        assert mart.snapshot().is_empty
        writer.commit()
        assert mart.snapshot().version == 1
    assert costs(mart.snapshot(), "dt, requests, billed_cost") == [(TODAY, 1, Decimal("1.25"))]


def test_what_is_not_committed_is_gone(mart: Mart) -> None:
    load(mart, request("a"))
    before, version = files_of(mart), mart.snapshot().version
    with mart.writer() as writer:
        writer.add(Source.USAGE, stage(writer.connection, [request("b")], mart.dimensions))
        assert files_of(mart) > before
    assert files_of(mart) == before
    assert mart.snapshot().version == version


def test_an_import_that_fails_leaves_the_old_state_and_no_lock(mart: Mart) -> None:
    load(mart, request("a"))
    with pytest.raises(duckdb.CatalogException):
        add_and_fail(mart)
    load(mart, request("c"))
    assert mart.snapshot().sources[Source.USAGE].rows == 2


def test_an_import_without_rows_publishes_nothing(mart: Mart) -> None:
    load(mart, request("a"))
    load(mart)
    assert mart.snapshot().version == 1


def test_the_state_of_a_source_says_how_fresh_and_how_large_it_is(
    mart: Mart, clock: StoppedClock
) -> None:
    load(mart, request("a", NOON - timedelta(days=3), requests=7))
    clock.now = NOON + timedelta(hours=1)
    load(mart, request("b", NOON + timedelta(minutes=5)))
    state = mart.snapshot().sources[Source.USAGE]
    assert state.first_time == NOON - timedelta(days=3)
    assert state.last_time == NOON + timedelta(minutes=5)
    assert state.loaded_at == NOON + timedelta(hours=1)
    assert (state.rows, state.requests) == (2, 8)
    assert mart.snapshot().first_day == TODAY - timedelta(days=3)
    assert set(mart.snapshot().sources) == {Source.USAGE}


def test_recent_days_keep_their_hours_and_older_ones_do_not(mart: Mart) -> None:
    recent, old = NOON - timedelta(days=62), NOON - timedelta(days=63)
    load(
        mart,
        request("a", recent),
        request("b", recent + timedelta(hours=1)),
        request("c", old),
        request("d", old + timedelta(hours=1)),
    )
    midnight = datetime(2024, 10, 4, tzinfo=UTC)
    assert costs(mart.snapshot(), "dt, grain, charge_period_start, requests") == [
        (old.date(), "day", midnight, 2),
        (recent.date(), "hour", recent, 1),
        (recent.date(), "hour", recent + timedelta(hours=1), 1),
    ]


def test_time_turns_hours_into_days_and_loses_no_cent(mart: Mart, clock: StoppedClock) -> None:
    load(mart, request("a", cost="0.1"), request("b", NOON + timedelta(hours=2), cost="0.2"))
    assert mart.keep_up() == 0
    clock.now = NOON + timedelta(days=63)
    assert mart.keep_up() == 1
    assert costs(mart.snapshot(), "grain, requests, billed_cost") == [("day", 2, Decimal("0.3"))]
    assert mart.keep_up() == 0


def test_a_day_that_gets_more_requests_is_rolled_up_anew_into_one_file(mart: Mart) -> None:
    load(mart, request("a", cost="1"))
    load(mart, request("b", cost="2"))
    snapshot = mart.snapshot()
    assert len(snapshot.files("requests", *ALWAYS)) == 2
    assert len(snapshot.files("costs", *ALWAYS)) == 1
    assert costs(snapshot, "requests, billed_cost") == [(2, Decimal(3))]


def test_a_day_untouched_by_an_import_keeps_its_file(mart: Mart) -> None:
    load(mart, request("a", NOON - timedelta(days=1)))
    before = mart.snapshot().files("costs", *ALWAYS)
    load(mart, request("b"))
    assert mart.snapshot().files("costs", *ALWAYS)[:1] == before


def test_unpriced_requests_are_counted_and_never_cost_zero(mart: Mart) -> None:
    load(
        mart,
        request("a", cost=None, model="aurora", requests=3, unpriced_requests=3),
        request("b", cost="2"),
    )
    assert costs(mart.snapshot(), "model, billed_cost, unpriced_requests") == [
        ("aurora", None, 3),
        ("gpt-4", Decimal(2), 0),
    ]


def test_money_is_exact_to_fifteen_digits(mart: Mart) -> None:
    load(mart, *(request(str(i), cost="0.000000000000001") for i in range(3)))
    assert costs(mart.snapshot(), "billed_cost") == [(Decimal("0.000000000000003"),)]


def test_known_keys_hold_every_request_of_the_source_even_uncommitted(mart: Mart) -> None:
    load(mart, request("a", NOON - timedelta(days=5)))
    with mart.writer() as writer:
        stage(writer.connection, [request("b"), request("a"), request("c")], mart.dimensions)

        def fresh() -> list[object]:
            rows = writer.connection.execute(
                "SELECT request_id FROM incoming "
                f"ANTI JOIN ({writer.known_keys_sql(Source.USAGE)}) USING (request_key) ORDER BY 1"
            ).fetchall()
            return [row[0] for row in rows]

        assert fresh() == ["b", "c"]
        writer.connection.execute(
            "CREATE TEMP TABLE one AS SELECT * FROM incoming WHERE request_id = 'b'"
        )
        writer.add(Source.USAGE, "one")
        assert fresh() == ["c"]
        known = writer.known_keys_sql(Source.GPU)
        assert writer.connection.execute(f"SELECT COUNT(*) FROM ({known})").fetchall() == [(0,)]


def test_known_requests_give_other_columns_too(mart: Mart) -> None:
    load(mart, request("a", cost="1.5"))
    with mart.writer() as writer:
        sql = writer.known_requests_sql(Source.USAGE, ("request_id", "billed_cost"))
        assert writer.connection.execute(sql).fetchall() == [("a", Decimal("1.5"))]


@pytest.mark.parametrize(
    "wrong",
    [
        {"request_key": None},
        {"time": None},
        {"cost_category": None},
        {"dt": TODAY - timedelta(days=1)},
        {"dt": None},
    ],
)
def test_a_row_that_could_not_be_found_again_is_refused(
    mart: Mart, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"lack|UTC day"):
        load(mart, request("a") | wrong)
    assert mart.snapshot().is_empty


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


def test_the_manifest_is_read_again_only_when_it_has_changed(
    tmp_path: Path, mart: Mart, clock: StoppedClock
) -> None:
    load(mart, request("a"))
    first = mart.snapshot()
    assert mart.snapshot() is first
    load(Mart(tmp_path, Dimensions(), clock), request("b"))
    assert mart.snapshot().version == first.version + 1


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


def test_progress_is_told_up_to_the_end(mart: Mart) -> None:
    told: list[float] = []
    with mart.writer() as writer:
        rows = [request(str(i), NOON - timedelta(days=i)) for i in range(130)]
        relation = stage(writer.connection, rows, mart.dimensions)
        writer.add(Source.USAGE, relation, on_progress=told.append)
        assert told[-1] == 1
        told.clear()
        writer.commit(on_progress=told.append)
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == 1
    assert len(mart.snapshot().files("costs", *ALWAYS)) == 130


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
