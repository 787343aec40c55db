"""Writing to the mart: new files first, then one manifest that names them.

Nothing that a reader may hold is touched. A writer that is killed leaves files that nobody
names; a later one collects them.
"""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from analysis.clock import Clock
from queries.dimensions import Dimensions, Source
from queries.mart.collector import collect, discard, expired
from queries.mart.manifest import (
    MIXED,
    DayFiles,
    Manifest,
    SourceEntry,
    costs_shape_of,
    publish,
    requests_shape_of,
    sync_files,
)
from queries.mart.partitions import Partitions, Written
from queries.mart.rolling import SourceDay, WorkingDay, batches, roll_up
from queries.mart.rollup import stored_requests, typed
from queries.mart.snapshot import SourceState, grain_of, state_of
from queries.schema import quoted, requests_columns

log = logging.getLogger(__name__)

STEPS = (
    "requests written",
    "days compacted",
    "costs rolled up",
    "files synced",
    "manifest drafted",
    "manifest published",
    "leftovers collected",
)
"""What a writer goes through, in order; each is logged as it is done."""

MANY_FILES = 16
"""A day with more request files than this is rewritten as one."""

Progress = Callable[[float], None]
"""Is told how much is done, from 0 to 1."""


class MartWriter:
    """The one who writes; `Mart.writer` makes it and holds the lock.

    Args:
        folder: of the mart.
        dimensions: of the deployment.
        clock: the present.
        manifest: what is published now.
        connection: an in-memory DuckDB, in UTC; importers stage their rows on it.
        hourly_days: UTC days before today that keep their hours.
        grace: how long files that were left behind stay for those who still read them.
        threads: how many days are rolled up at once.
    """

    def __init__(
        self,
        folder: Path,
        dimensions: Dimensions,
        clock: Clock,
        manifest: Manifest,
        connection: duckdb.DuckDBPyConnection,
        *,
        hourly_days: int,
        grace: timedelta,
        threads: int,
    ) -> None:
        self.connection = connection
        self._folder = folder
        self._dimensions = dimensions
        self._clock = clock
        self._published = manifest
        self._hourly_days = hourly_days
        self._grace = grace
        self._threads = threads
        self._request_shape = requests_shape_of(dimensions)
        self._shape = costs_shape_of(dimensions)
        self._partitions = Partitions(folder, connection)
        self._days: dict[SourceDay, WorkingDay] = {}
        self._states: dict[Source, SourceState] = {}
        self._fresh: set[str] = set()
        self._expired: set[str] = set()
        for source, entry in manifest.sources.items():
            self._states[source] = state_of(entry)
            for day, files in entry.days.items():
                self._days[source, day] = WorkingDay(
                    requests=list(files.requests),
                    request_shape=files.request_shape,
                    rows=files.rows,
                    costs=files.costs,
                    grain=files.grain,
                    shape=files.shape,
                )

    def known_keys_sql(self, source: Source) -> str:
        """A query for the `request_key` of every request of `source` that is already there.

        It includes what this writer has added, and holds until the next `add`. Use it as a
        subquery on `connection`: `… ANTI JOIN (known_keys_sql) USING (request_key)`.
        """
        return self.known_requests_sql(source, ("request_key",))

    def known_requests_sql(self, source: Source, columns: Sequence[str]) -> str:
        """A query for columns of every request of `source` that is already there.

        Args:
            source: whose requests.
            columns: of `requests`, except dimensions that the deployment added.
        """
        names = [
            name for (one, _), day in self._days.items() if one is source for name in day.requests
        ]
        if not names:
            types = {column.name: column.type for column in requests_columns(self._dimensions)}
            nulls = ", ".join(f"NULL::{types[name]} AS {quoted(name)}" for name in columns)
            return f"SELECT {nulls} WHERE false"
        variable = f"mart_known_{source.value}"
        self._partitions.select(names, variable)
        wanted = ", ".join(quoted(column) for column in columns)
        return f"SELECT {wanted} FROM read_parquet(getvariable('{variable}'), union_by_name = true)"

    def add(
        self, source: Source, relation_name: str, *, on_progress: Progress | None = None
    ) -> None:
        """Adds requests; they are seen when `commit` has published them.

        Args:
            source: where they come from.
            relation_name: a table or view on `connection` with the columns of
                `requests_columns(dimensions)`. It is read once. That its keys are new is for
                the importer to see to, by `known_keys_sql`.
            on_progress: is told how much is done, from 0 to 1.

        Raises:
            ValueError: a row lacks its day, time, key or category.
        """
        files = self._partitions.write(typed(self._dimensions, relation_name), "requests", source)
        names = {name for day_names in files.values() for name in day_names}
        self._fresh |= names
        log.debug("requests written")
        found = self._partitions.look_over(names) if names else {}
        if found:
            self._count(source, found)
        for at, day_names in files.items():
            day = self._days.setdefault(
                (source, at), WorkingDay([], self._request_shape, 0, None, "day", self._shape)
            )
            day.requests += day_names
            day.rows += found[at].rows
            day.costs = None
            if day.request_shape != self._request_shape:
                day.request_shape = MIXED
        if on_progress is not None:
            on_progress(1.0)

    def age(self) -> int:
        """Marks the days whose rollup time or the dimensions have outdated; `commit` does it too.

        Returns:
            How many days `commit` will roll up anew because of that.
        """
        hourly_from = self._hourly_from()
        stale = [
            day
            for (_, at), day in self._days.items()
            if day.costs is not None
            and (day.shape != self._shape or day.grain != grain_of(at, hourly_from))
        ]
        for day in stale:
            day.costs = None
        return len(stale)

    def rebuild(self) -> int:
        """Marks every day: `commit` rolls all of them up anew, and says how many they are."""
        for day in self._days.values():
            day.costs = None
        return len(self._days)

    def commit(self, *, on_progress: Progress | None = None) -> None:
        """Rolls up the days that changed and publishes everything at once.

        Where nothing changed nothing is published.

        Args:
            on_progress: is told how much is done, from 0 to 1.
        """
        self.age()
        waiting = {at: day for at, day in self._days.items() if day.costs is None}
        if waiting:
            self._compact(
                {at: day for at, day in waiting.items() if len(day.requests) > MANY_FILES}
            )
            log.debug("days compacted")
            self._roll_up(waiting, on_progress)
            log.debug("costs rolled up")
            sync_files(self._folder / name for name in sorted(self._fresh))
            log.debug("files synced")
            self._publish()
            log.debug("manifest published")
        collect(self._folder, self._published, self._clock() - self._grace, self._expired)
        log.debug("leftovers collected")
        if on_progress is not None:
            on_progress(1.0)

    def abandon(self) -> None:
        """Deletes what was written and not published."""
        discard(self._folder, self._fresh)
        self._fresh.clear()

    def _count(self, source: Source, days: dict[date, Written]) -> None:
        news = SourceState(
            first_time=min(day.first_time for day in days.values()),
            last_time=max(day.last_time for day in days.values()),
            loaded_at=self._clock(),
            requests=sum(day.requests for day in days.values()),
            rows=sum(day.rows for day in days.values()),
        )
        known = self._states.get(source)
        if known is not None:
            news = replace(
                news,
                first_time=min(news.first_time, known.first_time),
                last_time=max(news.last_time, known.last_time),
                requests=news.requests + known.requests,
                rows=news.rows + known.rows,
            )
        self._states[source] = news

    def _compact(self, days: dict[SourceDay, WorkingDay]) -> None:
        for (source, at), day in days.items():
            self._partitions.select(day.requests)
            sql = stored_requests(self._dimensions, alike=day.request_shape == self._request_shape)
            day.requests = [self._partitions.write_day(sql, "requests", source, at)]
            self._fresh.update(day.requests)

    def _roll_up(self, days: dict[SourceDay, WorkingDay], on_progress: Progress | None) -> None:
        todo = list(batches(days, self._request_shape, self._hourly_from()))
        done = 0
        for batch, names in roll_up(self._partitions, self._dimensions, days, todo, self._threads):
            for at, name in names.items():
                day = days[batch.source, at]
                day.costs, day.grain, day.shape = name, batch.grain, self._shape
                self._fresh.add(name)
            done += len(names)
            if on_progress is not None:
                on_progress(done / len(days))

    def _hourly_from(self) -> date:
        return self._clock().date() - timedelta(days=self._hourly_days)

    def _publish(self) -> None:
        now = self._clock()
        days: dict[Source, dict[date, DayFiles]] = {source: {} for source in self._states}
        for (source, day), state in sorted(self._days.items()):
            if state.costs is None:
                message = f"{source} {day} was not rolled up"
                raise RuntimeError(message)
            days[source][day] = DayFiles(
                requests=tuple(state.requests),
                request_shape=state.request_shape,
                rows=state.rows,
                costs=state.costs,
                grain=state.grain,
                shape=state.shape,
            )
        state = Manifest(
            version=self._published.version + 1,
            sources={
                source: SourceEntry(
                    first_time=state.first_time,
                    last_time=state.last_time,
                    loaded_at=state.loaded_at,
                    requests=state.requests,
                    rows=state.rows,
                    days=days[source],
                )
                for source, state in self._states.items()
            },
        )
        self._expired = expired(self._published, now - self._grace)
        retired = {
            name: since
            for name, since in self._published.retired.items()
            if name not in self._expired
        }
        retired |= dict.fromkeys(self._published.referenced() - state.referenced(), now)
        state = state.model_copy(update={"retired": retired})
        # From here on they may be named: `abandon` must not touch them, whatever fails.
        self._fresh.clear()
        publish(self._folder, state)
        self._published = state
