"""DuckDB over the mart: one machine, no bytes billed, milliseconds.

One in-memory database reads the mart's Parquet files; each query has a cursor of its own and
runs in the engine's own threads, never in the loop's.
"""
# ruff: noqa: S608 - what is pasted are relations and conditions of our own, never data

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

import duckdb

from analysis.errors import Unavailable
from queries.duck import connect
from queries.engines.answers import Answers
from queries.engines.base import Table
from queries.mart.manifest import costs_shape_of
from queries.mart.mart import Mart
from queries.mart.rollup import costs_of, nothing
from queries.mart.snapshot import Snapshot
from queries.schema import costs_columns
from queries.scope import EVERYTHING, Scope
from queries.transpile import to_duckdb

FILES = "costs_files"
"""The parameter with the files to read; no template may have one of that name."""

ORGANIZATION = "costs_organization"
"""The parameter with the organization of the scope; likewise."""

Watch = Callable[[], AbstractContextManager[None]]
"""Something that begins and ends with a query."""


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What the engine may take.

    Attributes:
        threads: of DuckDB, for one query.
        memory: of DuckDB, as it writes sizes.
        queries: how many run at once; the others wait.
        kept_results: answers that are given again while the mart has not changed; 0: none.
    """

    threads: int = 2
    memory: str = "2GB"
    queries: int = 4
    kept_results: int = 10_000


class DuckDbEngine:
    """The engine over a mart; opens DuckDB, which takes tens of milliseconds, when it is asked.

    Args:
        mart: that it reads.
        limits: what it may take.
        watch: begins with each query that is not answered from memory, and ends with it.
    """

    def __init__(
        self, mart: Mart, limits: EngineLimits | None = None, watch: Watch = nullcontext
    ) -> None:
        self._mart = mart
        self._watch = watch
        self._limits = limits or EngineLimits()
        self._columns = costs_columns(mart.dimensions)
        self._shape = costs_shape_of(mart.dimensions)
        self._pool = ThreadPoolExecutor(self._limits.queries, thread_name_prefix="duckdb")
        self._database: duckdb.DuckDBPyConnection | None = None
        self._answers = Answers(self._limits.kept_results)
        self._is_closed = False

    def snapshot(self) -> Snapshot:
        """The state of the mart that the next query is answered from."""
        return self._mart.snapshot()

    async def query(
        self,
        sql: str,
        parameters: Mapping[str, object],
        *,
        first_day: date,
        last_day: date,
        scope: Scope = EVERYTHING,
    ) -> Table:
        """Runs a query, see `Engine.query`; the last one who stops waiting for it stops it.

        Raises:
            NotPortableError: `sql` is outside the checked subset, a bug.
            Unavailable: the mart's files cannot be read.
        """
        snapshot = self.snapshot()
        files = snapshot.files("costs", first_day, last_day)
        key = (sql, tuple(sorted(parameters.items())), tuple(files), scope)

        async def make() -> Table:
            alike = snapshot.shapes(first_day, last_day) <= {self._shape}
            return await self._made(sql, parameters, files, scope, alike=alike)

        return await self._answers.given(key, make)

    async def _made(
        self,
        sql: str,
        parameters: Mapping[str, object],
        files: list[str],
        scope: Scope,
        *,
        alike: bool,
    ) -> Table:
        relation = self._costs(files, alike=alike)
        given = {**parameters, FILES: files} if files else dict(parameters)
        if scope.organization is not None:
            given[ORGANIZATION] = scope.organization
        running = _Running(self._cursor(), sql, _within(scope, relation), given)
        future = self._pool.submit(running.run)
        try:
            with self._watch():
                return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            running.stop(future)
            raise
        except duckdb.IOException as error:
            message = "The mart's files cannot be read."
            raise Unavailable(message) from error
        except duckdb.OutOfMemoryException as error:
            message = f"The question needs more memory than the {self._limits.memory} it may take."
            raise Unavailable(message) from error

    async def close(self) -> None:
        """Interrupts what is running and closes DuckDB; a second time changes nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._database is not None:
            self._database.interrupt()
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
        if self._database is not None:
            self._database.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if self._is_closed:
            raise duckdb.ConnectionException("the engine is closed")
        if self._database is None:
            self._database = connect(threads=self._limits.threads, memory=self._limits.memory)
            # The mart's files never change: what was read of them once stays true.
            self._database.execute("SET parquet_metadata_cache = true")
            self._database.execute("SET validate_external_file_cache = 'NO_VALIDATION'")
        return self._database.cursor()

    def _costs(self, files: list[str], *, alike: bool) -> str:
        if not files:
            return f"({nothing(self._columns)})"
        return costs_of(self._mart.dimensions, f"${FILES}", alike=alike)


def _within(scope: Scope, relation: str) -> str:
    """The rows of the relation that there are for a query."""
    conditions: list[str] = []
    if scope.organization is not None:
        conditions.append(f"organization = ${ORGANIZATION}")
    if scope.customers_only:
        conditions.append("is_internal IS FALSE")
    if not conditions:
        return relation
    return f"(SELECT * FROM {relation} WHERE {' AND '.join(conditions)})"


class _Running:
    """One query on its cursor, which another thread may stop.

    It is written for DuckDB where it runs: a new one takes tens of milliseconds, in which nobody
    else would be answered.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        sql: str,
        costs: str,
        parameters: dict[str, object],
    ) -> None:
        self._cursor = cursor
        self._sql = sql
        self._costs = costs
        self._parameters = parameters
        self._stopped = threading.Event()

    def run(self) -> Table:
        with self._cursor as cursor:
            if self._stopped.is_set():
                raise duckdb.InterruptException("stopped before it began")
            cursor.execute(to_duckdb(self._sql, self._costs), self._parameters)
            columns = tuple(str(column[0]) for column in cursor.description or ())
            rows = cast("list[tuple[object, ...]]", cursor.fetchall())
        return Table(columns, _plain(rows))

    def stop(self, future: Future[Table]) -> None:
        """Interrupts the query; again while it may only just be beginning."""
        self._stopped.set()
        if future.cancel() or future.done():
            return
        self._cursor.interrupt()
        asyncio.get_running_loop().call_later(0.02, self.stop, future)


def _plain(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    if not rows or not any(_has_time(row) for row in rows):
        return rows
    return [
        tuple(one.astimezone(UTC) if isinstance(one, datetime) else one for one in row)
        for row in rows
    ]


def _has_time(row: tuple[object, ...]) -> bool:
    return any(isinstance(one, datetime) for one in row)
