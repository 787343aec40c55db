"""JSON lines: one object a line, names as in the columns; other lines are rejected one by one.

DuckDB reads each line as text, so line numbers are exact and a bad line stops nothing. Numbers
stay the text that they are written as.
"""
# ruff: noqa: S608 - what is pasted are positions and names of our own making

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import cast

import duckdb

from analysis.errors import BadInput
from queries.sources.columns import InputColumn
from queries.sources.plain_text import PlainText
from queries.sources.records import Reject, Relation

_LOOKED_AT = 10_000
"""So many lines at the beginning tell which names there are, besides those that we know."""

_LONGEST = 16_000_000
_BLOCK = 1 << 22

_REASONS = {
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": "longer than 16 MB",
}


class JsonRecords:
    """An opened file of JSON lines.

    Args:
        plain: the file made plain.
        known: our columns; they may turn up later in the file than the lines that are looked at.

    Raises:
        BadInput: it has no line at all, or no object in the first lines.
    """

    def __init__(self, plain: PlainText, known: Sequence[InputColumn]) -> None:
        self._path = plain.path
        self.digest = plain.digest
        found = self._names()
        there = {name.strip().lower() for name in found}
        missing = [one.name for one in known if not there & {one.name, *one.other_names}]
        self.columns: Sequence[str] = (*found, *self._late(missing))

    def relation(self, positions: Collection[int]) -> Relation:
        """See `Records.relation`."""
        wanted = sorted(positions)
        cells = ", ".join(f"cells[{at}] AS c{of}" for at, of in enumerate(wanted, start=1))
        is_object = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
        return Relation(
            f"SELECT {cells}, CASE WHEN NOT json_valid(line) THEN 'not JSON' "
            "WHEN cells IS NULL THEN 'JSON, but no object' END AS broken "
            f"FROM (SELECT line, CASE WHEN {is_object} "
            "THEN json_extract_string(line, $pointers::VARCHAR[]) END AS cells "
            # A line cannot hold the separator: JSON has to escape it.
            "FROM read_csv($path, auto_detect = false, header = false, strict_mode = false, "
            "columns = {'line': 'VARCHAR'}, delim = E'\\x1e', quote = '', escape = '', "
            f"max_line_size = {_LONGEST}, store_rejects = true, rejects_limit = 0) "
            "WHERE line IS NOT NULL)",
            {"path": str(self._path), "pointers": [_pointer(self.columns[of]) for of in wanted]},
        )

    def mend(self, connection: duckdb.DuckDBPyConnection, read: int) -> bool:
        """See `Records.mend`: no line can hide another."""
        return False

    def unreadable(self, connection: duckdb.DuckDBPyConnection) -> list[Reject]:
        """See `Records.unreadable`."""
        aside = _put_aside(connection)
        return (
            [
                Reject(number, _REASONS.get(aside[number], aside[number].lower()), line)
                for number, line in self._lines()
                if number in aside
            ]
            if aside
            else []
        )

    def rows(
        self, connection: duckdb.DuckDBPyConnection, records: Mapping[int, str]
    ) -> Iterator[Reject]:
        """See `Records.rows`."""
        aside = _put_aside(connection)
        read = (pair for pair in self._lines() if pair[1] and pair[0] not in aside)
        for at, (number, line) in enumerate(read):
            if at in records:
                yield Reject(number, records[at], line)

    def _lines(self) -> Iterator[tuple[int, str]]:
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, line.decode(errors="replace").rstrip("\n")

    def _late(self, names: Sequence[str]) -> list[str]:
        """Which of some names stand anywhere in the file, be it after the lines looked at."""
        waiting = {f'"{name}"'.encode(): name for name in names}
        late: list[str] = []
        before = b""
        with self._path.open("rb") as file:
            while waiting and (block := file.read(_BLOCK)):
                text = before + block
                late += [waiting.pop(mark) for mark in list(waiting) if mark in text]
                before = block[-100:]
        return late

    def _names(self) -> tuple[str, ...]:
        names: dict[str, None] = {}
        objects = 0
        for _, line in islice(self._lines(), _LOOKED_AT):
            try:
                value: object = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                objects += 1
                names.update(dict.fromkeys(cast("dict[str, object]", value)))
        if not objects:
            raise BadInput(
                "The file looks like JSON, but its lines are no objects.",
                'One object a line is expected, such as {"time": "2024-12-02T10:00:00Z", …}.',
            )
        return tuple(names)


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _put_aside(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """The lines that DuckDB could not read, and why."""
    return dict(
        connection.execute(
            "SELECT line::BIGINT, any_value(error_type::VARCHAR) FROM reject_errors GROUP BY ALL"
        ).fetchall()
    )
