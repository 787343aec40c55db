"""GoogleSQL keeps its meaning where DuckDB's is another."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.playground_bigquery.conftest import TABLE
from tests.playground_bigquery.real_client import ask, reason_of, scalar

WHOLE = f"`{TABLE}` WHERE dt >= '2024-12-01'"

EXPRESSIONS: list[tuple[str, object]] = [
    ("SAFE_CAST('12.7' AS INT64)", None),
    ("SAFE_CAST(' 0x1F ' AS INT64)", 31),
    ("SAFE_CAST(CAST(NULL AS STRING) AS INT64)", None),
    ("CAST(2.5 AS INT64)", 3),
    ("CAST(-2.5 AS INT64)", -3),
    ("SAFE_CAST(CAST('NaN' AS FLOAT64) AS BIGNUMERIC)", None),
    ("SAFE_CAST(12345.678 AS BIGNUMERIC)", Decimal("12345.678")),
    ("CAST('0.000000000000001' AS BIGNUMERIC)", Decimal("0.000000000000001")),
    ("CAST('0.123456789' AS NUMERIC)", Decimal("0.123456789")),
    ("CAST(1.0 AS STRING)", "1"),
    ("CAST(100.5 AS STRING)", "100.5"),
    ("CAST(NUMERIC '100.50' AS STRING)", "100.5"),
    ("CAST(NUMERIC '100' AS STRING)", "100"),
    ("CAST(TRUE AS STRING)", "true"),
    ("SAFE_DIVIDE(1, 0)", None),
    ("SAFE_DIVIDE(NUMERIC '1', 4)", Decimal("0.25")),
    ("1 / 4", 0.25),
    ("IEEE_DIVIDE(1, 0)", math.inf),
    ("1.5 + 1", 2.5),
    ("BIGNUMERIC '1.5' * BIGNUMERIC '2.5'", Decimal("3.75")),
    ("BIGNUMERIC '10000000000' * BIGNUMERIC '2'", Decimal(20_000_000_000)),
    ("DATE_ADD(DATE '2024-01-31', INTERVAL 1 MONTH)", date(2024, 2, 29)),
    ("DATE_SUB(DATE '2024-01-01', INTERVAL 1 DAY)", date(2023, 12, 31)),
    ("DATE_TRUNC(DATE '2024-12-08', WEEK)", date(2024, 12, 8)),
    ("DATE_TRUNC(DATE '2024-12-08', WEEK(MONDAY))", date(2024, 12, 2)),
    ("DATE_TRUNC(DATE '2024-12-08', MONTH)", date(2024, 12, 1)),
    ("DATE_DIFF(DATE '2024-12-08', DATE '2024-12-01', DAY)", 7),
    ("EXTRACT(DAYOFWEEK FROM DATE '2024-12-08')", 1),
    ("EXTRACT(WEEK FROM DATE '2024-01-06')", 0),
    ("EXTRACT(ISOWEEK FROM DATE '2024-01-06')", 1),
    ("TIMESTAMP_DIFF(TIMESTAMP '2024-01-01 11:59:00', TIMESTAMP '2024-01-01 10:00:00', HOUR)", 1),
    (
        "TIMESTAMP_TRUNC(TIMESTAMP '2024-01-01 11:59:00', HOUR)",
        datetime(2024, 1, 1, 11, tzinfo=UTC),
    ),
    ("PARSE_DATE('%Y%m%d', '20241202')", date(2024, 12, 2)),
    ("FORMAT_DATE('%Y%m%d', DATE '2024-12-02')", "20241202"),
    ("CURRENT_DATE()", date(2026, 11, 21)),
    ("CURRENT_TIMESTAMP()", datetime(2026, 11, 21, 12, tzinfo=UTC)),
]


@pytest.mark.parametrize(("expression", "value"), EXPRESSIONS)
def test_an_expression_means_what_it_means_in_googlesql(
    shared_client: Any, expression: str, value: object
) -> None:
    ((found,),) = [tuple(row.values()) for row in ask(shared_client, f"SELECT {expression} AS it")]
    assert found == value
    assert type(found) is type(value)


AGGREGATES: list[tuple[str, object]] = [
    (f"SELECT COUNTIF(cost > 1) AS it FROM {WHOLE} AND org = 'nobody'", 0),
    (f"SELECT LOGICAL_OR(internal) AS it FROM {WHOLE}", True),
    (f"SELECT SUM(requests) AS it FROM {WHOLE}", 30),
    (f"SELECT AVG(CAST(requests AS NUMERIC)) AS it FROM {WHOLE}", Decimal(2)),
    (f"SELECT SUM(SAFE_CAST(cost AS BIGNUMERIC)) AS it FROM {WHOLE}", Decimal("48.75")),
]


@pytest.mark.parametrize(("sql", "value"), AGGREGATES)
def test_an_aggregate_means_what_it_means_in_googlesql(
    shared_client: Any, sql: str, value: object
) -> None:
    ((found,),) = [tuple(row.values()) for row in ask(shared_client, sql)]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("x = x", False), ("x > 0", False), ("x != x", True), ("x BETWEEN 0 AND 1", False)],
)
def test_not_a_number_compares_as_false(shared_client: Any, condition: str, holds: bool) -> None:
    sql = f"SELECT {condition} AS it FROM (SELECT @nan AS x)"
    nan, null = scalar("nan", "FLOAT64", "NaN"), scalar("nan", "FLOAT64", None)
    assert ask(shared_client, sql, nan) == [{"it": holds}]
    assert ask(shared_client, sql, null) == [{"it": None}]
    typed = sql.replace("@nan", "CAST(@nan AS FLOAT64)")
    assert ask(shared_client, typed, nan) == [{"it": holds}]


def test_trim_takes_all_white_space_of_unicode_and_nothing_else(shared_client: Any) -> None:
    separators = range(0x1C, 0x20)  # white space for Python, not for Unicode
    space = [chr(at) for at in range(0x3001) if chr(at).isspace() and at not in separators]
    sql = "SELECT TRIM(@x) AS both, LTRIM(@x) AS l, RTRIM(@x) AS r, TRIM('xax', 'x') AS chosen"
    for around in ("".join(space), "\t", "\N{NO-BREAK SPACE}", "\n", ""):
        given = scalar("x", "STRING", f"{around}a b{around}")
        found = {"both": "a b", "l": f"a b{around}", "r": f"{around}a b", "chosen": "a"}
        assert ask(shared_client, sql, given) == [found]
    kept = "\N{ZERO WIDTH SPACE}\x1ca"
    assert ask(shared_client, "SELECT TRIM(@x) AS it", scalar("x", "STRING", kept)) == [
        {"it": kept}
    ]


def test_group_by_takes_the_alias_before_the_column(shared_client: Any) -> None:
    sql = f"SELECT 'all' AS org, COUNT(*) AS n FROM {WHOLE} GROUP BY org"
    assert ask(shared_client, sql) == [{"org": "all", "n": 15}]


def test_null_comes_first_in_ascending_order_and_last_in_descending(shared_client: Any) -> None:
    sql = "SELECT x FROM UNNEST([2, NULL, 1]) AS x ORDER BY x"
    assert [row["x"] for row in ask(shared_client, sql)] == [None, 1, 2]
    assert [row["x"] for row in ask(shared_client, f"{sql} DESC")] == [2, 1, None]


def test_columns_without_a_name_are_numbered(shared_client: Any) -> None:
    assert ask(shared_client, "SELECT 1, 2 AS two, 'x'") == [{"f0_": 1, "two": 2, "f1_": "x"}]


def test_columns_are_found_in_any_case_and_answer_in_the_querys(shared_client: Any) -> None:
    sql = f"SELECT Org FROM {WHOLE} AND ORG = @Org GROUP BY oRG"
    assert [*ask(shared_client, sql, scalar("org", "STRING", "org 1"))[0].values()] == ["org 1"]


def test_division_by_zero_is_an_error(shared_client: Any) -> None:
    with pytest.raises(Exception, match="division by zero") as caught:
        ask(shared_client, "SELECT 1 / 0")
    assert reason_of(caught.value) == "invalidQuery"


def test_text_that_is_no_integer_does_not_cast(shared_client: Any) -> None:
    with pytest.raises(Exception, match=r"Bad int64 value: 12\.7"):
        ask(shared_client, "SELECT CAST('12.7' AS INT64)")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT FORMAT('%d', 1)",
        "SELECT SAFE.SUBSTR('a', 0)",
        "SELECT FORMAT_TIMESTAMP('%H', CURRENT_TIMESTAMP(), 'Asia/Tokyo')",
        "SELECT DATE_DIFF(DATE '2024-12-08', DATE '2024-12-01', WEEK)",
        "DELETE FROM data.costs.requests WHERE TRUE",
    ],
)
def test_what_is_not_imitated_is_refused_and_never_wrong(shared_client: Any, sql: str) -> None:
    with pytest.raises(Exception, match="501") as caught:
        ask(shared_client, sql)
    assert reason_of(caught.value) == "notImplemented"
