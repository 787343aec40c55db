"""Running a statement: planned by its tables' partitions, run by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import duckdb
from sqlglot import exp

from playground.bigquery.dialect import Translator
from playground.bigquery.jobs import Column, Result
from playground.bigquery.parameters import Parameter
from playground.bigquery.partition_filter import usable_ones
from playground.bigquery.refusal import invalid_query
from playground.bigquery.statement import PARTITIONS, Reference, Statement
from playground.bigquery.tables import Table, TableName
from playground.bigquery.values import DUCKDB_TYPES, Value

_LEAST_BILLED = 10 * 1024 * 1024
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """What a statement will read.

    Attributes:
        bytes_processed: logical bytes.
        bytes_billed: rounded up to mebibytes, and to ten at least for each table.
        partitions: by table.
    """

    bytes_processed: int
    bytes_billed: int
    partitions: dict[str, set[date | None]]


class Engine:
    """DuckDB, with a copy of each table that is made anew when the table has changed."""

    def __init__(self) -> None:
        self._duckdb = duckdb.connect(config={"threads": 1})
        self._duckdb.execute("SET TimeZone = 'UTC'")
        self._copies: dict[str, int] = {}

    def plan(
        self,
        statement: Statement,
        tables: Mapping[TableName, Table],
        parameters: Mapping[str, Parameter],
        now: datetime,
    ) -> Plan:
        """What the statement will read.

        Args:
            statement: to be planned.
            tables: those that it reads.
            parameters: by name in lower case.
            now: what CURRENT_DATE is the day of.

        Raises:
            Refusal: a table wants a filter on its partitions and gets none.
        """
        translator = Translator(parameters, statement.types, now)
        columns: dict[TableName, set[str]] = {}
        days: dict[TableName, set[date | None]] = {}
        for one in statement.references:
            table = tables[one.name]
            columns.setdefault(one.name, set()).update(one.columns)
            some = self._days(one, table, parameters, translator)
            days.setdefault(one.name, set()).update(some)
        sizes = {
            # The metadata costs ten mebibytes, whatever there is of it.
            name: _LEAST_BILLED
            if name.table == PARTITIONS
            else tables[name].size(columns[name], days[name])
            for name in columns
        }
        billed = sum(_billed(size) for size in sizes.values())
        return Plan(sum(sizes.values()), billed, {str(name): some for name, some in days.items()})

    def run(
        self,
        statement: Statement,
        tables: Mapping[TableName, Table],
        parameters: Mapping[str, Parameter],
        now: datetime,
        *,
        rows: bool = True,
    ) -> Result:
        """The statement's result; without `rows` only its columns.

        Args:
            statement: to be run.
            tables: those that it reads.
            parameters: by name in lower case.
            now: what CURRENT_TIMESTAMP is.
            rows: whether it is really run.

        Raises:
            Refusal: DuckDB finds fault with it.
        """
        for one in statement.references:
            self._copy(one.place, tables[one.name])
        sql = Translator(parameters, statement.types, now).write(statement.tree)
        if not rows:
            sql = f"SELECT * FROM ({sql}) LIMIT 0"  # noqa: S608
        try:
            cursor = self._duckdb.execute(sql, _used(statement.tree, parameters))
            found = cast("list[tuple[object, ...]]", cursor.fetchall())
        except duckdb.Error as error:
            raise invalid_query(_complaint(error)) from error
        described = cursor.description or []
        return Result(tuple(_column(one[0], str(one[1])) for one in described), tuple(found))

    def _days(
        self,
        reference: Reference,
        table: Table,
        parameters: Mapping[str, Parameter],
        translator: Translator,
    ) -> set[date | None]:
        column = table.partition_field
        if column is None:
            return set(table.partitions)
        filters = usable_ones(reference.filters, column)
        if not filters:
            if table.require_partition_filter:
                message = (
                    f"Cannot query over table '{table.name}' without a filter over column(s)"
                    f" '{column}' that can be used for partition elimination"
                )
                raise invalid_query(message)
            return set(table.partitions)
        condition = exp.and_(*filters)
        for one in condition.find_all(exp.Column):
            one.set("table", None)
        sql = (
            f'SELECT * FROM (SELECT unnest($days::DATE[]) AS "{column}")'  # noqa: S608
            f" WHERE {translator.write(condition)}"
        )
        values = {**_used(condition, parameters), "days": list(table.partitions)}
        found = cast("list[tuple[date | None]]", self._duckdb.execute(sql, values).fetchall())
        return {day for (day,) in found}

    def _copy(self, place: str, table: Table) -> None:
        if table.version >= 0 and self._copies.get(place) == table.version:
            return
        columns = ", ".join(f'"{one.name}" {DUCKDB_TYPES[one.kind]}' for one in table.fields)
        self._duckdb.execute(f'CREATE OR REPLACE TABLE "{place}" ({columns})')
        rows = [row for partition in table.partitions.values() for row in partition.rows]
        if rows:
            lists = ", ".join(
                f"unnest($c{index}::{DUCKDB_TYPES[one.kind]}[])"
                for index, one in enumerate(table.fields)
            )
            values = {
                f"c{index}": [row[one.name] for row in rows]
                for index, one in enumerate(table.fields)
            }
            self._duckdb.execute(f'INSERT INTO "{place}" SELECT {lists}', values)
        self._copies[place] = table.version


def _billed(size: int) -> int:
    return max(_LEAST_BILLED, -(-size // _MEBIBYTE) * _MEBIBYTE)


def _complaint(error: duckdb.Error) -> str:
    """What DuckDB says, without its class and without the text of the query."""
    return str(error).partition("\n")[0].partition(": ")[2] or str(error)


def _used(tree: exp.Expr, parameters: Mapping[str, Parameter]) -> dict[str, Value | list[Value]]:
    names = {one.name for one in tree.find_all(exp.Parameter)}
    return {name: parameters[name.lower()].value for name in names}


_KINDS = {
    "TINYINT": "INTEGER",
    "SMALLINT": "INTEGER",
    "INTEGER": "INTEGER",
    "BIGINT": "INTEGER",
    "HUGEINT": "INTEGER",
    "UBIGINT": "INTEGER",
    "FLOAT": "FLOAT",
    "DOUBLE": "FLOAT",
    "BOOLEAN": "BOOLEAN",
    "VARCHAR": "STRING",
    "BLOB": "BYTES",
    "DATE": "DATE",
    "TIME": "TIME",
    "TIMESTAMP": "DATETIME",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    '"NULL"': "INTEGER",
}


def _column(name: str, duckdb_type: str) -> Column:
    of = duckdb_type.removesuffix("[]")
    if of.startswith("DECIMAL"):
        scale = int(of.rstrip(")").partition(",")[2])
        kind = "NUMERIC" if scale <= 9 else "BIGNUMERIC"
    elif of in _KINDS:
        kind = _KINDS[of]
    else:
        raise invalid_query(f"A result of the type {duckdb_type} is not imitated: {name}")
    return Column(name, kind, repeated=duckdb_type.endswith("[]"))
