"""Rows from BigQuery on their way into the mart: a file of JSON lines, then typed columns.

Amounts travel as text and are read as decimals: no float on the way.
"""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import duckdb

from analysis.errors import BadInput
from queries.dimensions import Dimensions, Source
from queries.mart.rollup import nothing
from queries.schema import Column, quoted, requests_columns
from queries.sync.statement import columns, keys

UNKNOWN_CATEGORY = "unknown"
"""The category of rows whose `cost_category` is NULL: they cost something all the same."""


_TYPES: Mapping[str, frozenset[type]] = {
    "BOOLEAN": frozenset({bool}),
    "BIGINT": frozenset({int}),
    "VARCHAR": frozenset({str}),
    "DATE": frozenset({date}),
    "TIMESTAMPTZ": frozenset({datetime}),
    "DECIMAL": frozenset({Decimal}),
}
"""What the client gives for a column of each of our types."""


def write_rows(path: Path, known: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Writes rows as lines of JSON.

    Args:
        path: of the new file.
        known: the columns.
        rows: a value for each, of plain Python.

    Raises:
        BadInput: a value is not of its column's type.
    """
    names = [column.name for column in known]
    # Without rows there is no column either.
    by_column = zip(known, zip(*rows, strict=True), strict=False)
    written = [_written(column, cells) for column, cells in by_column]
    encode = json.JSONEncoder(ensure_ascii=False).encode
    with path.open("w", encoding="utf-8") as file:
        for row in zip(*written, strict=True):
            file.write(encode(dict(zip(names, row, strict=True))))
            file.write("\n")


def _written(column: Column, cells: Sequence[object]) -> Iterable[object]:
    """A column's values as JSON has them.

    A column at a time: looking at every value by itself would take three times as long.

    Raises:
        BadInput: one is of another type than the column.
    """
    fitting = _TYPES[column.type.partition("(")[0]]
    for unfit in set(map(type, cells)) - {*fitting, type(None)}:
        value = next(cell for cell in cells if type(cell) is unfit)
        raise BadInput(
            f"BigQuery gives {value!r:.60} for {column.name} ({column.meaning}): "
            "a mapped column is of a type that does not fit.",
            "`costbot doctor` compares all columns with the table's.",
        )
    if Decimal in fitting:
        amounts = cast("Sequence[Decimal | None]", cells)
        return [None if amount is None else f"{amount:f}" for amount in amounts]
    if fitting & {date, datetime}:
        times = cast("Sequence[date | None]", cells)
        return [None if time is None else time.isoformat() for time in times]
    return cells


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
