"""A statement that does not bound the days of every table it reads is not sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.errors import BadInput
from queries.bigquery.statements import check_bounds, tables_read
from queries.request_table import RequestTable
from queries.scope import Scope
from queries.template_list import NAMES, templates
from tests.bigquery.conftest import TODAY

BOUNDED = [
    "SELECT x FROM `p.d.t` WHERE dt BETWEEN @a AND @b",
    "SELECT x FROM `p.d.t` WHERE dt BETWEEN DATE '2026-11-01' AND DATE '2026-11-02'",
    "SELECT x FROM `p.d.t` WHERE dt BETWEEN DATE_SUB(@a, INTERVAL 7 DAY) AND @a",
    "SELECT x FROM `p`.`d`.`t` WHERE x > 1 AND (dt = @a AND y < 2)",
    "SELECT x FROM p.d.t WHERE DT >= @a AND dt < @b",
    "SELECT x FROM p.d.t WHERE @a <= dt AND @b > dt",
    "SELECT x FROM p.d.t WHERE dt IN (@a, @b)",
    "SELECT x FROM p.d.t WHERE dt IN UNNEST(@days)",
    "SELECT x FROM p.d.t AS r WHERE r.dt = @a",
    "SELECT x FROM p.d.t WHERE ((dt)) = ((@a))",
    "WITH c AS (SELECT x FROM p.d.t WHERE dt = @a) SELECT x FROM c UNION ALL SELECT x FROM c",
    "SELECT a.x FROM p.d.t a JOIN p.d.t b ON a.x = b.x WHERE a.dt = @a AND b.dt = @a",
    "SELECT x FROM (SELECT x FROM p.d.t WHERE dt = @a) WHERE x > 1",
    "SELECT x FROM p.d.t, UNNEST([1, 2]) AS n WHERE dt = @a",
]

UNBOUNDED = [
    "SELECT dt FROM p.d.t",
    "SELECT x FROM p.d.t WHERE dt IS NOT NULL",
    "SELECT x FROM p.d.t WHERE dt >= @a",
    "SELECT x FROM p.d.t WHERE dt <= @a AND dt < @b",
    "SELECT x FROM p.d.t WHERE dt BETWEEN @a AND @b OR x = 1",
    "SELECT x FROM p.d.t WHERE (dt = @a OR TRUE)",
    "SELECT x FROM p.d.t WHERE NOT dt BETWEEN @a AND @b",
    "SELECT x FROM p.d.t WHERE dt NOT IN (@a)",
    "SELECT x FROM p.d.t WHERE dt <> @a",
    "SELECT x FROM p.d.t WHERE dt = dt",
    "SELECT x FROM p.d.t WHERE dt = other",
    "SELECT x FROM p.d.t WHERE dt BETWEEN other AND @b",
    "SELECT x FROM p.d.t WHERE CAST(dt AS STRING) = @a",
    "SELECT x FROM p.d.t WHERE DATE_ADD(dt, INTERVAL 1 DAY) = @a",
    "SELECT x FROM p.d.t WHERE dt IN (SELECT dt FROM p.d.t WHERE dt = @a)",
    "SELECT x FROM p.d.t WHERE dt = (SELECT MAX(dt) FROM p.d.t WHERE dt = @a)",
    "SELECT x FROM p.d.t WHERE x = 'dt BETWEEN @a AND @b'",
    "SELECT x FROM p.d.t -- WHERE dt = @a",
    "SELECT x FROM p.d.t GROUP BY x HAVING MAX(dt) = @a",
    "SELECT x FROM p.d.t QUALIFY dt = @a",
    "SELECT x, IF(dt = @a, 1, 0) FROM p.d.t",
    "SELECT x FROM (SELECT * FROM p.d.t) WHERE dt = @a",
    "WITH c AS (SELECT * FROM p.d.t) SELECT x FROM c WHERE dt = @a",
    "SELECT a.x FROM p.d.t a JOIN p.d.t b ON a.x = b.x WHERE a.dt = @a",
    "SELECT a.x FROM p.d.t a JOIN p.d.t b ON a.x = b.x WHERE dt = @a",
    "SELECT a.x FROM p.d.t a JOIN p.d.t b ON a.x = b.x AND b.dt = @a WHERE a.dt = @a",
    "SELECT x FROM p.d.t WHERE dt = @a UNION ALL SELECT x FROM p.d.t",
    "SELECT x FROM p.d.t AS r WHERE other.dt = @a",
    "SELECT (SELECT MAX(x) FROM p.d.t) FROM p.d.t WHERE dt = @a",
    "SELECT x FROM t WHERE x IN (SELECT x FROM p.d.t) AND dt = @a",
]


@pytest.mark.parametrize("sql", BOUNDED)
def test_a_table_whose_days_are_bounded_from_both_sides_may_be_read(sql: str) -> None:
    check_bounds(sql, "dt")
    assert {name.split(".")[-1] for name in tables_read(sql)} == {"t"}


@pytest.mark.parametrize("sql", UNBOUNDED)
def test_a_table_whose_days_are_not_bounded_may_not(sql: str) -> None:
    with pytest.raises(BadInput, match="without a filter on its partition column dt"):
        check_bounds(sql, "dt")


@given(some.lists(some.sampled_from(UNBOUNDED[:20]), min_size=1, max_size=3), some.data())
def test_one_unbounded_part_is_enough(parts: list[str], data: some.DataObject) -> None:
    mixed = [*BOUNDED[:6], *parts]
    order = data.draw(some.permutations(mixed))
    with pytest.raises(BadInput):
        check_bounds("\nUNION ALL\n".join(f"({one}\n)" for one in order), "dt")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scope", [Scope(), Scope("acme", customers_only=True)], ids=["all", "one"])
def test_every_template_is_bounded_on_either_road(name: str, scope: Scope) -> None:
    table, template = RequestTable("p.d.t", {"dt": "day"}), templates()[name]
    values = template.values({}, TODAY)
    check_bounds(table.query(template.sql, scope), "day")
    check_bounds(table.statement(template, values, template.days_read(values, TODAY)), "day")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM p.d.t WHERE dt = @a",
        "CREATE TABLE p.d.u AS SELECT * FROM p.d.t WHERE dt = @a",
        "SELECT 1; SELECT 2",
        "SELECT x FROM p.d.t WHERE dt = @a; DROP TABLE p.d.t",
        "SELECT FROM WHERE",
        "",
    ],
)
def test_a_statement_is_one_query(sql: str) -> None:
    with pytest.raises(BadInput, match=r"one query|no GoogleSQL query"):
        check_bounds(sql, "dt")


def test_metadata_needs_no_bounds_but_is_all_that_does_not() -> None:
    metadata = "SELECT partition_id FROM `p.d.INFORMATION_SCHEMA.PARTITIONS` WHERE table_name = @t"
    check_bounds(metadata, None)
    check_bounds("SELECT x FROM p.d.INFORMATION_SCHEMA.COLUMNS", None)
    with pytest.raises(BadInput, match=r"would read the table p\.d\.t"):
        check_bounds("SELECT x FROM p.d.t WHERE dt = @a", None)
