"""Writing to the mart: new files first, then one manifest that names them.

Nothing that a reader may hold is touched. A writer that is killed leaves files that nobody
names; a later one collects them.
"""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from analysis.clock import Clock
from queries.dimensions import Dimensions, Source
from queries.mart.collector import collect, discard, expired
from queries.mart.counting import enlarged, recounted
from queries.mart.drafting import drafted
from queries.mart.manifest import (
    MIXED,
    Manifest,
    Origin,
    PartitionState,
    costs_shape_of,
    publish,
    requests_shape_of,
    sync_files,
)
from queries.mart.partitions import Partitions
from queries.mart.replacing import compare
from queries.mart.restatement import DayReplacement, Restatement, restatement_of
from queries.mart.rolling import SourceDay, WorkingDay, batches, roll_up
from queries.mart.rollup import stored_requests, typed
from queries.mart.snapshot import Snapshot, SourceState, grain_of, state_of
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
        self._restatements: list[Restatement] = []
        self._is_outdated = False
        for source, entry in manifest.sources.items():
            self._states[source] = state_of(entry)
            for day, files in entry.days.items():
                self._days[source, day] = WorkingDay.of(files)

    def snapshot(self) -> Snapshot:
        """What is published now: nobody else changes it while this writer has the lock."""
        return Snapshot(self._folder, self._published)

    def days_from(self, source: Source, origin: Origin) -> set[date]:
        """The UTC days of a source that come from there, as this writer has them now."""
        return {
            at for (one, at), day in self._days.items() if one is source and day.origin == origin
        }

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
            ValueError: a row lacks its day, time, key or category, or belongs to a day that
                comes from the warehouse.
        """
        files = self._partitions.write(typed(self._dimensions, relation_name), "requests", source)
        names = {name for day_names in files.values() for name in day_names}
        self._fresh |= names
        log.debug("requests written")
        found = self._partitions.look_over(names) if names else {}
        for at in found:
            there = self._days.get((source, at))
            if there is not None and there.origin != "files":
                message = f"requests of {at} cannot be added: the day comes from {there.origin}"
                raise ValueError(message)
        if found:
            known = self._states.get(source)
            self._states[source] = enlarged(known, found, self._clock())
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

    def replace_days(
        self,
        source: Source,
        relation_name: str,
        days: Mapping[date, PartitionState | None],
        *,
        origin: Origin = "bigquery",
    ) -> list[DayReplacement]:
        """Puts new requests in the place of all that some UTC days had.

        They are seen when `commit` has published them. A day whose rows are what they were keeps
        its files; one that gets no rows is gone.

        Args:
            source: whose days.
            relation_name: a table or view on `connection` with the columns of
                `requests_columns(dimensions)`. It is read once.
            days: that are replaced, with what is remembered of the partition each was read from.
            origin: where the rows come from.

        Returns:
            What became of each day, in order of time.

        Raises:
            ValueError: a row lacks its time, key or category, or lies outside of the days.
        """
        files = self._partitions.write(typed(self._dimensions, relation_name), "requests", source)
        names = {name for day_names in files.values() for name in day_names}
        self._fresh |= names
        log.debug("requests written")
        if names:
            self._partitions.look_over(names)
        if outside := files.keys() - days.keys():
            message = f"requests of {min(outside)} are not of the days to be replaced"
            raise ValueError(message)
        old = {at: self._days[source, at] for at in days if (source, at) in self._days}
        today = self._clock().date()
        changes = compare(self._partitions, days.keys(), old, files, self._request_shape, today)
        for change in changes:
            self._put(source, change, files.get(change.day, []), days[change.day], origin)
        self._recount(source, changes)
        return changes

    def checked(self, source: Source, at: datetime) -> None:
        """Remembers that everything of a source was up to date at `at`; `commit` publishes it."""
        known = self._states.get(source)
        if known is not None and at > known.loaded_at:
            self._states[source] = replace(known, loaded_at=at)
            self._is_outdated = True

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
        if waiting or self._is_outdated:
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

    def _put(
        self,
        source: Source,
        change: DayReplacement,
        names: list[str],
        partition: PartitionState | None,
        origin: Origin,
    ) -> None:
        """Has the new files of a day take the place of the old ones, if anything differs."""
        at = source, change.day
        if change.after is None:
            self._days.pop(at, None)
        elif change.changed:
            self._days[at] = WorkingDay(
                names,
                self._request_shape,
                change.after.rows,
                None,
                "day",
                self._shape,
                origin,
                partition,
            )
        else:
            discard(self._folder, set(names))
            self._fresh.difference_update(names)
            self._days[at].origin, self._days[at].partition = origin, partition
        if change.restated:
            self._restatements.append(restatement_of(source, change, self._clock()))
        self._is_outdated = True

    def _recount(self, source: Source, changes: list[DayReplacement]) -> None:
        days = {at: day for (one, at), day in self._days.items() if one is source}
        known = self._states.get(source)
        state = recounted(self._partitions, known, changes, days, self._clock())
        if state is not None:
            self._states[source] = state
        elif known is not None:
            del self._states[source]

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
        self._expired = expired(self._published, now - self._grace)
        state = drafted(
            self._published, self._states, self._days, self._restatements, self._expired, now
        )
        # From here on they may be named: `abandon` must not touch them, whatever fails.
        self._fresh.clear()
        publish(self._folder, state)
        self._published = state
        self._restatements.clear()
        self._is_outdated = False
