"""A query reads the partitions that its filter leaves, and pays for their columns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from playground.bigquery.partition_filter import usable
from playground.bigquery.warehouse import TableField, Warehouse
from tests.playground_bigquery.conftest import DAYS, FIELDS, TABLE, SetClock
from tests.playground_bigquery.real_client import ONCE, ask, config, reason_of, scalar

DAY = 24
"""Bytes of a day's dt: three dates."""

STRINGS = 3 * (2 + len("org 0"))


def read(warehouse: Warehouse) -> set[date | None]:
    """Days that the last job read."""
    return warehouse.jobs[-1].partitions[TABLE]


FILTERS: list[tuple[str, list[date]]] = [
    ("dt = '2024-12-02'", [DAYS[1]]),
    ("dt >= @day AND dt < DATE_ADD(@day, INTERVAL 2 DAY)", DAYS[1:3]),
    ("dt BETWEEN @day AND '2024-12-03'", DAYS[1:3]),
    ("DATE '2024-12-04' <= dt", DAYS[3:]),
    ("dt IN ('2024-12-01', '2024-12-05')", [DAYS[0], DAYS[4]]),
    ("(dt = '2024-12-01' OR dt = '2024-12-02') AND org = 'org 1'", DAYS[:2]),
    ("dt > '2024-12-31'", []),
    ("dt IS NOT NULL", DAYS),
    ("dt < CURRENT_DATE()", DAYS),
    ("dt IN UNNEST([DATE '2024-12-01'])", [DAYS[0]]),
    ("dt >= '2024-12-05' AND EXTRACT(DAY FROM dt) = 1", [DAYS[4]]),
]


@pytest.mark.parametrize(("condition", "days"), FILTERS)
def test_a_filter_leaves_the_days_that_it_admits(
    client: Any, warehouse: Warehouse, condition: str, days: list[date]
) -> None:
    sql = f"SELECT COUNT(*) AS n FROM `{TABLE}` WHERE {condition}"
    ask(client, sql, scalar("day", "DATE", DAYS[1]))
    assert read(warehouse) == set(days)
    assert warehouse.jobs[-1].bytes_processed >= DAY * len(days)


@pytest.mark.parametrize(
    "condition",
    [
        "TRUE",
        "org = 'org 1'",
        "dt = '2024-12-02' OR org = 'org 1'",
        "EXTRACT(YEAR FROM dt) = 2024",
        "DATE_ADD(dt, INTERVAL 1 DAY) > '2024-12-02'",
        "dt = (SELECT DATE '2024-12-02')",
        "dt = DATE_SUB(dt, INTERVAL requests DAY)",
    ],
)
def test_a_filter_that_eliminates_nothing_is_refused(shared_client: Any, condition: str) -> None:
    with pytest.raises(Exception, match="without a filter over column") as caught:
        ask(shared_client, f"SELECT COUNT(*) FROM `{TABLE}` WHERE {condition}")
    assert reason_of(caught.value) == "invalidQuery"


def test_a_filter_reaches_through_a_subquery_and_a_cte(client: Any, warehouse: Warehouse) -> None:
    sql = (
        f"WITH costs AS (SELECT dt AS day, cost FROM `{TABLE}`)"
        " SELECT SUM(cost) AS n FROM (SELECT * FROM costs) WHERE day = '2024-12-03'"
    )
    assert ask(client, sql) == [{"n": 9.75}]
    assert read(warehouse) == {DAYS[2]}


def test_a_filter_in_a_join_counts(client: Any, warehouse: Warehouse) -> None:
    sql = (
        "SELECT COUNT(*) AS n FROM UNNEST([1]) AS x"
        f" JOIN `{TABLE}` AS t ON t.requests = x AND t.dt = '2024-12-03'"
    )
    assert ask(client, sql) == [{"n": 1}]
    assert read(warehouse) == {DAYS[2]}


def test_each_mention_of_a_table_needs_a_filter(client: Any) -> None:
    sql = f"SELECT 1 FROM `{TABLE}` AS a JOIN `{TABLE}` AS b USING (org) WHERE a.dt = '2024-12-01'"
    with pytest.raises(Exception, match="without a filter over column"):
        ask(client, sql)


def test_a_table_that_wants_no_filter_is_read_as_a_whole(client: Any, warehouse: Warehouse) -> None:
    warehouse.add_table("data.costs.free", FIELDS, "dt", [], require_partition_filter=False)
    warehouse.add_table("data.costs.flat", [TableField("n", "INT64")], rows=[{"n": 1}, {"n": None}])
    assert ask(client, "SELECT COUNT(*) AS n FROM data.costs.free") == [{"n": 0}]
    assert ask(client, "SELECT COUNT(n) AS n FROM data.costs.flat") == [{"n": 1}]
    assert warehouse.jobs[-1].bytes_processed == 8


def test_a_dry_run_tells_bytes_by_columns_and_days_whatever_the_limit(
    client: Any, warehouse: Warehouse
) -> None:
    sql = f"SELECT org FROM `{TABLE}` WHERE dt <= '2024-12-02' LIMIT 1"
    job = client.query(sql, job_config=config(dry_run=True), retry=ONCE)
    assert job.total_bytes_processed == 2 * (DAY + STRINGS)
    assert [(field.name, field.field_type) for field in job.schema] == [("org", "STRING")]
    assert job.job_id is None
    (record,) = warehouse.jobs
    assert (record.dry_run, record.bytes_billed) == (True, 0)
    assert record.job_id is None


def test_columns_that_nobody_uses_cost_nothing(client: Any, warehouse: Warehouse) -> None:
    sql = f"WITH a AS (SELECT * FROM `{TABLE}` WHERE dt = '2024-12-01') SELECT COUNT(org) FROM a"
    ask(client, sql)
    assert warehouse.jobs[-1].bytes_processed == DAY + STRINGS


def test_null_takes_no_bytes(client: Any, warehouse: Warehouse) -> None:
    warehouse.add_table(TABLE, FIELDS, "dt", [{"dt": DAYS[0]}])
    ask(client, f"SELECT * FROM `{TABLE}` WHERE dt = '2024-12-01'")
    assert warehouse.jobs[-1].bytes_processed == 8


def test_ten_mebibytes_are_billed_at_least_for_each_table(
    client: Any, warehouse: Warehouse
) -> None:
    warehouse.add_table("data.costs.flat", [TableField("n", "INT64")], rows=[{"n": 1}])
    ask(client, f"SELECT 1 FROM `{TABLE}`, data.costs.flat WHERE dt = '2024-12-01'")
    assert warehouse.jobs[-1].bytes_billed == 2 * 10 * 1024 * 1024
    ask(client, "SELECT 1")
    assert warehouse.jobs[-1].bytes_billed == 0


CEILING = 10 * 1024 * 1024 - 1


def test_over_the_ceiling_jobs_query_is_a_bad_request(client: Any, warehouse: Warehouse) -> None:
    sql = f"SELECT 1 FROM `{TABLE}` WHERE dt = '2024-12-01'"
    with pytest.raises(Exception, match="10485760 or higher required") as caught:
        ask(client, sql, maximum_bytes_billed=CEILING)
    assert caught.value.__class__.__name__ == "BadRequest"
    assert reason_of(caught.value) == "bytesBilledLimitExceeded"
    record = warehouse.jobs[-1]
    assert (record.bytes_processed, record.bytes_billed, record.partitions) == (0, 0, {})
    assert len(ask(client, sql, maximum_bytes_billed=CEILING + 1)) == 3


def test_over_the_ceiling_a_job_ends_with_an_internal_error(client: Any) -> None:
    sql = f"SELECT 1 FROM `{TABLE}` WHERE dt = '2024-12-01'"
    job = client.query(sql, job_config=config(maximum_bytes_billed=CEILING), retry=ONCE)
    with pytest.raises(Exception, match="10485760 or higher required") as caught:
        job.result(retry=ONCE)
    assert caught.value.__class__.__name__ == "InternalServerError"
    assert reason_of(caught.value) == "bytesBilledLimitExceeded"


METADATA = "SELECT * FROM `data.costs.INFORMATION_SCHEMA.PARTITIONS` WHERE table_name = 'requests'"


@pytest.mark.parametrize(
    "name",
    [
        "`data.costs.INFORMATION_SCHEMA.PARTITIONS`",
        "`data.costs`.INFORMATION_SCHEMA.PARTITIONS",
        "`data`.costs.INFORMATION_SCHEMA.PARTITIONS AS p",
    ],
)
def test_the_metadata_of_partitions_can_be_asked_for(
    client: Any, warehouse: Warehouse, name: str
) -> None:
    sql = f"SELECT partition_id, total_rows FROM {name} ORDER BY partition_id"
    assert ask(client, sql) == [
        {"partition_id": f"2024120{day}", "total_rows": 3} for day in range(1, 6)
    ]
    assert warehouse.jobs[-1].bytes_billed == 10 * 1024 * 1024


def test_a_restated_day_alone_has_changed(
    client: Any, warehouse: Warehouse, clock: SetClock
) -> None:
    before = {row["partition_id"]: row["last_modified_time"] for row in ask(client, METADATA)}
    clock.advance(hours=1)
    warehouse.replace_partition(TABLE, DAYS[1], [{"dt": DAYS[1], "cost": 1.0}])
    after = {row["partition_id"]: row["last_modified_time"] for row in ask(client, METADATA)}
    changed = {key for key, at in after.items() if at != before[key]}
    assert changed == {"20241202"}
    assert after["20241202"] == datetime(2026, 11, 21, 13, tzinfo=UTC)
    sql = f"SELECT SUM(cost) AS n FROM `{TABLE}` WHERE dt = '2024-12-02'"
    assert ask(client, sql) == [{"n": 1.0}]


def test_a_day_without_rows_is_no_partition_and_null_is_one(
    client: Any, warehouse: Warehouse
) -> None:
    for day in DAYS[1:]:
        warehouse.replace_partition(TABLE, day, [])
    warehouse.replace_partition(TABLE, None, [{"cost": 1.0}])
    assert {row["partition_id"] for row in ask(client, METADATA)} == {"20241201", "__NULL__"}
    assert ask(client, f"SELECT cost FROM `{TABLE}` WHERE dt IS NULL") == [{"cost": 1.0}]
    assert warehouse.jobs[-1].partitions == {TABLE: {None}}


@given(
    low=st.sampled_from(DAYS), high=st.sampled_from(DAYS), other=st.sampled_from(["=", "<", "!="])
)
@settings(max_examples=30)
def test_conditions_are_usable_exactly_where_the_column_stands_alone(
    low: date, high: date, other: str
) -> None:
    plain = f"dt BETWEEN '{low}' AND '{high}'"
    wrapped = f"DATE_TRUNC(dt, MONTH) {other} '{low}'"

    def is_usable(text: str) -> bool:
        condition = parse_one(text, read="bigquery")
        assert isinstance(condition, exp.Expr)
        return usable(condition, "dt")

    assert is_usable(plain)
    assert is_usable(f"{plain} AND {wrapped}")
    assert not is_usable(wrapped)
    assert not is_usable(f"{plain} OR {wrapped}")
