"""CSV files: comma, semicolon, tab or bar between the cells, a header row, quotes by RFC 4180.

DuckDB splits the rows; every cell is read as text, so no value can stop it. Rows with too few or
too many cells, broken quotes or no UTF-8 it puts aside, and they are rejected one by one.
"""
# ruff: noqa: S608 - what is pasted are positions and names of our own making

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import cast

import duckdb

from analysis.errors import BadInput
from queries.sources.csv_lines import CsvRecord, Header, csv_records, read_header
from queries.sources.mapping import listed
from queries.sources.plain_text import PlainText, head, without_lines
from queries.sources.records import Reject, Relation

DELIMITERS = (",", ";", "\t", "|")
_HEADER_BYTES = 1 << 20
_QUOTE = "UNQUOTED VALUE"
_REASONS = {
    _QUOTE: "a quote that is not closed where its cell ends",
    "MISSING COLUMNS": "too few cells",
    "TOO MANY COLUMNS": "too many cells",
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": "longer than 2 MB",
}


class CsvRecords:
    """An opened CSV file.

    Args:
        plain: the file made plain.
        workspace: a folder for copies.

    Raises:
        BadInput: it has no header row with at least two columns.
    """

    def __init__(self, plain: PlainText, workspace: Path) -> None:
        self._workspace = workspace
        self._path = plain.path
        self._has_nul = plain.has_nul
        self._has_quotes = plain.has_quotes
        self._lines = plain.lines
        self._blanked: dict[int, Reject] = {}
        self._copies = 0
        self.digest = plain.digest
        start = head(plain.path, _HEADER_BYTES)
        header, self._delimiter = _header(start)
        self.columns: Sequence[str] = tuple(cell.strip() for cell in header.cells)
        self._skip = 1
        if header.first_line > 1 or header.lines > 1 or b'"' in start.split(b"\n", 1)[0]:
            # DuckDB counts neither the blank lines nor the line ends of a header to be skipped.
            self._skip = 0
            self._blank(range(header.first_line, header.first_line + header.lines))

    def relation(self, positions: Collection[int]) -> Relation:
        """See `Records.relation`."""
        names = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(self.columns)))
        wanted = [f"c{at}" for at in sorted(positions)]
        nul = " OR ".join(f"contains({cell}, chr(0))" for cell in wanted)
        broken = f"CASE WHEN {nul} THEN 'NUL bytes in a cell' END" if self._has_nul else "NULL"
        return Relation(
            f"SELECT {', '.join(wanted)}, {broken}::VARCHAR AS broken FROM read_csv($path, "
            f"auto_detect = false, header = false, skip = {self._skip}, columns = {{{names}}}, "
            "delim = $delimiter, quote = '\"', escape = '\"', nullstr = ['', 'NULL', '\\N'], "
            "store_rejects = true, rejects_limit = 0)",
            {"path": str(self._path), "delimiter": self._delimiter},
        )

    def mend(self, connection: duckdb.DuckDBPyConnection, read: int) -> bool:
        """See `Records.mend`.

        Past a broken quote DuckDB tells neither where a row is nor always what is in it, so lines
        with broken quotes are taken out, and the rest is read again.
        """
        aside = connection.execute(
            "SELECT count(DISTINCT line_byte_position), "
            "count(*) FILTER (error_type = $1) FROM reject_errors",
            [_QUOTE],
        ).fetchall()[0]
        records, complaints = cast("tuple[int, int]", aside)
        if not complaints and (not self._has_quotes or self._lines == read + records + 1):
            return False  # no row can have swallowed another
        lines = {one.line: _reject(one, _REASONS[_QUOTE]) for one in self._rows() if one.is_broken}
        if complaints and not lines:
            raise BadInput(
                "The quotes of the file are broken in a way that cannot be mended.",
                'Quotes inside a quoted cell have to be doubled: `"a ""b"" c"`.',
            )
        self._blanked |= lines
        if lines:
            self._blank(lines)
        return bool(lines)

    def unreadable(self, connection: duckdb.DuckDBPyConnection) -> list[Reject]:
        """See `Records.unreadable`."""
        aside = _put_aside(connection, self._path)
        found = list(self._blanked.values())
        if aside:
            for record in self._rows():
                if record.offset in aside:
                    kind = aside.pop(record.offset)
                    found.append(_reject(record, _REASONS.get(kind, kind.lower())))
                    if not aside:
                        break
        found += [Reject(0, reason, "(its place is not known)") for reason in aside.values()]
        return sorted(found, key=lambda reject: reject.line)

    def rows(
        self, connection: duckdb.DuckDBPyConnection, records: Mapping[int, str]
    ) -> Iterator[Reject]:
        """See `Records.rows`."""
        aside = _put_aside(connection, self._path)
        wanted = iter(records.items())
        number, reason = next(wanted, (-1, ""))
        at = -1
        for record in self._rows():
            if record.offset in aside:
                continue
            at += 1
            if at == number:
                yield _reject(record, reason)
                number, reason = next(wanted, (-1, ""))
                if number < 0:
                    return

    def _rows(self) -> Iterator[CsvRecord]:
        return islice(csv_records(self._path, self._delimiter), self._skip, None)

    def _blank(self, lines: Collection[int]) -> None:
        self._copies += 1
        copy = self._workspace / f"mended-{self._copies}"
        without_lines(self._path, copy, lines)
        if self._path.parent == self._workspace:
            self._path.unlink()
        self._path = copy


def _header(start: bytes) -> tuple[Header, str]:
    best: tuple[Header, str] | None = None
    for delimiter in DELIMITERS:
        header = read_header(start, delimiter)
        if header and (best is None or len(header.cells) > len(best[0].cells)):
            best = header, delimiter
    if best is None:
        raise BadInput("The file is empty.", "It needs a header row and rows below it.")
    header, delimiter = best
    if header.size >= _HEADER_BYTES:
        raise BadInput("The header row of the file does not end.", "Look for a quote in it.")
    if len(header.cells) < 2:
        raise BadInput(
            f"The file has one column only, {listed(header.cells)}.",
            "Cells are parted by a comma, a semicolon, a tab or a bar, the first row names them.",
        )
    return header, delimiter


def _put_aside(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[int, str]:
    """The first byte of each row that DuckDB could not split, and the kind of error."""
    found = cast(
        "list[tuple[int, str]]",
        connection.execute(
            "SELECT line_byte_position - 1, any_value(error_type::VARCHAR) "
            "FROM reject_errors GROUP BY ALL ORDER BY ALL"
        ).fetchall(),
    )
    if not found:
        return {}
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return {_first_byte(content, start): kind for start, kind in found}


def _first_byte(content: mmap, start: int) -> int:
    """Where the row begins: DuckDB counts blank lines before a row to the row."""
    while start < len(content) and content[start : start + 1] == b"\n":
        start += 1
    return start


def _reject(record: CsvRecord, reason: str) -> Reject:
    return Reject(record.line, reason, record.raw.decode(errors="replace").rstrip("\n"))
