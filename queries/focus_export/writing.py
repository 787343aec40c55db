"""Writing `costs` as a FOCUS file: DuckDB streams it, so memory does not grow with the period."""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from uuid import uuid4

import duckdb

from analysis.errors import BadInput, Unavailable
from queries.dimensions import Dimension
from queries.duck import connect
from queries.focus_export.columns import IN_COLUMNS, FocusColumn, Kind, focus_columns
from queries.mart import Mart
from queries.mart.manifest import costs_shape_of
from queries.mart.rollup import costs_of, nothing
from queries.schema import MEASURES, costs_columns, quoted
from queries.scope import Scope


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    PARQUET = "parquet"


_WRITTEN_AS = {
    FileFormat.CSV: "FORMAT csv, HEADER true",
    FileFormat.PARQUET: "FORMAT parquet, COMPRESSION zstd",
}
_KEYS = ("dt", "source", "is_internal", "price_source")


@dataclass(frozen=True, slots=True)
class FocusFile:
    """What is to be written.

    Attributes:
        first_day: first UTC day.
        last_day: last UTC day, included.
        scope: the rows that there are.
        dimensions: by which charges are told apart.
        account: `BillingAccountId`.
        format: of the file.
    """

    first_day: date
    last_day: date
    scope: Scope
    dimensions: Sequence[Dimension]
    account: str
    format: FileFormat


@dataclass(frozen=True, slots=True)
class FocusTotals:
    """What a file holds.

    Attributes:
        rows: charges.
        billed: USD, the sum of `BilledCost`: infrastructure cost.
        effective: USD, the sum of `EffectiveCost`: fully loaded cost.
        unpriced_requests: whose cost is not known: they are in neither sum.
    """

    rows: int
    billed: Decimal
    effective: Decimal
    unpriced_requests: int


def statement(columns: Sequence[FocusColumn], file: FocusFile, costs: str) -> str:
    """The query for the file's rows: one for each day, source and combination of dimensions.

    Args:
        columns: of the file.
        file: what is written.
        costs: the relation, as it stands after FROM.
    """
    keys = [*_KEYS, *(quoted(one.column) for one in file.dimensions)]
    sums = [
        f"COALESCE(SUM({quoted(one.name)}), 0)::{one.type} AS {quoted(one.name)}"
        for one in MEASURES
        if one.name != "billed_cost"
    ]
    conditions = ["dt BETWEEN $first_day AND $last_day"]
    if file.scope.organization is not None:
        conditions.append("organization = $organization")
    if file.scope.customers_only:
        conditions.append("is_internal IS FALSE")
    written = ", ".join(f"{_written(one, file.format)} AS {quoted(one.name)}" for one in columns)
    # An unpriced row is a cost that nobody knows: BilledCost may not be null, so it is 0 there,
    # and x_UnpricedRequests says why.
    return (
        f"SELECT {written} FROM (SELECT {', '.join(keys)}, cost_category AS category, "
        "COALESCE(SUM(billed_cost), 0) AS billed, SUM(fully_loaded_cost) AS loaded, "
        f"{', '.join(sums)} FROM {costs} WHERE {' AND '.join(conditions)} "
        f"GROUP BY {', '.join(keys)}) ORDER BY {', '.join(keys)}"
    )


def write_focus(
    mart: Mart, file: FocusFile, target: Path, *, threads: int, memory: str
) -> FocusTotals:
    """Writes a file; it is there as a whole, or not at all. Without any row none is written.

    Args:
        mart: with the costs.
        file: what is written.
        target: where; a file of that name is replaced.
        threads: that DuckDB may use.
        memory: that DuckDB may use; what is more spills beside the target.

    Raises:
        BadInput: the target cannot be written.
        Unavailable: the mart cannot be read.
    """
    tagged = [one for one in file.dimensions if one.name not in IN_COLUMNS]
    columns = focus_columns(tagged)
    snapshot = mart.snapshot()
    files = snapshot.files("costs", file.first_day, file.last_day)
    costs = f"({nothing(costs_columns(mart.dimensions))})"
    if files:
        shapes = snapshot.shapes(file.first_day, file.last_day)
        alike = shapes <= {costs_shape_of(mart.dimensions)}
        costs = costs_of(mart.dimensions, "getvariable('focus_files')", alike=alike)
    draft = target.with_name(f".{target.name}.{uuid4().hex[:8]}.new")
    given: dict[str, object] = {
        "first_day": file.first_day,
        "last_day": file.last_day,
        "account": file.account,
    }
    if file.scope.organization is not None:
        given["organization"] = file.scope.organization
    try:
        with (
            TemporaryDirectory(prefix=".focus-", dir=target.parent) as spill,
            connect(threads=threads, memory=memory, temporary=Path(spill)) as connection,
        ):
            connection.execute("SET VARIABLE focus_files = $1", [files])
            connection.execute(
                f"COPY ({statement(columns, file, costs)}) TO $target ({_WRITTEN_AS[file.format]})",
                {**given, "target": str(draft)},
            )
            totals = _totals(connection, file.format, draft)
        if totals.rows:
            draft.replace(target)
    except OSError as error:
        raise BadInput(
            f"{target} cannot be written: {error.strerror or error}.", "Look at its folder."
        ) from error
    except duckdb.IOException as error:
        message = "The mart's files cannot be read, or the file cannot be written."
        raise Unavailable(message) from error
    finally:
        draft.unlink(missing_ok=True)
    return totals


def _written(column: FocusColumn, file_format: FileFormat) -> str:
    if column.kind is Kind.INSTANT and file_format is FileFormat.CSV:
        return f"strftime({column.sql}, '%Y-%m-%dT%H:%M:%SZ')"
    return column.sql


def _totals(
    connection: duckdb.DuckDBPyConnection, file_format: FileFormat, path: Path
) -> FocusTotals:
    """What was written, read from the file itself."""
    relation = "read_parquet($path)"
    if file_format is FileFormat.CSV:
        relation = "read_csv($path, all_varchar = true, header = true, strict_mode = true)"
    rows = connection.execute(
        "SELECT count(*), COALESCE(sum(BilledCost::DECIMAL(38,15)), 0), "
        "COALESCE(sum(EffectiveCost::DECIMAL(38,15)), 0), "
        f"COALESCE(sum(x_UnpricedRequests::BIGINT), 0)::BIGINT FROM {relation}",
        {"path": str(path)},
    ).fetchall()
    return FocusTotals(*cast("tuple[int, Decimal, Decimal, int]", rows[0]))
