"""Rows on their way from BigQuery into the mart arrive as they were, to the last digit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import BadInput
from queries.dimensions import Dimensions
from queries.duck import connect
from queries.schema import Column
from queries.sync.staging import stage_rows, write_rows
from queries.sync.statement import columns

DIMENSIONS = Dimensions()
COLUMNS = columns(DIMENSIONS)
DAY = date(2026, 11, 20)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
amounts = st.decimals(0, 10**20, places=15, allow_nan=False)


def values_of(column: Column) -> st.SearchStrategy[object]:
    match column.type.partition("(")[0]:
        case "VARCHAR":
            return st.none() | texts
        case "BOOLEAN":
            return st.none() | st.booleans()
        case "BIGINT":
            return st.integers(0, 2**62)
        case "DATE":
            return st.just(DAY)
        case "TIMESTAMPTZ":
            return st.integers(0, 23).map(lambda hour: datetime(2026, 11, 20, hour, tzinfo=UTC))
        case _ if column.name == "gpu_seconds":
            return st.decimals(0, 10**12, places=9, allow_nan=False)
        case _:
            return st.none() | amounts


rows = st.lists(st.tuples(*map(values_of, COLUMNS)), max_size=4)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return connect(threads=1, memory="500MB")


@given(rows)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_exactly(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, some: list[tuple[object, ...]]
) -> None:
    path = tmp_path / "rows.json"
    write_rows(path, COLUMNS, some)
    stage_rows(connection, DIMENSIONS, [path], [DAY])
    names = ", ".join(column.name for column in COLUMNS)
    found = connection.execute(f"SELECT {names} FROM sync_rows").fetchall()
    assert cast("list[tuple[object, ...]]", found) == some


@given(rows)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_of_different_keys_have_different_request_keys(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, some: list[tuple[object, ...]]
) -> None:
    path = tmp_path / "rows.json"
    write_rows(path, COLUMNS, some)
    view = stage_rows(connection, DIMENSIONS, [path], [DAY])
    found = connection.execute(f"SELECT COUNT(DISTINCT request_key) FROM {view}").fetchall()
    keyed = {row[: 4 + len(DIMENSIONS)] for row in some}
    assert found == [(len(keyed),)]


def test_days_that_are_not_wanted_are_left(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "rows.json"
    write_rows(path, COLUMNS, [example()])
    view = stage_rows(connection, DIMENSIONS, [path], [date(2026, 11, 19)])
    assert connection.execute(f"SELECT * FROM {view}").fetchall() == []


def test_without_files_there_are_no_rows(connection: duckdb.DuckDBPyConnection) -> None:
    view = stage_rows(connection, DIMENSIONS, [], [])
    assert connection.execute(f"SELECT * FROM {view}").fetchall() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("is_internal", "false"), ("model", 7), ("billed_cost", 0.1), ("requests", True)],
)
def test_a_value_of_another_type_is_refused_by_its_column(
    tmp_path: Path, name: str, value: object
) -> None:
    with pytest.raises(BadInput, match=f"for {name} .*type that does not fit"):
        write_rows(tmp_path / "rows.json", COLUMNS, [example(**{name: value})])


def example(**values: object) -> tuple[object, ...]:
    """A row, most of it NULL."""
    known = {"dt": DAY, "charge_period_start": datetime(2026, 11, 20, tzinfo=UTC)}
    return tuple((known | values).get(column.name) for column in COLUMNS)


def test_amounts_are_decimals_to_the_fifteenth_digit(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "rows.json"
    amount = Decimal("12345678901234567890123.123456789012345")
    write_rows(path, COLUMNS, [example(billed_cost=amount, attributed_idle_cost=Decimal("1E-15"))])
    stage_rows(connection, DIMENSIONS, [path], [DAY])
    found = connection.execute("SELECT billed_cost, attributed_idle_cost FROM sync_rows").fetchall()
    assert found == [(amount, Decimal("0.000000000000001"))]
