"""Which days a sync reads, and why; from the partitions' metadata and what the mart remembers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from analysis.errors import NotFound, Refused
from queries.bigquery.partitions import Partition
from queries.mart.manifest import Origin, PartitionState
from queries.request_table import RequestTable

READING = 1
"""Grows when costbot reads the table otherwise, so that every day is read again."""

SMALL_BYTES = 10 * 1024**2
"""What BigQuery bills at least for a query: neighbouring days that are smaller together go
together."""

MOST_DAYS_A_QUERY = 16
"""Days that one query reads at most, however small."""

CHUNK_DAYS = 16
"""After so many days what was read is published: as much is read again after a crash."""

CHUNK_ROWS = 2_000_000
"""Rows of the table after which a chunk ends, however few its days."""

FEW_DAYS = 7
"""So many days may vanish in one sync without anybody being asked."""


class Reason(StrEnum):
    """Why a day is read."""

    ASKED = "asked for"
    MAPPING = "read by another mapping"
    NEW = "new"
    FILES = "comes from files"
    CHANGED = "changed"
    LOOKBACK = "within the lookback"


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day to be read.

    Attributes:
        partition: as it is listed.
        reason: why; the first that holds.
    """

    partition: Partition
    reason: Reason

    @property
    def day(self) -> date:
        """The UTC day."""
        return self.partition.day


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What a sync does.

    Attributes:
        read: the days to be read, newest first.
        emptied: days of the mart whose partitions are gone.
        skipped: listed days that are as the mart has them.
        from_files: days to be read that the mart has from files.
    """

    read: tuple[PlannedDay, ...]
    emptied: tuple[date, ...]
    skipped: tuple[date, ...]
    from_files: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the mart remembers of its days.

    Attributes:
        partitions: that days were read from, as they were then.
        origins: where each day comes from.
    """

    partitions: Mapping[date, PartitionState]
    origins: Mapping[date, Origin]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days a sync is about.

    Attributes:
        first_day: the oldest UTC day.
        last_day: the newest, included.
        lookback_from: from this day on every day is read, changed or not.
        all: every day is read, changed or not.
    """

    first_day: date
    last_day: date
    lookback_from: date
    all: bool = False


def wanted_days(today: date, lookback_days: int, history_days: int) -> Wanted:
    """The days of an ordinary sync.

    The day after today counts: where a warehouse is ahead of UTC it has begun.
    """
    return Wanted(
        first_day=today - timedelta(days=history_days),
        last_day=today + timedelta(days=1),
        lookback_from=today - timedelta(days=lookback_days),
    )


def plan_sync(
    table: str, listed: Iterable[Partition], known: Known, wanted: Wanted, mapping: str
) -> SyncPlan:
    """The plan.

    Args:
        table: its name, for messages.
        listed: the partitions of the table, of more days than are wanted maybe.
        known: what the mart remembers.
        wanted: which days it is about.
        mapping: how the table is read now, see `mapping_of`.

    Raises:
        NotFound: nothing is listed that has rows; the mart is not emptied on such a word.
        Refused: most of what the mart has would vanish.
    """
    filled = {one.day: one for one in listed if one.rows}
    if not filled:
        raise NotFound(
            f"BigQuery lists no partition with rows for {table}; nothing was changed.",
            "Look whether COSTBOT_BIGQUERY_TABLE names the right table: `costbot doctor` shows it.",
        )
    read: list[PlannedDay] = []
    skipped: list[date] = []
    for day, partition in sorted(filled.items(), reverse=True):
        if not wanted.first_day <= day <= wanted.last_day:
            continue
        reason = _reason(partition, known, wanted, mapping)
        if reason is None:
            skipped.append(day)
        else:
            read.append(PlannedDay(partition, reason))
    emptied = tuple(
        day
        for day in sorted(known.partitions)
        if wanted.first_day <= day <= wanted.last_day and day not in filled
    )
    if not wanted.all:
        _check_vanished(table, emptied, known.partitions)
    from_files = sorted(one.day for one in read if known.origins.get(one.day) == "files")
    return SyncPlan(tuple(read), emptied, tuple(skipped), tuple(from_files))


def _reason(partition: Partition, known: Known, wanted: Wanted, mapping: str) -> Reason | None:
    state = known.partitions.get(partition.day)
    if wanted.all:
        return Reason.ASKED
    if state is None:
        is_there = partition.day in known.origins
        return Reason.FILES if is_there else Reason.NEW
    if state.mapping != mapping:
        return Reason.MAPPING
    if (state.modified, state.rows) != (partition.modified, partition.rows):
        return Reason.CHANGED
    return Reason.LOOKBACK if partition.day >= wanted.lookback_from else None


def _check_vanished(table: str, emptied: Sequence[date], known: Collection[date]) -> None:
    """Half of a table does not vanish unnoticed: it may just be being written anew."""
    if len(emptied) > max(FEW_DAYS, len(known) // 2):
        raise Refused(
            f"{len(emptied)} of the {len(known)} days that the mart has from {table} are gone "
            "from BigQuery; nothing was changed.",
            "If that is right, empty them by `costbot sync --full`.",
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Neighbouring days that one query reads.

    Attributes:
        days: the oldest first, without a gap.
    """

    days: tuple[PlannedDay, ...]

    @property
    def first_day(self) -> date:
        """The oldest."""
        return self.days[0].day

    @property
    def last_day(self) -> date:
        """The newest."""
        return self.days[-1].day

    @property
    def rows(self) -> int:
        """Of the table, in all of them."""
        return sum(one.partition.rows for one in self.days)


def batches(days: Iterable[PlannedDay]) -> list[Batch]:
    """The queries that read the days, each day in one of them; the newest first."""
    found: list[Batch] = []
    together: list[PlannedDay] = []
    size = 0
    for one in sorted(days, key=lambda planned: planned.day, reverse=True):
        size += one.partition.bytes
        is_next = together and together[-1].day - one.day == timedelta(days=1)
        if not is_next or size > SMALL_BYTES or len(together) == MOST_DAYS_A_QUERY:
            if together:
                found.append(Batch(tuple(reversed(together))))
            together, size = [], one.partition.bytes
        together.append(one)
    if together:
        found.append(Batch(tuple(reversed(together))))
    return found


def chunks(some: Iterable[Batch]) -> list[list[Batch]]:
    """The queries whose days are published together, in the same order."""
    found: list[list[Batch]] = []
    days = rows = 0
    for batch in some:
        if not found or days >= CHUNK_DAYS or rows >= CHUNK_ROWS:
            found.append([])
            days = rows = 0
        found[-1].append(batch)
        days += len(batch.days)
        rows += batch.rows
    return found


def mapping_of(table: RequestTable) -> str:
    """A short digest of how the table is read: a day that was read otherwise is read again."""
    told = [READING, table.name, sorted(table.mapping.items())]
    return sha256(json.dumps(told).encode()).hexdigest()[:16]


def complete_until(partition: Partition) -> datetime | None:
    """Up to when a partition has facts, if it was written after its day was over.

    A row that tells only its day stands at midnight; a day that is complete reaches to its end.
    """
    end = datetime.combine(partition.day + timedelta(days=1), time(), partition.modified.tzinfo)
    return end - timedelta(microseconds=1) if partition.modified >= end else None
