"""Where the records of a CSV file lie: their lines and offsets, as DuckDB does not tell them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

_LONGEST_CELL = 1 << 28


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """A record and where it lies.

    Attributes:
        line: its first line, from 1 on.
        offset: its first byte, from 0 on.
        raw: its bytes, the line end included.
        cells: its cells.
    """

    line: int
    offset: int
    raw: bytes
    cells: list[str]


def csv_records(
    path: Path, delimiter: str, skip: int, one_line: Collection[int]
) -> Iterator[CsvRecord]:
    """The records of a plain file (LF line ends) that are not blank, in order.

    Args:
        path: the file.
        delimiter: between the cells.
        skip: records to leave out at the start: the header.
        one_line: offsets of records that end with their line, whatever their quotes say.
    """
    with path.open("rb") as file:
        for number, record in enumerate(_split(file, delimiter, one_line)):
            if number >= skip:
                yield record


def first_record(start: bytes, delimiter: str) -> CsvRecord | None:
    """The first record of a file that is not blank, from the file's first bytes."""
    return next(_split(BytesIO(start), delimiter, ()), None)


def _split(file: IO[bytes], delimiter: str, one_line: Collection[int]) -> Iterator[CsvRecord]:
    csv.field_size_limit(_LONGEST_CELL)
    taken: list[bytes] = []

    def lines() -> Iterator[str]:
        for line in file:
            taken.append(line)
            yield line.decode(errors="surrogateescape")

    feed = lines()
    reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True)
    number, offset = 1, 0
    while True:
        if offset in one_line:
            cells = [next(feed, "")]
        else:
            cells = next(reader, None)
            if cells is None:
                return
        raw = b"".join(taken)
        if cells:
            yield CsvRecord(number, offset, raw, cells)
        number += len(taken)
        offset += len(raw)
        taken.clear()
