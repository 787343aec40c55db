"""Copies of tables in DuckDB, of which only what has changed is made anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import duckdb

from playground.bigquery.tables import Partition, Row, Table, TableField
from playground.bigquery.values import DUCKDB_TYPES


@dataclass(slots=True)
class _Copy:
    fields: list[TableField]
    partition_field: str | None
    partitions: dict[date | None, Partition] = field(default_factory=dict[date | None, Partition])


class Copies:
    """What DuckDB holds of each table; a partition that is written is another object."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._duckdb = connection
        self._copies: dict[str, _Copy] = {}

    def refresh(self, place: str, table: Table) -> None:
        """Make the copy the same as its table.

        Args:
            place: what DuckDB calls it.
            table: that it is a copy of.
        """
        copy = self._copies.get(place)
        if (
            copy is None
            or copy.fields != table.fields
            or copy.partition_field != table.partition_field
        ):
            columns = ", ".join(f'"{one.name}" {DUCKDB_TYPES[one.kind]}' for one in table.fields)
            self._duckdb.execute(f'CREATE OR REPLACE TABLE "{place}" ({columns})')
            copy = self._copies[place] = _Copy(list(table.fields), table.partition_field)
        old, new = copy.partitions, table.partitions
        self._delete(place, copy, [day for day in old if new.get(day) is not old[day]])
        changed = [day for day in new if old.get(day) is not new[day]]
        self._insert(place, table.fields, (row for day in changed for row in new[day].rows))
        copy.partitions = dict(new)

    def _delete(self, place: str, copy: _Copy, days: list[date | None]) -> None:
        if not days:
            return
        if copy.partition_field is None:
            self._duckdb.execute(f'DELETE FROM "{place}"')  # noqa: S608
            return
        column = f'"{copy.partition_field}"'
        sql = f'DELETE FROM "{place}" WHERE list_contains($days::DATE[], {column})'  # noqa: S608
        if None in days:
            sql += f" OR {column} IS NULL"
        self._duckdb.execute(sql, {"days": days})

    def _insert(self, place: str, fields: list[TableField], some: Iterable[Row]) -> None:
        rows = list(some)
        if not rows:
            return
        lists = ", ".join(
            f"unnest($c{index}::{DUCKDB_TYPES[one.kind]}[])" for index, one in enumerate(fields)
        )
        values = {f"c{index}": [row[one.name] for row in rows] for index, one in enumerate(fields)}
        self._duckdb.execute(f'INSERT INTO "{place}" SELECT {lists}', values)
