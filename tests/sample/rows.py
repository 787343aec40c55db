"""Generated rows for the tests, and questions about them in SQL."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from queries.duck import connect
from queries.sample.generate import CHUNK_DAYS, SampleFiles, generate
from queries.sample.truth import Truth

Row = tuple[object, ...]

UNTIL = datetime(2026, 11, 18, 9, 41, 30, tzinfo=UTC)
"""A Wednesday, in the middle of an hour."""


def make(
    folder: Path,
    *,
    days: int = 12,
    orgs: int = 6,
    scale: float = 0.3,
    seed: int = 7,
    until: datetime = UNTIL,
    known: Truth | None = None,
    since: datetime | None = None,
    chunk_days: int = CHUNK_DAYS,
) -> SampleFiles:
    return generate(
        folder,
        days=days,
        orgs=orgs,
        scale=scale,
        seed=seed,
        until=until,
        known=known,
        since=since,
        chunk_days=chunk_days,
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """Files and what is asked of them: the relations `gpu` and `usage`."""

    connection: duckdb.DuckDBPyConnection

    def ask(self, sql: str) -> list[Row]:
        return self.connection.execute(sql).fetchall()

    def all_rows(self, relation: str, where: str = "true") -> list[Row]:
        return self.ask(f"SELECT * FROM {relation} WHERE {where} ORDER BY time, request_id")


def _paths(paths: tuple[Path, ...]) -> list[str]:
    return [str(path) for path in paths]


@contextmanager
def opened(*generations: SampleFiles) -> Generator[Sample]:
    gpu = [path for files in generations for path in _paths(files.gpu)]
    usage = [path for files in generations for path in _paths(files.usage)]
    with connect(threads=2, memory="1GB") as connection:
        connection.read_parquet(gpu).create_view("gpu")
        connection.read_parquet(usage).create_view("usage")
        yield Sample(connection)
