from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import BadInput
from queries.sample.generate import SampleFiles
from tests.sample.rows import UNTIL, make, opened


def money(value: object) -> Decimal:
    assert isinstance(value, Decimal)
    return value


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return make(tmp_path_factory.mktemp("sample"))


def test_the_same_options_give_the_same_rows(files: SampleFiles, tmp_path: Path) -> None:
    with opened(files) as first, opened(make(tmp_path)) as second:
        assert first.all_rows("gpu") == second.all_rows("gpu")
        assert first.all_rows("usage") == second.all_rows("usage")


def test_another_seed_gives_other_rows(files: SampleFiles, tmp_path: Path) -> None:
    with opened(files) as first, opened(make(tmp_path, seed=8)) as second:
        assert first.all_rows("gpu") != second.all_rows("gpu")
        assert first.all_rows("usage") != second.all_rows("usage")


@pytest.mark.parametrize("pause", [timedelta(minutes=7), timedelta(hours=31, minutes=20)])
def test_extending_gives_what_generating_at_once_gives(
    files: SampleFiles, tmp_path: Path, pause: timedelta
) -> None:
    later = UNTIL + pause
    more = make(tmp_path / "more", until=later, known=files.truth, since=files.truth.until)
    at_once = make(tmp_path / "once", until=later, known=files.truth)
    inside = f"time >= TIMESTAMPTZ '{(UNTIL + pause).date() - timedelta(days=12)} 00:00:00+00'"
    with opened(files, more) as grown, opened(at_once) as whole:
        assert grown.all_rows("gpu", inside) == whole.all_rows("gpu")
        assert grown.all_rows("usage", inside) == whole.all_rows("usage")


def test_an_hour_has_the_same_rows_in_a_longer_sample(files: SampleFiles, tmp_path: Path) -> None:
    longer = make(tmp_path, days=16, known=files.truth)
    inside = f"time >= TIMESTAMPTZ '{files.truth.first.isoformat()}'"
    with opened(files) as short, opened(longer) as long:
        assert long.all_rows("gpu", inside) == short.all_rows("gpu")
        assert long.all_rows("usage", inside) == short.all_rows("usage")


def test_several_files_hold_the_same_rows_as_one(files: SampleFiles, tmp_path: Path) -> None:
    parts = make(tmp_path, chunk_days=1)
    assert len(parts.gpu) == len(parts.usage) == 5
    with opened(files) as whole, opened(parts) as pieces:
        assert whole.all_rows("gpu") == pieces.all_rows("gpu")
        assert whole.all_rows("usage") == pieces.all_rows("usage")
    assert (parts.gpu_rows, parts.usage_rows) == (files.gpu_rows, files.usage_rows)


def test_every_row_has_a_request_id_of_its_own(files: SampleFiles) -> None:
    with opened(files) as rows:
        for relation in ("gpu", "usage"):
            ((ids, count),) = rows.ask(
                f"SELECT count(DISTINCT request_id), count(*) FROM {relation}"
            )
            assert ids == count


def test_no_row_lies_at_or_after_the_present_instant(files: SampleFiles) -> None:
    with opened(files) as rows:
        for relation in ("gpu", "usage"):
            ((first, last),) = rows.ask(f"SELECT min(time), max(time) FROM {relation}")
            assert isinstance(first, datetime)
            assert isinstance(last, datetime)
            assert UNTIL - timedelta(minutes=20) < last < UNTIL
            assert datetime(2026, 11, 6, tzinfo=UTC) <= first < datetime(2026, 11, 6, 1, tzinfo=UTC)


def test_the_files_grow_without_overlapping(files: SampleFiles, tmp_path: Path) -> None:
    later = UNTIL + timedelta(minutes=7)
    more = make(tmp_path, scale=1, until=later, known=files.truth, since=UNTIL)
    with opened(more) as rows:
        ((first,),) = rows.ask("SELECT min(time) FROM (FROM gpu UNION ALL BY NAME FROM usage)")
        assert isinstance(first, datetime)
        assert UNTIL <= first < later


def test_files_that_new_ones_repeat_are_removed(tmp_path: Path) -> None:
    first = make(tmp_path, days=2, chunk_days=1)
    later = UNTIL + timedelta(hours=1)
    grown = make(tmp_path, days=2, until=later, known=first.truth, since=UNTIL)
    assert set(tmp_path.glob("*.parquet")) == {*first.gpu, *first.usage, *grown.gpu, *grown.usage}
    again = make(tmp_path, days=2, until=later, known=grown.truth)
    assert set(tmp_path.glob("*.parquet")) == {*again.gpu, *again.usage}


def test_the_costs_of_the_pools_reconcile_in_every_hour(files: SampleFiles) -> None:
    """Facts A2: what is attributed never exceeds what there is, and nothing else carries shares."""
    with opened(files) as rows:
        hours = rows.ask("""
            SELECT
                coalesce(sum(row_cost) FILTER (cost_category = 'idle'), 0)
                    - coalesce(sum(attributed_idle_cost), 0) AS idle_left,
                coalesce(sum(row_cost) FILTER (cost_category = 'overhead'), 0)
                    - coalesce(sum(attributed_overhead_cost), 0) AS overhead_left
            FROM gpu GROUP BY date_trunc('hour', time), model
        """)
        assert len(hours) > 12 * 24 * 2
        assert all(isinstance(left, Decimal) and left >= 0 for hour in hours for left in hour)
        (sums,) = rows.ask("""
            SELECT
                sum(row_cost),
                sum(row_cost + attributed_idle_cost + attributed_overhead_cost)
                    FILTER (cost_category = 'inference'),
                sum(row_cost) FILTER (cost_category = 'unused'),
                sum(row_cost) FILTER (cost_category = 'idle'),
                sum(attributed_idle_cost),
                sum(row_cost) FILTER (cost_category = 'overhead'),
                sum(attributed_overhead_cost)
            FROM gpu
        """)
        whole, loaded, unused, idle, idle_shares, overhead, overhead_shares = map(money, sums)
        assert whole == loaded + unused + (idle - idle_shares) + (overhead - overhead_shares)
        assert 0 < idle_shares < idle
        assert rows.ask("""
            SELECT count(*) FROM gpu WHERE cost_category <> 'inference'
            AND (attributed_idle_cost IS NOT NULL OR attributed_overhead_cost IS NOT NULL)
        """) == [(0,)]


def test_a_row_costs_its_gpu_seconds_at_the_rate_of_its_billing_type(files: SampleFiles) -> None:
    with opened(files) as rows:
        ((worst,),) = rows.ask("""
            SELECT max(abs(row_cost - gpu_seconds / 3600 * CASE billing_type
                WHEN 'reserved' THEN 2.10 WHEN 'on_demand' THEN 3.40 WHEN 'spot' THEN 1.25 END))
            FROM gpu WHERE cost_category = 'inference'
        """)
        assert isinstance(worst, float)
        assert worst <= 0.000_000_51


def test_token_classes_fit_into_what_their_provider_reports(files: SampleFiles) -> None:
    with opened(files) as rows:
        assert rows.ask("""
            SELECT count(*) FROM usage WHERE
            least(input_tokens, output_tokens, cached_input_tokens, cache_write_tokens,
                reasoning_tokens, latency_ms) < 0
            OR requests < 1
            OR (provider <> 'anthropic' AND cached_input_tokens + cache_write_tokens > input_tokens)
            OR (provider <> 'google' AND reasoning_tokens > output_tokens)
        """) == [(0,)]
        ((cached, written, reasoned, batched, unpriced, failed),) = rows.ask("""
            SELECT
                count(*) FILTER (cached_input_tokens > 0),
                count(*) FILTER (cache_write_tokens > 0),
                count(*) FILTER (reasoning_tokens > 0),
                count(*) FILTER (batch),
                count(*) FILTER (model = 'aurora-7b-internal'),
                count(*) FILTER (status >= 400)
            FROM usage
        """)
        assert all((cached, written, reasoned, batched, unpriced, failed))


def test_some_traffic_is_internal_and_some_unknown(files: SampleFiles) -> None:
    with opened(files) as rows:
        origins = rows.ask("SELECT DISTINCT is_lt_team FROM gpu WHERE cost_category = 'inference'")
        assert set(origins) == {(True,), (False,), (None,)}
        assert rows.ask("SELECT DISTINCT org FROM gpu WHERE is_lt_team") == [("lt-team",)]


def test_four_organizations_have_both_kinds_of_traffic(files: SampleFiles) -> None:
    with opened(files) as rows:
        both = rows.ask("SELECT org FROM gpu INTERSECT SELECT organization FROM usage ORDER BY 1")
        assert both == [("acme",), ("globex",), ("initech",), ("umbrella",)]


@pytest.mark.parametrize(
    ("table", "organization", "amount", "where"),
    [
        ("gpu", "org", "row_cost", "cost_category = 'inference'"),
        ("usage", "organization", "requests", "NOT batch"),
    ],
)
def test_weekends_and_nights_are_quieter(
    files: SampleFiles, table: str, organization: str, amount: str, where: str
) -> None:
    with opened(files) as rows:
        ((weekday, weekend, office, night),) = rows.ask(f"""
            WITH local AS (
                SELECT timezone('Europe/Berlin', time) AS clock, {amount} AS amount
                FROM {table} WHERE {organization} = 'globex' AND {where}
                AND time < TIMESTAMPTZ '2026-11-18'
            )
            SELECT
                (sum(amount) FILTER (isodow(clock) < 6)
                    / count(DISTINCT clock::DATE) FILTER (isodow(clock) < 6))::DOUBLE,
                (sum(amount) FILTER (isodow(clock) >= 6)
                    / count(DISTINCT clock::DATE) FILTER (isodow(clock) >= 6))::DOUBLE,
                (sum(amount) FILTER (hour(clock) BETWEEN 10 AND 16))::DOUBLE,
                (sum(amount) FILTER (hour(clock) < 6 OR hour(clock) = 23))::DOUBLE
            FROM local
        """)
        assert float(str(weekend)) < 0.7 * float(str(weekday))
        assert float(str(night)) < 0.5 * float(str(office))


def test_traffic_grows(tmp_path: Path) -> None:
    long = make(tmp_path, days=90)
    with opened(long) as rows:
        ((early, late),) = rows.ask("""
            SELECT
                count(*) FILTER (time < TIMESTAMPTZ '2026-09-17'),
                count(*) FILTER (time >= TIMESTAMPTZ '2026-10-07')
            FROM usage
            WHERE time >= TIMESTAMPTZ '2026-08-20' AND time < TIMESTAMPTZ '2026-11-04'
        """)
        assert isinstance(early, int)
        assert isinstance(late, int)
        assert 1.03 * early < late < 1.3 * early


@pytest.mark.parametrize(
    ("days", "orgs", "scale"),
    [
        (0, 6, 1.0),
        (2000, 6, 1.0),
        (90, 0, 1.0),
        (90, 101, 1.0),
        (90, 6, 0.0),
        (90, 6, float("nan")),
    ],
)
def test_options_out_of_bounds_are_refused(
    tmp_path: Path, days: int, orgs: int, scale: float
) -> None:
    with pytest.raises(BadInput, match="cannot be generated"):
        make(tmp_path, days=days, orgs=orgs, scale=scale)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(BadInput, match="cannot be written"):
        make(blocked, days=1, orgs=1)


@pytest.mark.parametrize("orgs", [1, 3, 100])
def test_any_number_of_organizations_can_be_generated(tmp_path: Path, orgs: int) -> None:
    few = make(tmp_path, days=2, orgs=orgs)
    with opened(few) as rows:
        names = rows.ask("""
            SELECT org FROM gpu WHERE NOT is_lt_team AND org IS NOT NULL
            UNION SELECT organization FROM usage
        """)
        assert len(names) == orgs
