"""What is wrong with a query is told with BigQuery's reason, and where in the text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from playground.bigquery.warehouse import TableField, Warehouse
from tests.playground_bigquery.conftest import TABLE
from tests.playground_bigquery.real_client import ONCE, ask, config, reason_of, scalar

REFUSED: list[tuple[str, str]] = [
    ("SELECT FROM WHERE", r"Syntax error: .* at \[1:\d+\]"),
    ("SELECT 'a", "Syntax error"),
    ("", "Syntax error: Unexpected end of script"),
    (f"SELECT product FROM `{TABLE}` WHERE dt = '2024-12-01'", r"name: product at \[1:8\]"),
    (f"SELECT 1\nFROM `{TABLE}`\nWHERE day = '2024-12-01'", r"Unrecognized name: day at \[3:7\]"),
    (f"SELECT t.product FROM `{TABLE}` AS t WHERE dt = '2024-12-01'", "product not found inside t"),
    (f"SELECT u.org FROM `{TABLE}` AS t WHERE dt = '2024-12-01'", "Unrecognized name: u"),
    (f"SELECT org AS o FROM `{TABLE}` WHERE dt = '2024-12-01' AND o = 'x'", "name: o"),
    (f"SELECT cost AS c, c + 1 FROM `{TABLE}` WHERE dt = '2024-12-01'", "name: c at"),
    (f"SELECT org FROM `{TABLE}` a JOIN `{TABLE}` b ON a.dt = b.dt", "org is ambiguous"),
    (f"WITH c AS (SELECT org FROM `{TABLE}`) SELECT cost FROM c", "Unrecognized name: cost"),
    (f"SELECT org, cost FROM `{TABLE}` WHERE dt = '2024-12-01' GROUP BY org", "cost"),
    (f"SELECT SUM(org) FROM `{TABLE}` WHERE dt = '2024-12-01'", "sum"),
    (f"SELECT 1 FROM `{TABLE}` WHERE dt = 5", "operator = for argument types: DATE, INT64"),
    (
        f"SELECT 1 FROM `{TABLE}` WHERE dt = '2024-12-01' AND org > 5",
        "operator > for argument types: STRING, INT64",
    ),
    (
        f"SELECT 1 FROM `{TABLE}` WHERE dt = '2024-12-01' AND cost = 'high'",
        "operator = for argument types: FLOAT64, STRING",
    ),
    (f"SELECT org + 1 FROM `{TABLE}` WHERE dt = '2024-12-01'", r"operator \+ for"),
    (f"SELECT org, cost AS ORG FROM `{TABLE}` WHERE dt = '2024-12-01'", "duplicate.*: org"),
    (f"SELECT x FROM (SELECT nope AS x FROM `{TABLE}`)", r"name: nope at \[1:23\]"),
    (f"SELECT nope FROM (SELECT org FROM `{TABLE}`)", r"Unrecognized name: nope at \[1:8\]"),
    (f"SELECT u.nope FROM (SELECT * FROM `{TABLE}`) AS u", "Name nope not found inside u at"),
    (f"SELECT 1 FROM (SELECT 1 AS one) AS o, (SELECT o.one FROM `{TABLE}`) AS u", "name: o at"),
    (f"SELECT 1 FROM `{TABLE}` JOIN (SELECT dt FROM `{TABLE}` WHERE nope = 1) USING (dt)", "nope"),
    (f"SELECT 1 FROM (SELECT dt FROM `{TABLE}` UNION ALL SELECT nope FROM `{TABLE}`)", "nope at"),
    (f"SELECT 1 FROM (SELECT * EXCEPT (org) FROM `{TABLE}`) WHERE org = 'x'", "name: org at"),
    (f"SELECT 1 FROM `{TABLE}` AS a JOIN `{TABLE}` AS b USING (nope)", "nope in USING clause not"),
    (
        f"WITH c AS (SELECT (SELECT nope FROM `{TABLE}`) AS x) SELECT x FROM c",
        r"Unrecognized name: nope at \[1:27\]",
    ),
    ("SELECT org FROM requests", "must be qualified with a dataset"),
]


@pytest.mark.parametrize(("sql", "message"), REFUSED)
def test_a_query_that_is_wrong_is_refused(shared_client: Any, sql: str, message: str) -> None:
    with pytest.raises(Exception, match=message) as caught:
        ask(shared_client, sql)
    assert caught.value.__class__.__name__ == "BadRequest"
    assert reason_of(caught.value) == "invalidQuery"


def test_names_of_a_subquery_an_alias_and_a_correlated_query_are_known(client: Any) -> None:
    sql = f"""
      WITH days AS (SELECT dt, org, SUM(cost) AS total FROM `{TABLE}`
        WHERE dt >= '2024-12-01' GROUP BY dt, org)
      SELECT d.org AS o, (SELECT MAX(e.total) FROM days AS e WHERE e.org = d.org) AS most
      FROM days AS d JOIN (SELECT org FROM days GROUP BY org) AS u USING (org)
      WHERE d.dt = '2024-12-01'
      QUALIFY ROW_NUMBER() OVER (ORDER BY total) > 1
      ORDER BY most, o
    """
    assert ask(client, sql) == [{"o": "org 1", "most": 5.25}, {"o": "org 2", "most": 5.5}]


def test_days_that_are_generated_can_be_joined(client: Any) -> None:
    sql = f"""
      SELECT day, COUNT(t.org) AS n
      FROM UNNEST(GENERATE_DATE_ARRAY(@first, DATE_ADD(@first, INTERVAL 1 DAY))) AS day
      LEFT JOIN `{TABLE}` AS t ON t.dt = day
      GROUP BY day ORDER BY day
    """
    with pytest.raises(Exception, match="partition elimination"):
        ask(client, sql, scalar("first", "DATE", date(2024, 12, 5)))
    filtered = sql.replace(f"`{TABLE}`", f"(SELECT * FROM `{TABLE}` WHERE dt >= @first)")
    assert ask(client, filtered, scalar("first", "DATE", date(2024, 12, 5))) == [
        {"day": date(2024, 12, 5), "n": 3},
        {"day": date(2024, 12, 6), "n": 0},
    ]


def test_a_text_parameter_becomes_a_day_by_itself(client: Any) -> None:
    sql = f"SELECT COUNT(*) AS n FROM `{TABLE}` WHERE dt = @day"
    assert ask(client, sql, scalar("day", "STRING", "2024-12-01")) == [{"n": 3}]


@pytest.mark.parametrize("name", ["data.costs.other", "data.none.requests"])
def test_what_there_is_not_is_not_found(client: Any, name: str) -> None:
    for attempt in (
        lambda: ask(client, f"SELECT 1 FROM `{name}`"),
        lambda: client.query(f"SELECT 1 FROM `{name}`", retry=ONCE).result(retry=ONCE),
        lambda: client.get_table(name, retry=ONCE),
    ):
        with pytest.raises(Exception, match="Not found") as caught:
            attempt()
        assert caught.value.__class__.__name__ == "NotFound"


def test_a_wrong_query_fails_a_job_but_a_dry_run_at_once(client: Any) -> None:
    sql = f"SELECT nothing FROM `{TABLE}` WHERE dt = '2024-12-01'"
    with pytest.raises(Exception, match="Unrecognized name"):
        client.query(sql, job_config=config(dry_run=True), retry=ONCE)
    job = client.query(sql, retry=ONCE)
    assert job.state == "DONE"
    assert job.error_result["reason"] == "invalidQuery"


def test_a_column_that_vanished_is_unknown(client: Any, warehouse: Warehouse) -> None:
    sql = f"SELECT COUNT(cost) AS n FROM `{TABLE}` WHERE dt = '2024-12-01'"
    assert ask(client, sql) == [{"n": 3}]
    warehouse.drop_column(TABLE, "cost")
    with pytest.raises(Exception, match="Unrecognized name: cost"):
        ask(client, sql)
    assert [field.name for field in client.get_table(TABLE).schema] == [
        "dt",
        "org",
        "internal",
        "requests",
    ]


def test_a_column_of_another_type_no_longer_adds_up(client: Any, warehouse: Warehouse) -> None:
    warehouse.change_type(TABLE, "cost", "STRING")
    with pytest.raises(Exception, match="operator \\* for argument types: STRING, INT64"):
        ask(client, f"SELECT SUM(cost * requests) FROM `{TABLE}` WHERE dt = '2024-12-01'")
    sql = f"SELECT MAX(cost) AS most FROM `{TABLE}` WHERE dt = '2024-12-01'"
    assert ask(client, sql) == [{"most": "1.5"}]


def test_a_partition_column_of_another_type_partitions_no_more(
    client: Any, warehouse: Warehouse
) -> None:
    warehouse.change_type(TABLE, "dt", "STRING")
    table = client.get_table(TABLE)
    assert table.time_partitioning is None
    assert table.schema[0].field_type == "STRING"
    sql = f"SELECT 1 FROM `{TABLE}` WHERE dt BETWEEN DATE '2024-12-01' AND DATE '2024-12-02'"
    with pytest.raises(Exception, match="BETWEEN for argument types: STRING, DATE, DATE"):
        ask(client, sql)
    warehouse.drop_table(TABLE)
    with pytest.raises(Exception, match="Not found"):
        client.get_table(TABLE, retry=ONCE)


def test_a_tables_resource_tells_all_that_one_checks(client: Any) -> None:
    table = client.get_table(TABLE)
    assert [(field.name, field.field_type) for field in table.schema] == [
        ("dt", "DATE"),
        ("org", "STRING"),
        ("cost", "FLOAT"),
        ("internal", "BOOLEAN"),
        ("requests", "INTEGER"),
    ]
    assert (table.time_partitioning.type_, table.time_partitioning.field) == ("DAY", "dt")
    assert table.require_partition_filter is True
    assert (table.num_rows, table.location) == (15, "US")
    assert table.num_bytes == 15 * (8 + 7 + 8 + 1 + 8)
    assert table.modified == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert [one.table_id for one in client.list_tables("data.costs")] == ["requests"]
    assert client.get_dataset("data.costs").location == "US"


def test_a_table_by_other_than_a_day_cannot_be_made(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="no DATE column"):
        warehouse.add_table("data.costs.hours", [TableField("at", "TIMESTAMP")], "at")
    with pytest.raises(ValueError, match="not project"):
        warehouse.add_table("costs.hours", [])
    with pytest.raises(ValueError, match="has no column amount"):
        warehouse.add_table("data.costs.x", [TableField("n", "INT64")], rows=[{"amount": 1}])
