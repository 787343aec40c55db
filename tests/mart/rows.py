"""Requests for the tests of the mart, and how they get into one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import duckdb

from queries.dimensions import Dimensions, Source
from queries.mart import Mart, Snapshot
from queries.schema import requests_columns
from tests.columnar import create, reader

Row = dict[str, object]

ALWAYS = (date(1970, 1, 1), date(2100, 1, 1))

NOON = datetime(2024, 12, 6, 12, tzinfo=UTC)


UTC_ZONE = ZoneInfo("UTC")


class StoppedClock:
    """A clock that shows what it is set to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def request(name: str, time: datetime = NOON, cost: str | None = "1", **others: object) -> Row:
    """One request: `name` makes its key; `cost` None is unpriced."""
    row: Row = {
        "dt": time.date(),
        "time": time,
        "request_key": uuid5(NAMESPACE_URL, name),
        "request_id": name,
        "source": "usage",
        "is_internal": False,
        "price_source": "unpriced" if cost is None else "list",
        "cost_category": "inference",
        "organization": "acme",
        "model": "gpt-4",
        "requests": 1,
        "failed_requests": 0,
        "unpriced_requests": 1 if cost is None else 0,
        "billed_cost": None if cost is None else Decimal(cost),
        "fresh_input_tokens": 10,
        "cached_input_tokens": 0,
        "cache_write_tokens": 0,
        "output_tokens": 5,
        "reasoning_tokens": 0,
        "batch_requests": 0,
        "latency_ms": 100,
        "timed_requests": 1,
    }
    return row | others


def stage(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[Row], dimensions: Dimensions
) -> str:
    """Puts the rows into a table of the connection, and returns its name."""
    create(connection, "incoming", requests_columns(dimensions), list(rows))
    return "incoming"


def load(mart: Mart, *rows: Row, source: Source = Source.USAGE) -> None:
    """Adds the rows in one import and publishes them."""
    with mart.writer() as writer:
        writer.add(source, stage(writer.connection, rows, mart.dimensions))
        writer.commit()


def costs(snapshot: Snapshot, columns: str) -> list[tuple[object, ...]]:
    files = snapshot.files("costs", *ALWAYS)
    with reader() as connection:
        return connection.execute(
            f"SELECT {columns} FROM read_parquet($files) ORDER BY ALL", {"files": files}
        ).fetchall()


def files_of(mart: Mart) -> set[str]:
    return {str(path) for path in mart.folder.rglob("*.parquet")}
