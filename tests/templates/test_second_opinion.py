"""The statement for the console means, to GoogleSQL's own evaluator, what the mart answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from analysis.errors import NotAllowed
from handlers.caller import Caller
from handlers.queries import PreparedQuery, QueryHandler, QueryRequest
from queries.dimensions import Dimensions
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.request_table import DEFAULT_TABLE, RequestTable
from queries.scope import Scope
from queries.template_list import NAMES, templates
from tests.facts import add
from tests.templates.comparing import asked_for, differences
from tests.templates.conftest import ACME, ADMIN
from tests.templates.hard_rows import FIELDS, hard_rows
from tests.templates.oracle import Oracle, oracle

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

OPTIONAL = {
    name: ""
    for name in FIELDS
    if name not in {"dt", "cost_category", "row_cost"}
}  # fmt: skip
"""A table that has three columns."""


@dataclass(frozen=True)
class Twice:
    """The same rows: as the table has them, before the evaluator, and in a mart."""

    judge: Oracle
    loaded: int
    mart: Mart


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Twice:
    judge = oracle()
    hard = hard_rows(seed=3, count=900, today=NOW.date())
    mart = Mart(tmp_path_factory.mktemp("opinion"), Dimensions(), lambda: NOW)
    add(mart, hard.facts)
    return Twice(judge, judge.load(DEFAULT_TABLE, FIELDS, hard.rows), mart)


async def answered(
    mart: Mart, request: QueryRequest, caller: Caller
) -> tuple[list[tuple[object, ...]], PreparedQuery]:
    """The mart's answer, whole: columns that the caller does not get included."""
    engine = DuckDbEngine(mart)
    try:
        prepared = QueryHandler(engine, lambda: NOW, 26.0).prepared(request, caller)
        table = await engine.query(
            prepared.template.sql,
            prepared.values,
            first_day=prepared.first_read,
            last_day=prepared.last_read,
            scope=Scope(caller.organization, customers_only=caller.organization is not None),
        )
    finally:
        await engine.close()
    return table.rows, prepared


def written_out(sql: str, values: Mapping[str, object]) -> str:
    """A statement with the values of its parameters in their place."""

    def literal(match: re.Match[str]) -> str:
        value = values[match[1]]
        return f"DATE '{value}'" if isinstance(value, date) else repr(value)

    return re.sub(r"@(\w+)", literal, sql)


@pytest.mark.parametrize("name", NAMES)
def test_what_format_sql_prints_answers_as_the_mart(twice: Twice, name: str):
    rows, prepared = asyncio.run(answered(twice.mart, asked_for(name), ADMIN))
    days = (prepared.first_read, prepared.last_read)
    statement = RequestTable().statement(prepared.template, prepared.values, days)
    columns, found = twice.judge.answer(statement, twice.loaded)
    assert columns == tuple(column.name for column in prepared.template.columns)
    assert len(rows) > 0
    assert differences(prepared.template.columns, rows, found)[:5] == []


@pytest.mark.parametrize("name", NAMES)
def test_one_organization_gets_the_same_from_both(twice: Twice, name: str):
    try:
        rows, prepared = asyncio.run(answered(twice.mart, asked_for(name), ACME))
    except NotAllowed:
        assert templates()[name].for_all_only
        return
    scope = {
        "costs_first_day": prepared.first_read,
        "costs_last_day": prepared.last_read,
        "costs_organization": ACME.organization,
    }
    sql = RequestTable().query(prepared.template.sql, Scope("acme", customers_only=True))
    _, found = twice.judge.answer(written_out(sql, {**prepared.values, **scope}), twice.loaded)
    assert len(rows) > 0
    assert differences(prepared.template.columns, rows, found)[:5] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_table_of_three_columns_has_a_statement_too(twice: Twice, name: str):
    template = templates()[name]
    values = template.values({}, NOW.date())
    days = template.days_read(values, NOW.date())
    statement = RequestTable(columns=OPTIONAL).statement(template, values, days)
    columns, _ = twice.judge.answer(statement, twice.loaded)
    assert columns == tuple(column.name for column in template.columns)


def test_the_evaluator_is_not_duckdb(twice: Twice):
    """It knows what DuckDB does otherwise, and raises no error about: that makes it a judge."""
    sql = (
        "SELECT SAFE_CAST('12.7' AS INT64) AS no_number, COUNTIF(FALSE) AS nothing, "
        "EXTRACT(DAYOFWEEK FROM DATE '2026-11-22') AS sunday, ROUND(2.675, 2) AS half, "
        "SUM(NUMERIC '0.0001') AS fourth_digit FROM (SELECT 1)"
    )
    _, [row] = twice.judge.answer(sql, twice.loaded)
    assert [str(cell) for cell in row] == ["None", "0", "1", "2.67", "0.000100000"]
