"""The last step of an import: the columns of `requests`, in order, as the view `priced`."""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

from collections.abc import Collection, Mapping

from queries.dimensions import Dimensions, Source
from queries.schema import MONEY, Column, quoted, requests_columns

_WITHOUT = {"BIGINT": "0::BIGINT", MONEY: f"0::{MONEY}"}


def final_sql(
    source: Source,
    dimensions: Dimensions,
    relation: str,
    columns: Mapping[str, str],
    own: Collection[str],
) -> str:
    """The statement that makes `priced`.

    Args:
        source: of the rows.
        dimensions: of the deployment.
        relation: what follows FROM; it has `record`, `time`, `request_key` and the columns `own`.
        columns: expressions for columns of `requests`.
        own: columns that the relation has as they are to be.

    Returns:
        A CREATE VIEW; what neither is given is 0 where it is added up, else NULL.
    """
    parts = [
        f"({_value(source, column, columns, own)})::{column.type} AS {quoted(column.name)}"
        for column in requests_columns(dimensions)
    ]
    return (
        "CREATE OR REPLACE TEMP VIEW priced AS "
        f"SELECT record, {', '.join(parts)} FROM {relation} AS it"
    )


def _value(source: Source, column: Column, columns: Mapping[str, str], own: Collection[str]) -> str:
    if column.name in columns:
        return columns[column.name]
    if column.name == "dt":
        return "it.time::DATE"
    if column.name == "source":
        return f"'{source.value}'"
    if column.name in own or column.name in {"time", "request_key"}:
        return f"it.{quoted(column.name)}"
    return _WITHOUT.get(column.type, "NULL")
