"""CSV files: comma, semicolon, tab or bar between the cells, a header row, quotes by RFC 4180.

DuckDB splits the rows; every cell is read as text, so no value can stop it. Rows with too few or
too many cells, broken quotes or no UTF-8 it puts aside, and they are rejected one by one.
"""
# ruff: noqa: S608 - what is pasted are positions and names of our own making

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from analysis.errors import BadInput
from queries.sources.csv_lines import CsvRecord, csv_records, first_record
from queries.sources.mapping import listed
from queries.sources.plain_text import PlainText, head, without_lines
from queries.sources.records import Reject, Relation

DELIMITERS = (",", ";", "\t", "|")
_HEADER_BYTES = 1 << 20
_MOST_ROUNDS = 12
_SHOWN = 10_000
"""So many bytes of a rejected row DuckDB hands out at most."""

_REASONS = {
    "MISSING COLUMNS": "too few cells",
    "TOO MANY COLUMNS": "too many cells",
    "UNQUOTED VALUE": "a quote that is not closed where its cell ends",
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
        self._blanked: dict[int, Reject] = {}
        self._rounds = 0
        self.digest = plain.digest
        start = head(plain.path, _HEADER_BYTES)
        header, self._delimiter = _header(start)
        self.columns: Sequence[str] = tuple(cell.strip() for cell in header.cells)
        self._skip = 1
        if header.line > 1 or header.raw.count(b"\n") > 1:
            # DuckDB counts neither the blank lines nor the line ends of a header to be skipped.
            self._skip = 0
            lines = range(header.line, header.line + max(1, header.raw.count(b"\n")))
            self._blank(lines)

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

    def mend(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """See `Records.mend`: a quote that is never closed swallows the lines after it."""
        starts = {
            start
            for start, kind, shown in _put_aside(connection)
            if kind == "UNQUOTED VALUE" and _swallows(shown)
        }
        if not starts:
            return False
        self._rounds += 1
        bad = {
            line: raw.decode(errors="replace")
            for line, offset, raw in _physical_lines(self._path)
            if offset in starts
        }
        if self._rounds > _MOST_ROUNDS:
            raise BadInput(
                f"The file's quotes are broken in too many places, line {min(bad)} among them.",
                'Quotes inside a quoted cell have to be doubled: `"a ""b"" c"`.',
            )
        for line, row in bad.items():
            self._blanked[line] = Reject(line, _REASONS["UNQUOTED VALUE"], row.rstrip("\n"))
        self._blank(bad)
        return True

    def unreadable(self, connection: duckdb.DuckDBPyConnection) -> list[Reject]:
        """See `Records.unreadable`."""
        aside = {start: kind for start, kind, _ in _put_aside(connection)}
        found = list(self._blanked.values())
        if aside:
            for record in self._records(aside):
                if record.offset in aside:
                    kind = aside.pop(record.offset)
                    found.append(_reject(record, _REASONS.get(kind, kind.lower())))
                    if not aside:
                        break
        return sorted(found, key=lambda reject: reject.line)

    def rows(
        self, connection: duckdb.DuckDBPyConnection, records: Mapping[int, str]
    ) -> Iterator[Reject]:
        """See `Records.rows`."""
        aside = {start: kind for start, kind, _ in _put_aside(connection)}
        wanted = iter(records.items())
        number, reason = next(wanted, (-1, ""))
        at = -1
        for record in self._records(aside):
            if record.offset in aside:
                continue
            at += 1
            if at == number:
                yield _reject(record, reason)
                number, reason = next(wanted, (-1, ""))
                if number < 0:
                    return

    def _records(self, aside: Mapping[int, str]) -> Iterator[CsvRecord]:
        one_line = {start for start, kind in aside.items() if kind == "UNQUOTED VALUE"}
        return csv_records(self._path, self._delimiter, self._skip, one_line)

    def _blank(self, lines: Collection[int]) -> None:
        copy = self._workspace / f"mended-{self._rounds}.csv"
        without_lines(self._path, copy, lines)
        if self._path.parent == self._workspace:
            self._path.unlink()
        self._path = copy


def _header(start: bytes) -> tuple[CsvRecord, str]:
    best: tuple[CsvRecord, str] | None = None
    for delimiter in DELIMITERS:
        record = first_record(start, delimiter)
        if record and (best is None or len(record.cells) > len(best[0].cells)):
            best = record, delimiter
    if best is None:
        raise BadInput("The file is empty.", "It needs a header row and rows below it.")
    cells = best[0].cells
    if len(best[0].raw) >= _HEADER_BYTES:
        raise BadInput("The header row of the file does not end.", "Look for a quote in it.")
    if len(cells) < 2:
        raise BadInput(
            f"The file has one column only:  {listed(cells)}.",
            "Cells are parted by a comma, a semicolon, a tab or a bar, the first row names them.",
        )
    return best


def _put_aside(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    """Offset, kind of error and beginning of the rows that DuckDB could not split."""
    return connection.execute(
        "SELECT line_byte_position - 1, any_value(error_type::VARCHAR), any_value(csv_line) "
        "FROM reject_errors GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def _swallows(shown: str) -> bool:
    return "\n" in shown.rstrip("\n") or len(shown.encode()) >= _SHOWN


def _physical_lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            yield number, offset, line
            offset += len(line)


def _reject(record: CsvRecord, reason: str) -> Reject:
    return Reject(record.line, reason, record.raw.decode(errors="replace").rstrip("\n"))
