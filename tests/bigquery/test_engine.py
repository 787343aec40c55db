"""BigQuery as an engine: the same answers as the mart, of the days and rows that are asked for."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from analysis.roles import Role
from bot.settings import Settings
from bot.settings_values import CustomDimension
from handlers.caller import Caller
from handlers.queries import QueryHandler, QueryRequest
from playground.bigquery.server import running
from playground.bigquery.warehouse import TableField, Warehouse
from queries.dimensions import GPU_ONLY, Dimension, Dimensions, Source
from queries.engines.base import Engine
from queries.engines.bigquery import BigQueryEngine
from queries.engines.duckdb import DuckDbEngine
from queries.request_table import RequestTable
from queries.scope import Scope
from queries.transpile import NotPortableError
from tests.bigquery.conftest import FIELDS, NOW, TABLE, TODAY, Asked, add_table, inference
from tests.sources.importing import Deployment
from tests.templates.test_request_table import request_rows

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))
ACME = replace(ADMIN, organization="acme", role=Role.USER)
COUNT = "SELECT COUNT(*) AS n, SUM(requests) AS served, MIN(dt) AS first FROM costs"


def typed(row: dict[str, str]) -> dict[str, object]:
    """A row of a file as the table has it."""
    cells: dict[str, object] = {}
    for name, kind in FIELDS.items():
        cell = row[name]
        match kind:
            case _ if cell == "":
                cells[name] = None
            case "DATE":
                cells[name] = date.fromisoformat(cell)
            case "FLOAT64":
                cells[name] = float(cell)
            case "BOOL":
                cells[name] = cell == "true"
            case _:
                cells[name] = cell
    return cells


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    found = request_rows(seed=11, count=1500)
    for number, row in enumerate(found):
        row["request_inference_time_ms"] = str(number % 700 / 4)
        # What a file has in seconds, the table has in milliseconds.
        row["gpu_seconds"] = str(Decimal(number % 700) / 4000)
        row["request_processing_time_ms"] = str(number % 900)
    return found


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]) -> Deployment:
    folder = tmp_path_factory.mktemp("engine")
    path = folder / "requests.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    home = Deployment(folder / "home")
    home.run(Source.GPU, path)
    return home


@pytest.fixture
async def large(rows: list[dict[str, str]]) -> AsyncGenerator[Asked]:
    warehouse = Warehouse(lambda: NOW)
    add_table(warehouse, [typed(row) for row in rows])
    async with running(warehouse) as server:
        found = Asked(warehouse, server.url)
        try:
            yield found
        finally:
            for jobs in found.opened:
                await jobs.close()


async def answers(engine: Engine, name: str, caller: Caller) -> list[tuple[object, ...]]:
    handler = QueryHandler(engine, lambda: NOW, 26.0)
    result = await handler.query(QueryRequest(name), caller)
    return sorted(result.rows, key=str)


async def test_every_column_of_the_mart_is_there_and_adds_up_to_the_same(
    large: Asked, mart: Deployment
) -> None:
    sums = ", ".join(
        f"SUM({name}) AS all_{name}"
        for name in (
            "requests", "failed_requests", "unpriced_requests", "billed_cost",
            "attributed_idle_cost", "attributed_overhead_cost", "fully_loaded_cost", "gpu_seconds",
            "output_tokens", "batch_requests", "latency_ms", "timed_requests",
        )
    )  # fmt: skip
    keys = "source, price_source, provider, user_id"
    sql = f"SELECT {keys}, {sums} FROM costs GROUP BY {keys}"
    first = TODAY - timedelta(days=60)
    there = BigQueryEngine(large.jobs(), RequestTable(TABLE), lambda: NOW)
    here = DuckDbEngine(mart.mart)
    try:
        found = await there.query(sql, {}, first_day=first, last_day=TODAY)
        expected = await here.query(sql, {}, first_day=first, last_day=TODAY)
        assert sorted(found.rows, key=str) == sorted(expected.rows, key=str)
        records = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        assert {record["price_source"] for record in records} == {"billed", "unpriced"}
        for name in ("gpu_seconds", "latency_ms", "failed_requests", "unpriced_requests"):
            assert any(record[f"all_{name}"] for record in records)
    finally:
        await here.close()


async def test_only_the_partitions_that_are_asked_for_are_read(asked: Asked) -> None:
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE), lambda: NOW)
    first, last = TODAY - timedelta(days=4), TODAY - timedelta(days=2)
    table = await engine.query(COUNT, {}, first_day=first, last_day=last)
    assert table.rows == [(3, 3, first)]
    assert asked.runs[-1].partitions == {TABLE: {first, first + timedelta(days=1), last}}
    assert asked.runs[-1].parameters == {"costs_first_day": first, "costs_last_day": last}


async def test_an_organization_sees_its_own_rows_alone_and_is_a_parameter(asked: Asked) -> None:
    rows = [
        inference(1, 1.0),
        inference(1, 2.0, is_lt_team=True),
        inference(1, 4.0, is_lt_team=None),
        inference(1, 8.0, org="globex"),
    ]
    add_table(asked.warehouse, rows)
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE), lambda: NOW)
    sql, days = "SELECT SUM(billed_cost) AS usd FROM costs", (TODAY - timedelta(days=1), TODAY)

    async def usd(scope: Scope) -> object:
        table = await engine.query(sql, {}, first_day=days[0], last_day=days[1], scope=scope)
        return table.rows[0][0]

    assert await usd(Scope()) == 15
    assert await usd(Scope("acme")) == 7
    assert await usd(Scope("acme", customers_only=True)) == 1
    assert await usd(Scope("acme' OR TRUE --")) is None
    assert asked.runs[-1].parameters["costs_organization"] == "acme' OR TRUE --"
    assert "OR TRUE" not in asked.runs[-1].sql


@pytest.mark.parametrize(
    "cost", [None, float("nan"), float("inf"), float("-inf"), -1.0, 1e30], ids=str
)
async def test_what_is_no_price_is_counted_as_unpriced(asked: Asked, cost: float | None) -> None:
    add_table(asked.warehouse, [inference(1, cost), inference(1, 2.5), inference(1, 0.0)])
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE), lambda: NOW)
    sql = (
        "SELECT SUM(requests) AS n, SUM(unpriced_requests) AS unpriced, SUM(billed_cost) AS usd, "
        "SUM(fully_loaded_cost) AS loaded FROM costs"
    )
    table = await engine.query(sql, {}, first_day=TODAY - timedelta(days=1), last_day=TODAY)
    assert table.rows == [(3, 1, Decimal("2.5"), Decimal("2.5"))]


async def test_amounts_have_the_digits_of_the_mart(asked: Asked) -> None:
    add_table(asked.warehouse, [inference(1, 0.1), inference(1, 0.2)])
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE), lambda: NOW)
    sql = "SELECT SUM(billed_cost) AS usd FROM costs"
    table = await engine.query(sql, {}, first_day=TODAY - timedelta(days=1), last_day=TODAY)
    assert table.rows == [(Decimal("0.3"),)]


async def test_a_time_that_is_mapped_gives_hours(asked: Asked) -> None:
    yesterday = TODAY - timedelta(days=1)
    nine = NOW.replace(day=yesterday.day, hour=9, minute=41)
    fields = [TableField(column, kind) for column, kind in FIELDS.items()]
    rows = [
        {**inference(1, 1.0), "at": nine},
        {**inference(1, 2.0), "at": None},
        {**inference(1, 4.0), "at": nine - timedelta(days=3)},
    ]
    asked.warehouse.add_table(TABLE, [*fields, TableField("at", "TIMESTAMP")], "dt", rows)  # pyright: ignore[reportArgumentType]
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE, {"time": "at"}), lambda: NOW)
    sql = (
        "SELECT charge_period_start, grain, SUM(billed_cost) AS usd FROM costs "
        "GROUP BY charge_period_start, grain ORDER BY grain"
    )
    table = await engine.query(sql, {}, first_day=yesterday, last_day=yesterday)
    midnight = nine.replace(hour=0, minute=0)
    assert table.rows == [(midnight, "day", 6), (nine.replace(minute=0), "hour", 1)]


async def test_a_dimension_of_the_deployments_own_is_mapped_by_its_name(asked: Asked) -> None:
    own = Dimension("gpu", "x_gpu", GPU_ONLY, "", "gpus", import_column="gpu", custom=True)
    tagged = Dimension("tier", "x_tier", GPU_ONLY, "", "tiers", tag="tier", custom=True)
    dimensions = Dimensions([own, tagged])
    table = RequestTable(TABLE, {"gpu": "billing_type"}, dimensions)
    add_table(asked.warehouse, [inference(0, 1.0, billing_type="h100")])
    engine = BigQueryEngine(asked.jobs(), table, lambda: NOW)
    sql = "SELECT x_gpu, x_tier, billing_type FROM costs"
    answer = await engine.query(sql, {}, first_day=TODAY, last_day=TODAY)
    assert answer.rows == [("h100", None, "h100")]
    assert RequestTable(TABLE, dimensions=dimensions).mapping["gpu"] == ""
    with pytest.raises(ValueError, match="no column to map"):
        RequestTable(TABLE, {"gpu": "billing_type"})


async def test_a_query_of_another_table_is_refused(asked: Asked) -> None:
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE), lambda: NOW)
    sql = f"SELECT COUNT(*) AS n FROM `{TABLE}` WHERE dt = @costs_first_day"
    with pytest.raises(NotPortableError, match="only costs"):
        await engine.query(sql, {}, first_day=TODAY, last_day=TODAY, scope=Scope("acme"))
    assert asked.warehouse.jobs == []


async def test_freshness_comes_from_the_partitions_and_is_kept_for_ten_minutes(
    asked: Asked,
) -> None:
    now = [NOW]
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE), lambda: now[0])
    assert engine.snapshot().is_empty

    async def look() -> datetime:
        await engine.query(COUNT, {}, first_day=TODAY, last_day=TODAY)
        return engine.snapshot().sources[Source.GPU].loaded_at

    assert await look() == NOW
    state = engine.snapshot().sources[Source.GPU]
    assert (state.first_time.date(), state.last_time.date()) == (TODAY - timedelta(days=9), TODAY)
    assert (state.rows, engine.snapshot().version) == (10, 1)

    asked.warehouse.clock = lambda: NOW + timedelta(minutes=4)
    asked.warehouse.replace_partition(TABLE, TODAY, [])  # pyright: ignore[reportArgumentType]
    now[0] = NOW + timedelta(minutes=9)
    assert await look() == NOW
    now[0] = NOW + timedelta(minutes=11)
    await look()
    state = engine.snapshot().sources[Source.GPU]
    assert (state.rows, state.last_time.date()) == (9, TODAY - timedelta(days=1))
    assert [record.purpose for record in asked.records].count("partitions") == 2


async def test_a_question_asked_at_once_by_many_lists_the_partitions_once(asked: Asked) -> None:
    engine = BigQueryEngine(asked.jobs(), RequestTable(TABLE), lambda: NOW)
    await asyncio.gather(
        *(engine.query(COUNT, {}, first_day=TODAY, last_day=TODAY) for _ in range(5))
    )
    assert [record.purpose for record in asked.records].count("partitions") == 1


def test_the_settings_map_the_deployments_own_dimensions() -> None:
    gpu = CustomDimension(name="gpu", column="gpu_type", sources=(Source.GPU,))
    settings = Settings(dimensions=(gpu,), bigquery_columns={"gpu": "accelerator", "time": "at"})
    assert settings.request_table.mapping["gpu"] == "accelerator"
    assert "`accelerator`" in settings.request_table.query("SELECT x_gpu FROM costs")
    with pytest.raises(ValidationError, match="no column to map"):
        Settings(bigquery_columns={"gpu": "accelerator"})
