"""Rows from BigQuery on their way into the mart: a file of JSON lines, then typed columns.

Amounts travel as text and are read as decimals: no float on the way.
"""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from queries.dimensions import Dimensions, Source
from queries.mart.rollup import nothing
from queries.schema import quoted, requests_columns
from queries.sync.statement import columns, keys

UNKNOWN_CATEGORY = "unknown"
"""The category of rows whose `cost_category` is NULL: they cost something all the same."""


def write_rows(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes rows as lines of JSON.

    Args:
        path: of the new file.
        names: of the columns.
        rows: of str, int, Decimal, bool, date, aware datetime or None.
    """
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            values = dict(zip(names, map(_plain, row), strict=True))
            file.write(json.dumps(values, ensure_ascii=False))
            file.write("\n")


def _plain(value: object) -> str | int | bool | None:
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case None | bool() | int() | str():
            return value
        case _:
            message = f"{value!r} is nothing that a sync reads"
            raise TypeError(message)


def stage_rows(
    connection: duckdb.DuckDBPyConnection,
    dimensions: Dimensions,
    paths: Sequence[Path],
    days: Collection[date],
) -> str:
    """Makes the view of `requests` over some files, for the mart's writer.

    Args:
        connection: in UTC.
        dimensions: of the deployment.
        paths: files of `write_rows`, with the columns of the statement.
        days: the UTC days that are taken; rows of others are left.

    Returns:
        The view's name.
    """
    types = ", ".join(
        f"{_literal(column.name)}: {_literal(column.type)}" for column in columns(dimensions)
    )
    given = {column.name for column in columns(dimensions)}
    # As a list of JSON the keys cannot run into each other, and NULL is none of the texts.
    told = ", ".join(f"{quoted(column.name)}::VARCHAR" for column in keys(dimensions))
    made = {
        "time": "charge_period_start",
        "request_key": f"md5_number('bigquery:' || to_json([{told}])::VARCHAR)::UUID",
        "source": _literal(Source.GPU.value),
        "cost_category": f"COALESCE(cost_category, {_literal(UNKNOWN_CATEGORY)})",
    }
    listed = ", ".join(
        f"{_expression(column.name, made, given)}::{column.type} AS {quoted(column.name)}"
        for column in requests_columns(dimensions)
    )
    rows, parameters = nothing(columns(dimensions)), {}
    if paths and days:
        rows = (
            "SELECT * FROM read_json($paths, format = 'newline_delimited', "
            f"columns = {{{types}}}) WHERE list_contains($days::DATE[], dt)"
        )
        parameters = {"paths": [str(path) for path in paths], "days": sorted(days)}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE sync_rows AS {rows}", parameters)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW sync_requests AS SELECT {listed} FROM sync_rows"
    )
    return "sync_requests"


def _expression(name: str, made: dict[str, str], given: set[str]) -> str:
    if name in made:
        return made[name]
    return quoted(name) if name in given else "NULL"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
