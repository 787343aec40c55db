"""Blocks: the rollups of several days in one file, so that a question of months opens few.

A block is a copy and can go at any time: it is named by the files that it was made of, so that it
is found only while every one of its days is still as it was. Its rows lie by organization, and in
row groups so small that the question of one organization leaves most of them unread.
"""
# ruff: noqa: S608 - what is pasted are constants of our own

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import duckdb

from queries.dimensions import Source
from queries.mart.manifest import DayFiles
from queries.mart.rollup import FILES, ORDER, PARQUET

FOLDER = "blocks"
"""Inside the mart."""

LENGTHS = (16, 4)
"""Days of a block, the longest first; they begin at multiples of it, from the first of January of
the year 1. A question of any 60 days opens some ten files of a source."""

ROW_GROUP = 49_152
"""Rows of a row group. On 10 million rows a question of everything takes as long as from the files
of days, and that of one organization a quarter; see docs/decisions.md."""


@dataclass(frozen=True, slots=True)
class Block:
    """Days of one source.

    Attributes:
        source: of the days.
        first: the first UTC day that can be in it.
        length: in days, whether or not there is something of each.
        days: what it is made of: the rollups of its days, in order of time.
        name: of its file, relative to the mart's folder: another one for other rollups.
    """

    source: Source
    first: date
    length: int
    days: tuple[DayFiles, ...]
    name: str

    @property
    def end(self) -> date:
        """The day after its last one."""
        return date.fromordinal(self.first.toordinal() + self.length)


def blocks_of(source: Source, days: Mapping[date, DayFiles]) -> list[Block]:
    """Every block that can be made of a source's days: of two days at least, of one shape."""
    return [
        _block(source, first, length, tuple(days[day] for day in some))
        for length in LENGTHS
        for first, some in _cut(days, length)
        if len(some) > 1 and len({days[day].shape for day in some}) == 1
    ]


def _block(source: Source, first: date, length: int, days: tuple[DayFiles, ...]) -> Block:
    digest = sha256("\n".join(files.costs for files in days).encode()).hexdigest()[:24]
    name = f"{FOLDER}/{source.value}/{first}+{length}-{digest}.parquet"
    return Block(source, first, length, days, name)


def _cut(days: Iterable[date], length: int) -> Iterator[tuple[date, list[date]]]:
    for number, some in groupby(sorted(days), key=lambda day: day.toordinal() // length):
        yield date.fromordinal(max(1, number * length)), list(some)


def write(
    block: Block, folder: Path, temporary: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    """Writes a block; it is there as a whole, or not at all.

    Args:
        block: to write.
        folder: of the mart.
        temporary: a folder on the same disk.
        connection: that does it.

    Raises:
        duckdb.IOException: a file cannot be read or written.
        OSError: likewise.
    """
    path, draft = folder / block.name, temporary / f"{uuid4()}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary.mkdir(parents=True, exist_ok=True)
    files = [f"{folder}/{files.costs}" for files in block.days]
    connection.execute(f"SET VARIABLE {FILES} = $1", [files])
    connection.execute(
        f"COPY (SELECT * FROM read_parquet(getvariable('{FILES}'), hive_partitioning = false) "
        f"{ORDER.replace('dt, ', '')}) TO $path ({PARQUET}, ROW_GROUP_SIZE {ROW_GROUP})",
        {"path": str(draft)},
    )
    with draft.open("rb+") as written:
        os.fsync(written.fileno())  # the name must never stand for half a file
    draft.replace(path)


def stored(folder: Path) -> Iterator[str]:
    """The names of all blocks that are there."""
    for path in (folder / FOLDER).rglob("*.parquet"):
        yield str(path.relative_to(folder))
