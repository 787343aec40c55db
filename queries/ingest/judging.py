"""Whether events can be taken: judged by the importer's own checks, before anybody is told so.

The journal's lines are imported later as any file is. What the importer would reject is found out
here by the same SQL, so that the sender hears of it while the request is open.
"""
# ruff: noqa: S608 - what is pasted are positions of our own making

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import duckdb

from queries.dimensions import Dimensions, Source
from queries.duck import connect
from queries.prices.catalogue import Catalogue
from queries.sources.mapping import Mapped
from queries.sources.records import Reject, Relation
from queries.sources.staging import key_rows, refuse, stage
from queries.sources.usage import UsageImporter

_MEMORY = "1GB"

FUTURE = "the time lies in the future: look at its zone"

_OPTION = "; if "
"""What follows it in a reason is the importer's advice: an option of the command line."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of some lines, by their places, from 0 on.

    Attributes:
        refused: what is wrong with them.
        repeated: those whose request stands before them already.
        nameless: those that can be taken and have no id.
        keys: what is kept in place of real API keys that somebody sent as the key's name.
    """

    refused: Mapping[int, str]
    repeated: frozenset[int]
    nameless: tuple[int, ...]
    keys: Mapping[int, str]


class Judge:
    """Judges lines; one thread at a time.

    Args:
        dimensions: of the deployment.
    """

    def __init__(self, dimensions: Dimensions) -> None:
        self._dimensions = dimensions
        self._connection = connect(threads=1, memory=_MEMORY)
        # These statements are large and see few rows: to optimize them takes longer than to run
        # them, and the rows are faster without (5 instead of 16 µs each, measured).
        self._connection.execute("PRAGMA disable_optimizer")

    def judge(self, lines: Sequence[str], catalogue: Catalogue, until: datetime) -> Judgement:
        """Judges lines of JSON, each an object with our columns.

        Args:
            lines: of events.
            catalogue: says whose a model is where the event does not.
            until: aware; what is later is refused.
        """
        importer = UsageImporter(self._dimensions, catalogue)
        names = [column.name for column in importer.columns]
        mapped = Mapped({name: at for at, name in enumerate(names)}, {}, ())
        records = _Lines(lines, names)
        stage(self._connection, records, mapped, importer.columns, importer.row_sql(mapped))
        key_rows(self._connection, Source.USAGE, records)
        importer.judge(self._connection)
        refuse(
            self._connection,
            f"SELECT record, '{FUTURE}' AS reason FROM keyed "
            f"WHERE time > make_timestamptz({round(until.timestamp() * 1_000_000)})",
        )
        refused = self._connection.execute("SELECT record, reason FROM refused").fetchall()
        repeated = self._connection.execute(
            "SELECT record FROM (SELECT record, row_number() OVER "
            "(PARTITION BY request_key ORDER BY record) AS occurrence FROM keyed "
            "WHERE own_key IS NOT NULL) WHERE occurrence > 1"
        ).fetchall()
        nameless = self._connection.execute(
            "SELECT record FROM keyed WHERE own_key IS NULL ORDER BY record"
        ).fetchall()
        keys = self._connection.execute(
            "SELECT record, key_name FROM keyed WHERE is_secret"
        ).fetchall()
        return Judgement(
            {
                place: reason.partition(_OPTION)[0]
                for place, reason in cast("list[tuple[int, str]]", refused)
            },
            frozenset(_places(repeated)),
            tuple(_places(nameless)),
            dict(cast("list[tuple[int, str]]", keys)),
        )

    def close(self) -> None:
        """Gives back what DuckDB holds."""
        self._connection.close()


def _places(rows: list[tuple[int]]) -> Iterator[int]:
    return (place for (place,) in rows)


class _Lines:
    """Lines in memory, as `queries.sources.records.Records` has files."""

    digest = ""

    def __init__(self, lines: Sequence[str], columns: Sequence[str]) -> None:
        self._lines = lines
        self.columns = columns

    def relation(self, positions: Collection[int]) -> Relation:
        """See `Records.relation`."""
        wanted = sorted(positions)
        cells = ", ".join(f"cells[{at}] AS c{of}" for at, of in enumerate(wanted, start=1))
        pointers = [f"/{_escaped(self.columns[of])}" for of in wanted]
        return Relation(
            f"SELECT {cells}, CASE WHEN cells IS NULL THEN 'not JSON' END AS broken FROM "
            "(SELECT CASE WHEN json_valid(line) "
            "THEN json_extract_string(line, $pointers::VARCHAR[]) END AS cells "
            "FROM (SELECT unnest($lines::VARCHAR[]) AS line))",
            {"lines": list(self._lines), "pointers": pointers},
        )

    def mend(self, connection: duckdb.DuckDBPyConnection, read: int) -> bool:
        """See `Records.mend`: no line can hide another."""
        return False

    def unreadable(self, connection: duckdb.DuckDBPyConnection) -> list[Reject]:
        """See `Records.unreadable`: every line is read."""
        return []

    def rows(
        self, connection: duckdb.DuckDBPyConnection, records: Mapping[int, str]
    ) -> Iterator[Reject]:
        """See `Records.rows`."""
        return (Reject(at + 1, reason, self._lines[at]) for at, reason in records.items())


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
