"""Where the records of a CSV file lie: their lines and offsets, as DuckDB does not tell them.

The grammar is the one by which DuckDB splits: a cell is quoted where its first character, or the
one after a single space, is a quote; elsewhere a quote is a character like any other.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_MOST_LINES = 500
"""A quoted cell over more lines than this is a quote that somebody forgot."""

_LONGEST_CELL = 1 << 28
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """A record and where it lies.

    Attributes:
        line: its first line, from 1 on.
        offset: its first byte, from 0 on.
        raw: its bytes, the line end included.
        is_broken: a quoted cell in it is not followed by the delimiter or the line's end, or not
            closed within a sensible number of lines; it is then its first line alone.
    """

    line: int
    offset: int
    raw: bytes
    is_broken: bool


@dataclass(frozen=True, slots=True)
class Header:
    """The first row.

    Attributes:
        cells: the names of the columns.
        first_line: its first line, from 1 on.
        lines: how many lines it takes.
        size: in characters.
    """

    cells: list[str]
    first_line: int
    lines: int
    size: int


def csv_records(path: Path, delimiter: str) -> Iterator[CsvRecord]:
    """The records of a plain file (LF line ends) that are not blank, in order."""
    whole, still_open = _patterns(delimiter)
    waiting: deque[bytes] = deque()
    line, offset = 1, 0
    with path.open("rb") as file:
        while waiting or _refill(waiting, file):
            raw, taken, is_broken = waiting[0], 1, False
            # Without a quote a line is a record.
            while b'"' in raw and not whole.fullmatch(raw):
                more = taken < len(waiting) or _refill(waiting, file)
                if not more or taken >= _MOST_LINES or not still_open.fullmatch(raw):
                    raw, taken, is_broken = waiting[0], 1, True
                    break
                raw += waiting[taken]
                taken += 1
            if raw != b"\n":
                yield CsvRecord(line, offset, raw, is_broken)
            for _ in range(taken):
                waiting.popleft()
            line += taken
            offset += len(raw)


def read_header(start: bytes, delimiter: str) -> Header | None:
    """The first row that is not blank, from the file's first bytes."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = start.decode(errors="replace").splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    before = 0
    for cells in reader:
        if cells:
            taken = lines[before : reader.line_num]
            return Header(cells, before + 1, len(taken), sum(map(len, taken)))
        before = reader.line_num
    return None


def _patterns(delimiter: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """What a whole record looks like, and what one whose last cell is not closed yet."""
    end = re.escape(delimiter.encode())
    quote = rb' ?+"(?:[^"]|"")*+'
    cell = rb'(?:%s" *+|(?! ?+")[^%s\n]*+)' % (quote, end)
    cells = rb"(?:%s%s)*+" % (cell, end)
    return re.compile(rb"%s%s\n?" % (cells, cell)), re.compile(cells + quote)


def _refill(waiting: deque[bytes], file: IO[bytes]) -> bool:
    """Reads some more lines; whether there were any."""
    lines = file.readlines(_BLOCK)
    waiting.extend(lines)
    return bool(lines)
