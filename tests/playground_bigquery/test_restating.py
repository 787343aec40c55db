"""After any restatements a query sees the rows that are there, and none besides."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.bigquery.job_service import JobService
from playground.bigquery.warehouse import TableField, Warehouse

FIELDS = [TableField("dt", "DATE"), TableField("n", "INT64")]
DAYS = [None, *(date(2024, 12, day) for day in range(1, 4))]

restatements = st.lists(
    st.tuples(st.sampled_from(DAYS), st.lists(st.integers(0, 9), max_size=3)), max_size=6
)


def seen(service: JobService, table: str) -> list[tuple[object, ...]]:
    """All rows, by a query."""
    sql = f"SELECT dt, n FROM {table} ORDER BY dt, n"
    job = service.query("execution", {"query": sql, "useLegacySql": False})
    assert job.result is not None
    return list(job.result.rows)


@given(restatements)
@settings(max_examples=25)
def test_a_query_sees_the_newest_rows_of_each_day(
    made: list[tuple[date | None, list[int]]],
) -> None:
    warehouse = Warehouse(lambda: datetime(2024, 12, 9, tzinfo=UTC))
    service = JobService(warehouse)
    warehouse.add_table("p.d.t", FIELDS, "dt", require_partition_filter=False)
    expected: dict[date | None, list[int]] = {}
    for day, numbers in made:
        warehouse.replace_partition("p.d.t", day, [{"dt": day, "n": n} for n in numbers])
        expected[day] = sorted(numbers)
        rows = [(one, n) for one in DAYS for n in expected.get(one, [])]
        assert seen(service, "p.d.t") == rows
    warehouse.drop_column("p.d.t", "n")
    warehouse.add_table("p.d.t", FIELDS, rows=[{"n": 1}, {"n": 2}])
    assert seen(service, "p.d.t") == [(None, 1), (None, 2)]
    warehouse.replace_partition("p.d.t", None, [{"n": 3}])
    assert seen(service, "p.d.t") == [(None, 3)]
