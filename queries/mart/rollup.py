"""The SQL of the mart: how `requests` is written, and rolled up to `costs`.

Names are pasted, from our declared lists only; file names and days travel as parameters or
DuckDB variables.
"""
# ruff: noqa: S608 - what is pasted here are the declared columns, never data

from __future__ import annotations

from queries.dimensions import Dimension, Dimensions
from queries.mart.manifest import Grain
from queries.schema import KEYS, MEASURES, Column, dimension_columns, quoted, requests_columns

FILES = "mart_files"
"""The DuckDB variable with the list of files that the next statement reads."""

PARTITIONED = (
    "FORMAT parquet, COMPRESSION zstd, PARTITION_BY (dt), WRITE_PARTITION_COLUMNS true, "
    "FILENAME_PATTERN '{uuid}', APPEND true, RETURN_FILES true"
)
"""How both relations are written: new files with names of their own, one folder a day."""


def typed(dimensions: Dimensions, relation_name: str) -> str:
    """The relation with the columns of `requests`, in order and of their types."""
    columns = ", ".join(
        f"{quoted(column.name)}::{column.type} AS {quoted(column.name)}"
        for column in requests_columns(dimensions)
    )
    return f"SELECT {columns} FROM {quoted(relation_name)}"


def nothing(columns: tuple[Column, ...]) -> str:
    """An empty relation of these columns."""
    nulls = ", ".join(f"NULL::{column.type} AS {quoted(column.name)}" for column in columns)
    return f"SELECT {nulls} WHERE false"


def stored_requests(dimensions: Dimensions) -> str:
    """The requests of the files in the variable, whatever columns their time gave them."""
    return (
        f"SELECT * FROM ({nothing(requests_columns(dimensions))}) UNION ALL BY NAME "
        f"SELECT * FROM read_parquet(getvariable('{FILES}'), union_by_name = true)"
    )


def rolled_up(dimensions: Dimensions, grain: Grain) -> str:
    """`costs` at one grain, from the request files in the variable.

    Unknown costs are left out of the sums, which stay NULL only where all is unpriced; the
    requests behind them are in `unpriced_requests`. The rows are in the order in which they
    compress and prune well.
    """
    start = "date_trunc('hour', time)" if grain == "hour" else "dt::TIMESTAMPTZ"
    keys = [quoted(key.name) for key in KEYS]
    columns = [quoted(column.name) for column in dimension_columns(dimensions)]
    divided = [_dimension(dimension) for dimension in dimensions.values()]
    measures = [quoted(measure.name) for measure in MEASURES]
    inner = ", ".join(("dt", f"{start} AS charge_period_start", *keys, *divided, *measures))
    outer = ", ".join(
        (
            "dt",
            "charge_period_start",
            f"'{grain}' AS grain",
            *keys,
            *columns,
            *(_sum(measure) for measure in MEASURES),
        )
    )
    by = ", ".join(("dt", "charge_period_start", *keys, *columns))
    return (
        f"SELECT {outer} FROM (SELECT {inner} FROM ({stored_requests(dimensions)})) "
        f"GROUP BY {by} ORDER BY dt, organization, model, charge_period_start"
    )


def _dimension(dimension: Dimension) -> str:
    column = quoted(dimension.column)
    if dimension.tag is None:
        return column
    pointer = "/" + dimension.tag.replace("~", "~0").replace("/", "~1")
    literal = "'" + pointer.replace("'", "''") + "'"
    # Files from before the dimension was declared lack the column, but not the tag.
    return f"COALESCE({column}, json_extract_string(tags, {literal})) AS {column}"


def _sum(measure: Column) -> str:
    name = quoted(measure.name)
    if measure.type == "BIGINT":
        return f"COALESCE(SUM({name}), 0)::BIGINT AS {name}"
    return f"SUM({name})::{measure.type} AS {name}"
