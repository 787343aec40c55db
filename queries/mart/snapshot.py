"""A snapshot: the mart as one manifest describes it, whatever is written meanwhile."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from queries.dimensions import Source
from queries.mart.blocks import LENGTHS, Block, blocks_of
from queries.mart.manifest import (
    DayFiles,
    Grain,
    Manifest,
    Origin,
    PartitionState,
    SourceEntry,
)
from queries.mart.restatement import Restatement

Relation = Literal["requests", "costs"]


@dataclass(frozen=True, slots=True)
class SourceState:
    """How fresh and how large one source is.

    Attributes:
        first_time: instant of the oldest request, UTC.
        last_time: instant up to which there are requests, UTC.
        loaded_at: when requests of the source were last added, or it was last found up to date by
            a sync, UTC.
        requests: what the rows stand for.
        rows: imported rows.
    """

    first_time: datetime
    last_time: datetime
    loaded_at: datetime
    requests: int
    rows: int


@dataclass(frozen=True, slots=True)
class DayRollup:
    """The rollup of one source's UTC day.

    Attributes:
        path: of its file; a file never changes, so like paths are like rows.
        grain: how finely it is kept.
        shape: what decides its columns, see `costs_shape_of`.
    """

    path: str
    grain: Grain
    shape: str


class Snapshot:
    """A state of the mart.

    Args:
        folder: of the mart.
        manifest: the state.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest

    @property
    def version(self) -> int:
        """Grows with each publication; 0: nothing was ever published."""
        return self._manifest.version

    @property
    def is_empty(self) -> bool:
        """Whether the mart holds nothing at all."""
        return not self._manifest.sources

    @cached_property
    def sources(self) -> Mapping[Source, SourceState]:
        """The sources that have data."""
        return {source: state_of(entry) for source, entry in self._manifest.sources.items()}

    @property
    def first_day(self) -> date | None:
        """The oldest UTC day of any source; None: the mart is empty."""
        return min((day for _, day, _ in self._days()), default=None)

    @property
    def last_day(self) -> date | None:
        """The newest UTC day of any source; None: the mart is empty."""
        return max((day for _, day, _ in self._days()), default=None)

    def files(
        self,
        relation: Relation,
        first_day: date,
        last_day: date,
        sources: Collection[Source] | None = None,
    ) -> list[str]:
        """The files with the UTC days from `first_day` to `last_day`, both included, in order.

        Of costs, a block stands for its days where there is one; see `queries.mart.blocks`.

        Args:
            relation: requests or costs.
            first_day: first UTC day.
            last_day: last UTC day.
            sources: only these; None: all.
        """
        names: list[str] = []
        for source, entry in self._manifest.sources.items():
            if sources is not None and source not in sources:
                continue
            past = first_day
            days = self._in_order[source]
            for day in days[bisect_left(days, first_day) : bisect_right(days, last_day)]:
                files = entry.days[day]
                if day < past:
                    continue
                if relation == "requests":
                    names += files.requests
                    continue
                block = self._block(source, day, first_day, last_day)
                names.append(files.costs if block is None else block.name)
                past = day if block is None else block.end
        return [f"{self._folder}/{name}" for name in names]

    @cached_property
    def _in_order(self) -> dict[Source, list[date]]:
        return {source: sorted(entry.days) for source, entry in self._manifest.sources.items()}

    def _block(self, source: Source, day: date, first: date, last: date) -> Block | None:
        """The longest block with a day that is there, and within these days."""
        for length in LENGTHS:
            block = self._blocks.get((source, length, day.toordinal() // length))
            if (
                block is not None
                and first <= block.first
                and block.end.toordinal() - 1 <= last.toordinal()
                and (self._folder / block.name).exists()
            ):
                return block
        return None

    @cached_property
    def _blocks(self) -> dict[tuple[Source, int, int], Block]:
        return {
            (block.source, block.length, block.first.toordinal() // block.length): block
            for block in self.blocks()
        }

    def blocks(self) -> list[Block]:
        """Every block that can be made of its days, whether or not it is there."""
        entries = self._manifest.sources.items()
        return [block for source, entry in entries for block in blocks_of(source, entry.days)]

    def rollups(self) -> dict[tuple[Source, date], DayRollup]:
        """The file of `costs` of every source's UTC day."""
        return {
            (source, day): DayRollup(f"{self._folder}/{files.costs}", files.grain, files.shape)
            for source, day, files in self._days()
        }

    def shapes(self, first_day: date, last_day: date) -> set[str]:
        """The shapes of the days' rollups."""
        return {files.shape for _, day, files in self._days() if first_day <= day <= last_day}

    def grain(self, source: Source, day: date) -> Grain | None:
        """How finely a UTC day of a source is kept; None: there is nothing."""
        entry = self._manifest.sources.get(source)
        files = entry.days.get(day) if entry else None
        return files.grain if files else None

    @property
    def restatements(self) -> tuple[Restatement, ...]:
        """Days that were over and whose figures changed, of the last 90 days, oldest first."""
        return self._manifest.restatements

    def origins(self, source: Source) -> Mapping[date, Origin]:
        """Where each UTC day of a source comes from."""
        return {day: files.origin for one, day, files in self._days() if one is source}

    def partitions(self, source: Source) -> Mapping[date, PartitionState]:
        """The partitions of the warehouse that days of a source were read from, as they were."""
        return {
            day: files.partition
            for one, day, files in self._days()
            if one is source and files.partition is not None
        }

    def days_unlike(self, shape: str, hourly_from: date) -> list[tuple[Source, date]]:
        """The days whose rollup is not as `shape` and the hourly stretch want it."""
        return [
            (source, day)
            for source, day, files in self._days()
            if files.shape != shape or files.grain != grain_of(day, hourly_from)
        ]

    def _days(self) -> Iterator[tuple[Source, date, DayFiles]]:
        for source, entry in self._manifest.sources.items():
            for day, files in entry.days.items():
                yield source, day, files


def state_of(entry: SourceEntry) -> SourceState:
    """What the manifest says of a source, its instants in UTC."""
    return SourceState(
        first_time=entry.first_time.astimezone(UTC),
        last_time=entry.last_time.astimezone(UTC),
        loaded_at=entry.loaded_at.astimezone(UTC),
        requests=entry.requests,
        rows=entry.rows,
    )


def grain_of(day: date, hourly_from: date) -> Grain:
    """How finely a UTC day is rolled up: by hour from `hourly_from` on, by day before."""
    return "hour" if day >= hourly_from else "day"
