"""The SQL of the mart: how `requests` is written, and rolled up to `costs`.

Names are pasted, from our declared lists only; file names and days travel as parameters or
DuckDB variables.
"""
# ruff: noqa: S608 - what is pasted here are the declared columns, never data

from __future__ import annotations

from queries.dimensions import Dimensions
from queries.mart.manifest import Grain
from queries.schema import (
    FULLY_LOADED,
    FULLY_LOADED_RULE,
    KEYS,
    MEASURES,
    Column,
    costs_columns,
    dimension_columns,
    quoted,
    requests_columns,
)

FILES = "mart_files"
"""The DuckDB variable with the list of files that the next statement reads."""

PARQUET = "FORMAT parquet, COMPRESSION lz4_raw"
"""How both relations are written: smaller than with snappy, and a tenth faster to read."""

PARTITIONED = (
    f"{PARQUET}, PARTITION_BY (dt), WRITE_PARTITION_COLUMNS true, "
    "FILENAME_PATTERN '{uuid}', APPEND true, RETURN_FILES true"
)
"""The same for many days at once: one folder a day, new files with names of their own."""


ORDER = "ORDER BY dt, cost_category, organization, model, charge_period_start"
"""How large days of `costs` lie: what is asked for together lies together."""


def typed(dimensions: Dimensions, relation_name: str) -> str:
    """The relation with the columns of `requests`, in order and of their types."""
    counts = {measure.name for measure in MEASURES if measure.type == "BIGINT"}
    columns = ", ".join(
        f"COALESCE({name}, 0)::BIGINT AS {name}"
        if column.name in counts
        else f"{name}::{column.type} AS {name}"
        for column in requests_columns(dimensions)
        for name in (quoted(column.name),)
    )
    return f"SELECT {columns} FROM {quoted(relation_name)}"


def nothing(columns: tuple[Column, ...]) -> str:
    """An empty relation of these columns."""
    nulls = ", ".join(f"NULL::{column.type} AS {quoted(column.name)}" for column in columns)
    return f"SELECT {nulls} WHERE false"


def stored_requests(dimensions: Dimensions, *, alike: bool) -> str:
    """The requests of the files in the variable.

    Args:
        dimensions: of the deployment.
        alike: all the files have the columns of these dimensions. Otherwise what they lack is
            NULL, and a dimension made of a tag is taken from the tags.
    """
    if alike:
        return f"SELECT * FROM read_parquet(getvariable('{FILES}'))"
    tagged = "".join(
        f", COALESCE({column}, json_extract_string(tags, {_pointer(dimension.tag)})) AS {column}"
        for dimension in dimensions.values()
        if dimension.tag is not None
        for column in (quoted(dimension.column),)
    )
    replaced = f" REPLACE ({tagged.removeprefix(', ')})" if tagged else ""
    return (
        f"SELECT *{replaced} FROM (SELECT * FROM ({nothing(requests_columns(dimensions))}) "
        f"UNION ALL BY NAME "
        f"SELECT * FROM read_parquet(getvariable('{FILES}'), union_by_name = true))"
    )


def rolled_up(dimensions: Dimensions, grain: Grain, *, alike: bool, ordered: bool) -> str:
    """`costs` at one grain, from the request files in the variable.

    Unknown costs are left out of the sums, which stay NULL only where all is unpriced; the
    requests behind them are in `unpriced_requests`.

    Args:
        dimensions: of the deployment.
        grain: of the result.
        alike: see `stored_requests`.
        ordered: by category and organization, so that the question of one reads few row groups.
            It costs half as much again, and gains little where there is only one row group.
    """
    start = "date_trunc('hour', time)" if grain == "hour" else "dt::TIMESTAMPTZ"
    keys = [quoted(column.name) for column in (*KEYS, *dimension_columns(dimensions))]
    sums = (
        f"SUM({quoted(measure.name)})::{measure.type} AS {quoted(measure.name)}"
        for measure in MEASURES
    )
    columns = ("dt", f"{start} AS charge_period_start", f"'{grain}' AS grain", *keys, *sums)
    added = (
        f"SELECT {', '.join(columns)} FROM ({stored_requests(dimensions, alike=alike)}) "
        f"GROUP BY {', '.join(('dt', 'charge_period_start', *keys))}"
    )
    order = ORDER if ordered else ""
    return f"SELECT *, {FULLY_LOADED_RULE} AS {FULLY_LOADED.name} FROM ({added}) {order}"


def costs_of(dimensions: Dimensions, files: str, *, alike: bool) -> str:
    """The relation `costs` over some of its files, as it stands after FROM.

    Args:
        dimensions: of the deployment.
        files: SQL for the list of files.
        alike: all the files have the columns that `rolled_up` gives them now, `dt` among them.
            Otherwise what they lack is NULL, or made by the same rule as in the rollup.
    """
    if alike:
        return f"read_parquet({files}, hive_partitioning = false)"
    name = FULLY_LOADED.name
    return (
        f"(SELECT * REPLACE (COALESCE({name}, {FULLY_LOADED_RULE}) AS {name}) FROM ("
        f"SELECT * FROM ({nothing(costs_columns(dimensions))}) UNION ALL BY NAME "
        f"SELECT * FROM read_parquet({files}, union_by_name = true, hive_partitioning = false)))"
    )


def _pointer(tag: str) -> str:
    pointer = "/" + tag.replace("~", "~0").replace("/", "~1")
    return "'" + pointer.replace("'", "''") + "'"
