"""Publishing what was read: all days of a chunk at once, unless somebody was faster."""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

import duckdb

from analysis.errors import Refused
from analysis.prices import PriceSource
from queries.dimensions import Source
from queries.mart import Mart, MartWriter
from queries.mart.manifest import PartitionState
from queries.mart.writer import Progress
from queries.sync.plan import Batch, complete_until
from queries.sync.report import Tally
from queries.sync.staging import UNKNOWN_CATEGORY, stage_rows
from queries.sync.statement import ROWS


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """Days that were read.

    Attributes:
        batch: the days.
        path: file with their rows, see `write_rows`.
        read_at: the instant at which their query was begun, UTC.
    """

    batch: Batch
    path: Path
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published at once.

    Attributes:
        read: days that were read.
        emptied: days whose partitions are gone.
        listed_at: the instant at which the partitions were listed, UTC.
        mapping: how the table was read.
        replace_files: days that come from files are replaced too.
        is_last: afterwards all of the table is up to date.
    """

    read: Sequence[ReadBatch]
    emptied: Sequence[date]
    listed_at: datetime
    mapping: str
    replace_files: bool
    is_last: bool


def publish(mart: Mart, publication: Publication, tally: Tally, on_progress: Progress) -> None:
    """Replaces the days in the mart, and counts what became of them.

    Another process may have written since the plan was made. A day that it has read later than
    this one stays as it is; a day that it has imported from a file is not overwritten.

    Args:
        mart: that changes as a whole, or not at all.
        publication: what is to be published.
        tally: counts on, once it is published.
        on_progress: is told how much is done, from 0 to 1.

    Raises:
        Refused: a day comes from files, or another writer has the mart.
    """
    with mart.writer() as writer:
        on_progress(0.0)  # whoever had to wait for the lock may be gone
        days = _days_to_replace(writer, publication)
        paths = [read.path for read in publication.read]
        relation = stage_rows(writer.connection, mart.dimensions, paths, days)
        changes = writer.replace_days(Source.GPU, relation, days)
        if publication.is_last:
            writer.checked(Source.GPU, publication.listed_at)
        unpriced = _unpriced_rows(writer.connection)
        unknown, table_rows = _rows(writer.connection)
        writer.commit(on_progress=on_progress)
    for category, rows in unpriced.items():
        tally.unpriced_rows[category] = tally.unpriced_rows.get(category, 0) + rows
    tally.unknown_category_rows += unknown
    tally.table_rows += table_rows
    tally.days_read += sum(len(read.batch.days) for read in publication.read)
    for change in changes:
        tally.days_new += change.before is None and change.after is not None
        tally.days_unchanged += change.after is not None and not change.changed
        tally.days_emptied += change.before is not None and change.after is None
        tally.lines += 0 if change.after is None else change.after.rows
    tally.restated += [change for change in changes if change.restated]


def _days_to_replace(
    writer: MartWriter, publication: Publication
) -> dict[date, PartitionState | None]:
    """The days that are ours to replace, with what is to be remembered of their partitions."""
    there = writer.snapshot()
    origins, states = there.origins(Source.GPU), there.partitions(Source.GPU)
    days: dict[date, PartitionState | None] = {}
    for read in publication.read:
        for planned in read.batch.days:
            if origins.get(planned.day) == "files" and not publication.replace_files:
                raise from_files([planned.day])
            state = PartitionState(
                modified=planned.partition.modified,
                rows=planned.partition.rows,
                mapping=publication.mapping,
                read_at=read.read_at,
                until=complete_until(planned.partition),
            )
            if not _is_read_later(states.get(planned.day), read.read_at):
                days[planned.day] = state
    for day in publication.emptied:
        if day in states and not _is_read_later(states[day], publication.listed_at):
            days[day] = None
    return days


def _is_read_later(state: PartitionState | None, instant: datetime) -> bool:
    return state is not None and state.read_at > instant


def from_files(days: Sequence[date]) -> Refused:
    """The refusal to overwrite days that were imported from files."""
    told = str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]} ({len(days)} days)"
    return Refused(
        f"The mart has {told} from imported files, and BigQuery has the same: "
        "both would be counted, or one lost.",
        "Have BigQuery's take their place by `costbot sync --replace-files`.",
    )


def _unpriced_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of the table without a usable cost, by category, of what is staged."""
    rows = connection.execute(
        f"SELECT COALESCE(cost_category, '{UNKNOWN_CATEGORY}') AS category, SUM({ROWS.name}) "
        f"FROM sync_rows WHERE price_source = '{PriceSource.UNPRICED}' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {category: int(count) for category, count in cast("list[tuple[str, int]]", rows)}


def _rows(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Rows of the table without a category, and rows in all, of what is staged."""
    rows = connection.execute(
        f"SELECT COALESCE(SUM({ROWS.name}) FILTER (cost_category IS NULL), 0), "
        f"COALESCE(SUM({ROWS.name}), 0) FROM sync_rows"
    ).fetchall()
    ((unknown, every),) = cast("list[tuple[int, int]]", rows)
    return int(unknown), int(every)
