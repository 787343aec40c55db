"""Rolling up: which days go together, and several at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from queries.dimensions import Dimensions, Source
from queries.mart.manifest import DayFiles, Grain, Origin, PartitionState
from queries.mart.partitions import Partitions
from queries.mart.rollup import rolled_up
from queries.mart.snapshot import grain_of

SMALL_DAY = 5_000
"""Days with at most so many rows are rolled up together: a statement of its own takes a day
about 5 ms, a partitioned write takes twice as long a row."""

DAYS_AT_ONCE = 60
"""How many small days one statement rolls up: fewer than the 100 open files of DuckDB's
partitioned write, beyond which it would split a day's file."""

ROW_GROUP = 122_880
"""Rows of a row group of DuckDB's Parquet files: larger days are put in order."""

SourceDay = tuple[Source, date]


@dataclass(slots=True)
class WorkingDay:
    """A day as it is being written.

    Attributes:
        requests: its request files.
        request_shape: of these files, or MIXED.
        rows: in them.
        costs: its rollup; None where that is out of date.
        grain: of the rollup.
        shape: of the rollup.
        origin: of its rows.
        partition: of the warehouse, as it was when it was read.
    """

    requests: list[str]
    request_shape: str
    rows: int
    costs: str | None
    grain: Grain
    shape: str
    origin: Origin = "files"
    partition: PartitionState | None = None

    @classmethod
    def of(cls, files: DayFiles) -> WorkingDay:
        """The day as it is published."""
        return cls(
            requests=list(files.requests),
            request_shape=files.request_shape,
            rows=files.rows,
            costs=files.costs,
            grain=files.grain,
            shape=files.shape,
            origin=files.origin,
            partition=files.partition,
        )

    def published(self) -> DayFiles | None:
        """The day as the manifest will name it; None: it is not rolled up."""
        if self.costs is None:
            return None
        return DayFiles(
            requests=tuple(self.requests),
            request_shape=self.request_shape,
            rows=self.rows,
            costs=self.costs,
            grain=self.grain,
            shape=self.shape,
            origin=self.origin,
            partition=self.partition,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Days that one statement rolls up."""

    source: Source
    grain: Grain
    alike: bool
    ordered: bool
    days: tuple[date, ...]


def batches(days: Mapping[SourceDay, WorkingDay], shape: str, hourly_from: date) -> Iterator[Batch]:
    """Large days by themselves; small ones together, for a statement takes its time too.

    Args:
        days: what is to be rolled up.
        shape: that request files of these dimensions have.
        hourly_from: the first UTC day that keeps its hours.
    """
    small: dict[tuple[Source, Grain, bool], list[date]] = {}
    for (source, day), files in sorted(days.items(), key=lambda item: item[0]):
        kind = source, grain_of(day, hourly_from), files.request_shape == shape
        if files.rows > SMALL_DAY:
            yield Batch(*kind, files.rows > ROW_GROUP, (day,))
        else:
            small.setdefault(kind, []).append(day)
    for kind, some in small.items():
        for start in range(0, len(some), DAYS_AT_ONCE):
            yield Batch(*kind, False, tuple(some[start : start + DAYS_AT_ONCE]))


def roll_up(
    partitions: Partitions,
    dimensions: Dimensions,
    days: Mapping[SourceDay, WorkingDay],
    todo: list[Batch],
    threads: int,
) -> Iterator[tuple[Batch, dict[date, str]]]:
    """Writes one new file of `costs` for each day of each batch.

    Args:
        partitions: of the mart.
        dimensions: of the deployment.
        days: the request files.
        todo: the batches.
        threads: how many batches are worked on at once.

    Yields:
        A batch that is done, with each day's file.
    """

    def work(batch: Batch) -> tuple[Batch, dict[date, str]]:
        sql = rolled_up(dimensions, batch.grain, alike=batch.alike, ordered=batch.ordered)
        with partitions.cursor() as own:
            own.select(name for day in batch.days for name in days[batch.source, day].requests)
            if len(batch.days) == 1:
                (day,) = batch.days
                return batch, {day: own.write_day(sql, "costs", batch.source, day)}
            written = own.write(sql, "costs", batch.source)
        names: dict[date, str] = {}
        for day in batch.days:
            (names[day],) = written[day]
        return batch, names

    # Several statements on one thread each are twice as fast as the same ones on all threads;
    # few large ones still want all of them.
    each = 1 if len(todo) > threads else threads
    with (
        partitions.limited_to(each, threads),
        ThreadPoolExecutor(threads, thread_name_prefix="rollup") as pool,
    ):
        yield from pool.map(work, todo)
