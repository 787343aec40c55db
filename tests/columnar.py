"""Rows into DuckDB by columns: a statement for each row would take milliseconds a row.

And out of files: opening DuckDB takes longer than reading what a test has written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import duckdb

from queries.schema import Column, quoted


def create(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Makes a table of these columns with these rows; what a row lacks is NULL."""
    declared = ", ".join(f"{quoted(column.name)} {column.type}" for column in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({declared})")
    lists = ", ".join(f"unnest(?::VARCHAR[])::{column.type}" for column in columns)
    values = [[_written(row.get(column.name)) for row in rows] for column in columns]
    connection.execute(f"INSERT INTO {table} SELECT {lists}", values)


def reader() -> duckdb.DuckDBPyConnection:
    """A connection in UTC, to close after use, of a DuckDB that is opened once."""
    return _database().cursor()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    return database


def _written(value: object) -> str | None:
    return None if value is None else str(value)
