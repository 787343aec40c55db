"""From GoogleSQL to DuckDB: what is alike passes, what is not is refused by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from queries.duck import connect
from queries.transpile import NotPortableError, to_duckdb


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT EXTRACT(DAYOFWEEK FROM dt) FROM costs", "Extract is not alike"),
        ("SELECT DATE_TRUNC(dt, WEEK(MONDAY)) FROM costs", "is not alike"),
        ("SELECT DATE_TRUNC(dt, MONTH) FROM costs", "DateTrunc is not alike"),
        ("SELECT DATE_DIFF(dt, @day, MONTH) FROM costs", "in days only"),
        ("SELECT DATE_ADD(dt, INTERVAL 1 MONTH) FROM costs", "in days only"),
        ("SELECT SAFE_CAST(model AS INT64) FROM costs", "TryCast is not alike"),
        ("SELECT CAST(billed_cost AS NUMERIC) FROM costs", "casts are to"),
        ("SELECT CAST(billed_cost AS STRING) FROM costs", "casts are to"),
        ("SELECT COUNTIF(requests > 1) FROM costs", "CountIf is not alike"),
        ("SELECT billed_cost / requests FROM costs", "Div is not alike"),
        ("SELECT ROUND(billed_cost, 2) FROM costs", "Round is not alike"),
        ("SELECT SUBSTR(model, 0, 3) FROM costs", "Substring is not alike"),
        ("SELECT FORMAT('%t', dt) FROM costs", "is not alike"),
        ("SELECT FORMAT_TIMESTAMP('%F', charge_period_start, 'Asia/Tokyo') FROM costs", "alike"),
        ("SELECT TIMESTAMP_DIFF(charge_period_start, @t, HOUR) FROM costs", "is not alike"),
        ("SELECT x FROM UNNEST([1, 2]) AS x WITH OFFSET AS i", "alike|from 1"),
        ("SELECT STRING_AGG(model LIMIT 2) FROM costs", "is not alike"),
        ("SELECT SAFE.LN(requests) FROM costs", "is not alike"),
        ("SELECT APPROX_TOP_COUNT(model, 3) FROM costs", "is not alike"),
        ("SELECT a FROM costs UNION DISTINCT SELECT b FROM costs", "UNION ALL"),
        ("SELECT LOWER(model) AS model FROM costs GROUP BY model", "shadows a column"),
        ("SELECT model, SUM(requests) AS requests FROM costs GROUP BY 1", "shadows a column"),
        ("SELECT * FROM accounts", "only costs"),
        ("SELECT * FROM read_csv('/etc/passwd')", "alike|only costs"),
        ("DELETE FROM costs WHERE TRUE", "nothing that changes anything"),
        ("SELECT 1; SELECT 2", "nothing that changes|one query"),
        ("SELECT (", "not one GoogleSQL query"),
    ],
)
def test_what_the_two_do_differently_is_refused(sql: str, why: str) -> None:
    with pytest.raises(NotPortableError, match=why):
        to_duckdb(sql)


def test_named_parameters_stay_named() -> None:
    assert to_duckdb("SELECT model FROM costs WHERE organization = @org").endswith("= $org")


def test_what_stands_for_costs_is_read_wherever_costs_is() -> None:
    sql = "WITH x AS (SELECT a.dt FROM costs AS a JOIN costs ON a.dt = costs.dt) SELECT dt FROM x"
    with connect(threads=1, memory="100MB") as connection:
        found = connection.execute(to_duckdb(sql, "(SELECT DATE '2024-12-01' AS dt)")).fetchall()
    assert found == [(date(2024, 12, 1),)]


def test_a_quoted_name_stays_a_name() -> None:
    assert '"user_id"' in to_duckdb("SELECT `user_id` FROM costs")


COSTS = (
    "WITH costs AS (SELECT * FROM (VALUES "
    "(DATE '2024-12-01', TIMESTAMPTZ '2024-12-01 23:00:00+00', 'a', 1.5::DECIMAL(38,15), 2), "
    "(DATE '2024-12-02', TIMESTAMPTZ '2024-12-02 05:00:00+00', NULL, NULL, 0)) "
    "t(dt, charge_period_start, model, billed_cost, requests)) "
)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT DATE_ADD(MAX(dt), INTERVAL 1 DAY) FROM costs", [(date(2024, 12, 3),)]),
        ("SELECT DATE_SUB(MIN(dt), INTERVAL 1 DAY) FROM costs", [(date(2024, 11, 30),)]),
        ("SELECT DATE_DIFF(MAX(dt), MIN(dt), DAY) FROM costs", [(1,)]),
        (
            "SELECT DATE(charge_period_start, 'Europe/Berlin') AS day, SUM(requests) AS n "
            "FROM costs GROUP BY day ORDER BY day",
            [(date(2024, 12, 2), 2)],
        ),
        ("SELECT SAFE_DIVIDE(SUM(requests), 0) FROM costs", [(None,)]),
        (
            "SELECT CAST(SAFE_DIVIDE(SUM(billed_cost), 8) AS BIGNUMERIC) FROM costs",
            [(Decimal("0.187500000000000"),)],
        ),
        ("SELECT COALESCE(SUM(billed_cost), 0) FROM costs", [(Decimal("1.5"),)]),
        (
            "SELECT IF(model IS NULL, 'none', model) AS name FROM costs ORDER BY name",
            [("a",), ("none",)],
        ),
        ("SELECT model FROM costs ORDER BY model", [(None,), ("a",)]),
        (
            "SELECT day FROM UNNEST(GENERATE_DATE_ARRAY(DATE '2024-12-01', DATE '2024-12-02')) "
            "AS day ORDER BY day",
            [(date(2024, 12, 1),), (date(2024, 12, 2),)],
        ),
        (
            "SELECT SUM(requests) OVER (ORDER BY dt ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS n "
            "FROM costs ORDER BY dt",
            [(None,), (2,)],
        ),
    ],
)
def test_what_is_alike_gives_what_googlesql_says(sql: str, rows: list[object]) -> None:
    with connect(threads=1, memory="100MB") as connection:
        assert connection.execute(COSTS + to_duckdb(sql)).fetchall() == rows
