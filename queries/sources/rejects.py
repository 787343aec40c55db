"""The rejects file: every row that was not taken, as the file has it, with its line and reason."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import cast

import duckdb

from queries.sources.records import Records, Reject
from queries.sources.secrets import redacted

_LONGEST_ROW = 100_000


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was rejected of a file.

    Attributes:
        file: the rejects file; None: nothing was rejected.
        reasons: how many rows for which reason.
    """

    file: Path | None
    reasons: Counter[str]


def write_rejects(
    connection: duckdb.DuckDBPyConnection, records: Records, folder: Path, name: str
) -> Rejected:
    """Writes `line,reason,row` of what `staged` refused and of what could not be read at all.

    Args:
        connection: with `refused`.
        records: the opened file.
        folder: of the rejects files; made where it is missing.
        name: of the imported file.

    Returns:
        What was rejected.
    """
    unreadable = records.unreadable(connection)
    reasons = Counter(reject.reason for reject in unreadable)
    counted = connection.execute("SELECT reason, count(*) FROM refused GROUP BY ALL").fetchall()
    for reason, count in cast("list[tuple[str, int]]", counted):
        reasons[reason] += count
    if not reasons:
        return Rejected(None, reasons)
    folder.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:80]
    path = folder / f"{plain}-{records.digest[:12]}.csv"
    draft = path.with_suffix(".csv.new")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        writer.writerow(("line", "reason", "row"))
        rows = merge(unreadable, _refused(connection, records), key=lambda reject: reject.line)
        writer.writerows(_shown(rows))
    draft.replace(path)
    return Rejected(path, reasons)


def _refused(connection: duckdb.DuckDBPyConnection, records: Records) -> Iterator[Reject]:
    cursor = connection.execute("SELECT record, reason FROM refused ORDER BY record")
    wanted = dict(cast("list[tuple[int, str]]", cursor.fetchall()))
    return records.rows(connection, wanted) if wanted else iter(())


def _shown(rejects: Iterable[Reject]) -> Iterator[tuple[int, str, str]]:
    for reject in rejects:
        row = reject.row
        if len(row) > _LONGEST_ROW:
            row = f"{row[:_LONGEST_ROW]}… ({len(row)} characters in all)"
        yield reject.line, reject.reason, redacted(row)
