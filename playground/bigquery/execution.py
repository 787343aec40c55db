"""Running a statement: planned by its tables' partitions, run by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import duckdb
from sqlglot import exp

from playground.bigquery.copies import Copies
from playground.bigquery.dialect import Translator
from playground.bigquery.jobs import Column, Result
from playground.bigquery.parameters import Parameter
from playground.bigquery.partition_filter import usable_ones
from playground.bigquery.refusal import invalid_query
from playground.bigquery.statement import PARTITIONS, Reference, Statement
from playground.bigquery.tables import Table, TableName
from playground.bigquery.values import Value

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
    """DuckDB, with copies of the tables."""

    def __init__(self) -> None:
        self._duckdb = duckdb.connect(config={"threads": 1})
        self._duckdb.execute("SET TimeZone = 'UTC'")
        self._copies = Copies(self._duckdb)

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
            self._copies.refresh(one.place, tables[one.name])
        sql = Translator(parameters, statement.types, now).write(statement.tree)
        if not rows:
            sql = f"SELECT * FROM ({sql}) LIMIT 0"  # noqa: S608
        try:
            cursor = self._duckdb.execute(sql, _used(statement.tree, parameters))
            found = cast("list[tuple[object, ...]]", cursor.fetchall())
        except duckdb.Error as error:
            raise invalid_query(_complaint(error)) from error
        described = cursor.description or []
        columns = tuple(_column(one[0], str(one[1])) for one in described)
        names = [one.name.lower() for one in columns]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = "Duplicate column names in the result are not supported."
            raise invalid_query(f"{message} Found duplicate(s): {', '.join(twice)}")
        return Result(columns, tuple(found))

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
        if table.partitioned_by != "DAY":
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
