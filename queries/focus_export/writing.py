"""Writing `costs` as a FOCUS file, a day at a time: memory does not grow with the period."""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import cast
from uuid import uuid4

import duckdb

from analysis.errors import BadInput, Unavailable
from queries.dimensions import Dimension, Dimensions
from queries.duck import connect
from queries.focus_export.columns import IN_COLUMNS, FocusColumn, Kind, focus_columns
from queries.mart import Mart
from queries.mart.manifest import costs_shape_of
from queries.mart.rollup import costs_of
from queries.mart.snapshot import Snapshot
from queries.schema import MEASURES, quoted
from queries.scope import Scope


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    PARQUET = "parquet"


_PART = {FileFormat.CSV: "FORMAT csv, HEADER {header}", FileFormat.PARQUET: "FORMAT parquet"}
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

    rows: int = 0
    billed: Decimal = Decimal(0)
    effective: Decimal = Decimal(0)
    unpriced_requests: int = 0

    def __add__(self, other: FocusTotals) -> FocusTotals:
        return FocusTotals(
            self.rows + other.rows,
            self.billed + other.billed,
            self.effective + other.effective,
            self.unpriced_requests + other.unpriced_requests,
        )


def _keys(file: FocusFile) -> str:
    """What tells charges apart."""
    return ", ".join((*_KEYS, *(quoted(one.column) for one in file.dimensions)))


def statement(columns: Sequence[FocusColumn], file: FocusFile, costs: str) -> str:
    """The query for a day's rows: one for each source and combination of dimensions.

    Args:
        columns: of the file.
        file: what is written.
        costs: the relation, as it stands after FROM.
    """
    keys = _keys(file)
    sums = [
        f"COALESCE(SUM({quoted(one.name)}), 0)::{one.type} AS {quoted(one.name)}"
        for one in MEASURES
        if one.name != "billed_cost"
    ]
    written = ", ".join(f"{_written(one, file.format)} AS {quoted(one.name)}" for one in columns)
    # An unpriced row is a cost that nobody knows: BilledCost may not be null, so it is 0 there,
    # and x_UnpricedRequests says why.
    return (
        f"SELECT {written} FROM (SELECT {keys}, cost_category AS category, "
        "COALESCE(SUM(billed_cost), 0) AS billed, SUM(fully_loaded_cost) AS loaded, "
        f"{', '.join(sums)} FROM {costs} WHERE {_within(file)} "
        f"GROUP BY {keys}) ORDER BY {keys}"
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
    columns = focus_columns([one for one in file.dimensions if one.name not in IN_COLUMNS])
    snapshot = mart.snapshot()
    draft = target.with_name(f".{target.name}.{uuid4().hex[:8]}.new")
    totals = FocusTotals()
    try:
        with (
            TemporaryDirectory(prefix=".focus-", dir=target.parent) as folder,
            connect(threads=threads, memory=memory, temporary=Path(folder)) as connection,
        ):
            parts: list[Path] = []
            for day in _days(file, snapshot):
                parts.append(Path(folder) / f"{day}.{file.format}")
                costs = _costs(connection, mart.dimensions, snapshot, day)
                sql = statement(columns, file, costs)
                # Only the first part has a header: the parts are then put one after another.
                how = _PART[file.format].format(header=str(len(parts) == 1).lower())
                given = _given(file) | {"day": day, "target": str(parts[-1])}
                connection.execute(f"COPY ({sql}) TO $target ({how})", given)
                totals += _totals(connection, file, costs, day)
            if totals.rows:
                _join(connection, file.format, parts, draft)
        if totals.rows:
            draft.replace(target)
    except OSError as error:
        raise BadInput(
            f"{target} cannot be written: {error.strerror or error}.", "Look at its folder."
        ) from error
    except duckdb.IOException as error:
        message = "The mart's files cannot be read, or the file cannot be written."
        raise Unavailable(message) from error
    except duckdb.OutOfMemoryException as error:
        message = f"A day of the file needs more memory than the {memory} it may take."
        raise Unavailable(message) from error
    finally:
        draft.unlink(missing_ok=True)
    return totals


def _days(file: FocusFile, snapshot: Snapshot) -> Iterator[date]:
    """The days of the file that the mart has, in order."""
    days = {day for _, day in snapshot.rollups()}
    return iter(sorted(day for day in days if file.first_day <= day <= file.last_day))


def _costs(
    connection: duckdb.DuckDBPyConnection, dimensions: Dimensions, snapshot: Snapshot, day: date
) -> str:
    """The relation `costs` of a day, as it stands after FROM."""
    connection.execute("SET VARIABLE focus_files = $1", [snapshot.files("costs", day, day)])
    alike = snapshot.shapes(day, day) <= {costs_shape_of(dimensions)}
    return costs_of(dimensions, "getvariable('focus_files')", alike=alike)


def _within(file: FocusFile) -> str:
    conditions = ["dt = $day"]
    if file.scope.organization is not None:
        conditions.append("organization = $organization")
    if file.scope.customers_only:
        conditions.append("is_internal IS FALSE")
    return " AND ".join(conditions)


def _given(file: FocusFile) -> dict[str, object]:
    given: dict[str, object] = {"account": file.account}
    if file.scope.organization is not None:
        given["organization"] = file.scope.organization
    return given


def _join(
    connection: duckdb.DuckDBPyConnection, file_format: FileFormat, parts: list[Path], draft: Path
) -> None:
    """Makes one file of the parts."""
    if file_format is FileFormat.PARQUET:
        connection.execute(
            "COPY (SELECT * FROM read_parquet($parts)) TO $target (FORMAT parquet, "
            "COMPRESSION zstd, ROW_GROUP_SIZE 30720)",
            {"parts": [str(part) for part in parts], "target": str(draft)},
        )
        return
    with draft.open("wb") as whole:
        for part in parts:
            with part.open("rb") as piece:
                copyfileobj(piece, whole)


def _written(column: FocusColumn, file_format: FileFormat) -> str:
    if column.kind is Kind.INSTANT and file_format is FileFormat.CSV:
        return f"strftime({column.sql}, '%Y-%m-%dT%H:%M:%SZ')"
    return column.sql


def _totals(
    connection: duckdb.DuckDBPyConnection, file: FocusFile, costs: str, day: date
) -> FocusTotals:
    """What a day's part holds, from `costs` themselves."""
    given = {name: value for name, value in _given(file).items() if name != "account"}
    rows = connection.execute(
        "SELECT sum(many)::BIGINT, COALESCE(sum(billed), 0), COALESCE(sum(loaded), 0), "
        "COALESCE(sum(unpriced), 0)::BIGINT FROM (SELECT 1 AS many, sum(billed_cost) AS billed, "
        "sum(fully_loaded_cost) AS loaded, sum(unpriced_requests) AS unpriced "
        f"FROM {costs} WHERE {_within(file)} GROUP BY {_keys(file)})",
        given | {"day": day},
    ).fetchall()
    many, billed, loaded, unpriced = cast("tuple[int | None, Decimal, Decimal, int]", rows[0])
    return FocusTotals(many or 0, billed, loaded, unpriced)
