"""The mart: what is imported appears at once, adds up, and can be read while it is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from tests.mart.rows import ALWAYS, NOON, StoppedClock, costs, files_of, load, request, stage

TODAY = NOON.date()


def add_and_fail(mart: Mart) -> None:
    with mart.writer() as writer:
        writer.add(Source.USAGE, stage(writer.connection, [request("x")], mart.dimensions))
        writer.add(Source.USAGE, "there_is_no_such_table")


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


def test_the_manifest_is_read_again_only_when_it_has_changed(
    tmp_path: Path, mart: Mart, clock: StoppedClock
) -> None:
    load(mart, request("a"))
    first = mart.snapshot()
    assert mart.snapshot() is first
    load(Mart(tmp_path, Dimensions(), clock), request("b"))
    assert mart.snapshot().version == first.version + 1


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
