"""The one statement of a sync: some days of the request table, added up by all keys."""

from __future__ import annotations

from datetime import date

from queries.bigquery.jobs import Statement
from queries.dimensions import Dimensions
from queries.request_table import FIRST_DAY, LAST_DAY, RequestTable
from queries.schema import KEYS, MEASURES, Column, dimension_columns

ROWS = Column("table_rows", "BIGINT", "rows of the table that the line stands for")


def keys(dimensions: Dimensions) -> tuple[Column, ...]:
    """What the rows are grouped by; the source is always the same."""
    return (
        Column("dt", "DATE", "UTC day, the partition"),
        Column("charge_period_start", "TIMESTAMPTZ", "the hour, or midnight of the day"),
        *(column for column in KEYS if column.name != "source"),
        *dimension_columns(dimensions),
    )


def columns(dimensions: Dimensions) -> tuple[Column, ...]:
    """What the statement gives, in order."""
    return (*keys(dimensions), *MEASURES, ROWS)


def sync_statement(table: RequestTable, first_day: date, last_day: date) -> Statement:
    """Reads the days from `first_day` to `last_day`, both included."""
    names = [column.name for column in keys(table.dimensions)]
    sums = [f"SUM({measure.name}) AS {measure.name}" for measure in MEASURES]
    listed = ",\n  ".join((*names, *sums, f"COUNT(*) AS {ROWS.name}"))
    sql = f"SELECT\n  {listed}\nFROM costs\nGROUP BY\n  {', '.join(names)}"
    return Statement(
        table.query(sql),
        {FIRST_DAY: first_day, LAST_DAY: last_day},
        purpose="sync",
        partition_column=table.partition_column,
    )
