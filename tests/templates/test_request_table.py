"""The statement for BigQuery: complete, and of the same meaning as the template over the mart."""

from __future__ import annotations

import asyncio
import csv
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from handlers.queries import PreparedQuery, QueryHandler, QueryRequest, QueryResult
from queries.dimensions import Source
from queries.duck import connect
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.request_table import DEFAULT_COLUMNS, RequestTable
from queries.schema import MONEY
from queries.template_list import NAMES, templates
from queries.transpile import to_duckdb
from tests.sources.importing import Deployment
from tests.templates.conftest import ADMIN

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RESULTS = ("success", "ok", "200", "failed", "503", "timeout", "pending", "")


def request_rows(seed: int, count: int) -> list[dict[str, str]]:
    """Rows as the table has them, all categories, unknown origins and missing prices among them."""
    draw = random.Random(seed)
    rows: list[dict[str, str]] = []
    for _ in range(count):
        category = draw.choice(["inference"] * 6 + ["idle", "overhead", "unused"])
        served = category == "inference"
        row = dict.fromkeys(DEFAULT_COLUMNS, "")
        row["dt"] = str(NOW.date() - timedelta(days=draw.randrange(1, 40)))
        row["cost_category"] = category
        row["row_cost"] = "" if served and draw.random() < 0.1 else str(draw.randrange(1, 900) / 64)
        if served:
            row["attributed_idle_cost"] = str(draw.randrange(64) / 64)
            row["attributed_overhead_cost"] = str(draw.randrange(32) / 64)
            row["is_lt_team"] = draw.choice(["true", "false", "false", "false", ""])
            row["product"] = draw.choice(["api", "studio", ""])
            row["endpoint"] = draw.choice(["/v1/a", "/v1/b", ""])
            row["model"] = draw.choice(["m", "n"])
            row["org"] = draw.choice(["acme", "globex", ""])
            row["process"] = draw.choice(["render", ""])
            row["workspace"] = draw.choice(["w1", "w2"])
            row["result"] = draw.choice(RESULTS)
        rows.append(row)
    return rows


def as_duckdb(statement: str) -> str:
    """The statement for DuckDB: its `costs` as plain SQL, the rest by the checked subset alone."""
    tree = sqlglot.parse_one(statement, read="bigquery")
    costs = next(cte for cte in tree.find_all(exp.CTE) if cte.alias == "costs")
    for cast in costs.find_all(exp.TryCast):
        if cast.to.this == exp.DataType.Type.BIGDECIMAL:
            cast.set("to", exp.DataType.build(MONEY, dialect="duckdb"))
    (table,) = costs.find_all(exp.Table)
    table.replace(exp.to_table("request_rows"))
    relation = costs.this.sql("duckdb")
    costs.pop()
    rest = to_duckdb(tree.sql("bigquery", comments=False)).removeprefix("WITH ")
    return f"WITH costs AS ({relation}), {rest}"


async def both(mart: Mart, name: str) -> tuple[QueryResult, PreparedQuery]:
    engine = DuckDbEngine(mart)
    try:
        handler = QueryHandler(engine, lambda: NOW, 26.0)
        request = QueryRequest(name)
        return await handler.query(request, ADMIN), handler.prepared(request, ADMIN)
    finally:
        await engine.close()


def alike(one: object, other: object) -> bool:
    if isinstance(one, float | Decimal) and isinstance(other, float | Decimal | int):
        return float(one) == pytest.approx(float(other), rel=1e-9, abs=1e-12)
    return one == other


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mart, Path]:
    folder = tmp_path_factory.mktemp("table")
    path = folder / "requests.csv"
    rows = request_rows(seed=7, count=4000)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(DEFAULT_COLUMNS))
        writer.writeheader()
        writer.writerows(rows)
    home = Deployment(folder / "home")
    home.run(Source.GPU, path)
    return home.mart, path


@pytest.mark.parametrize("name", NAMES)
def test_the_statement_over_the_table_answers_as_the_template_over_the_mart(
    deployment: tuple[Mart, Path], name: str
) -> None:
    mart, path = deployment
    result, prepared = asyncio.run(both(mart, name))
    days = (prepared.first_read, prepared.last_read)
    statement = RequestTable().statement(prepared.template, prepared.values, days)
    with connect(threads=2, memory="500MB") as connection:
        types = dict.fromkeys(DEFAULT_COLUMNS, "VARCHAR") | {"dt": "DATE", "is_lt_team": "BOOLEAN"}
        connection.execute(
            "CREATE TABLE request_rows AS SELECT * FROM read_csv($path, columns = $types)",
            {"path": str(path), "types": types},
        )
        rows = connection.execute(as_duckdb(statement)).fetchall()
    assert len(rows) > 0
    assert len(rows) == len(result.rows)
    for one, other in zip(sorted(rows, key=str), sorted(result.rows, key=str), strict=True):
        assert all(alike(a, b) for a, b in zip(one, other, strict=True)), (one, other)


@pytest.mark.parametrize("name", NAMES)
def test_the_statement_is_one_needs_no_parameter_and_reads_its_partitions_alone(
    deployment: tuple[Mart, Path], name: str
) -> None:
    prepared = asyncio.run(both(deployment[0], name))[1]
    days = (prepared.first_read, prepared.last_read)
    statement = RequestTable().statement(prepared.template, prepared.values, days)
    (tree,) = sqlglot.parse(statement, read="bigquery")
    assert isinstance(tree, exp.Select)
    assert list(tree.find_all(exp.Parameter)) == []
    assert statement.startswith(f"-- {name}\n")
    first, last = days
    assert f"    WHERE `dt` BETWEEN DATE '{first}' AND DATE '{last}'\n  )\n)" in statement


def test_columns_are_called_what_the_table_calls_them() -> None:
    table = RequestTable("p.d.t", {"org": "org_name", "is_lt_team": "", "billing_type": ""})
    template = templates()["day_over_day"]
    day = date(2026, 11, 20)
    sql = table.statement(template, template.values({}, NOW.date()), (day, day))
    assert "NULLIF(TRIM(CAST(`org_name` AS STRING)), '') AS organization" in sql
    assert "FALSE AS is_internal" in sql
    assert "CAST(NULL AS STRING) AS billing_type" in sql
    assert "FROM `p.d.t`" in sql


@pytest.mark.parametrize(
    ("name", "columns", "says"),
    [
        ("t", {}, "is no table"),
        ("p.d.t` WHERE TRUE --", {}, "is no table"),
        ("p.d.t", {"orgs": "org"}, "is no column to map"),
        ("p.d.t", {"org": "org`, (SELECT 1) AS x"}, "is no column's name"),
        ("p.d.t", {"dt": ""}, "dt is needed"),
    ],
)
def test_names_that_no_table_has_are_refused(name: str, columns: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        RequestTable(name, columns)
