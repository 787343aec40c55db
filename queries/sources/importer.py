"""One import from beginning to end: read, check, price, leave out what is there, write."""
# ruff: noqa: S608 - what is pasted are names of our own making

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, cast

import duckdb

from analysis.clock import Clock
from analysis.errors import BadInput
from queries.dimensions import Source
from queries.mart.manifest import Origin, PartitionState
from queries.mart.restatement import DayReplacement
from queries.mart.snapshot import Snapshot
from queries.sources.columns import InputColumn
from queries.sources.mapping import Mapped, map_columns
from queries.sources.opening import OpenedFile, file_state, open_file
from queries.sources.rejects import write_rejects
from queries.sources.report import ImportReport, summarize
from queries.sources.staging import RowSql, find_repeated, key_rows, stage

Progress = Callable[[str, float], None]
"""Is told what is being done, and how much of the whole is done, from 0 to 1."""


class Writer(Protocol):
    """What an import needs of the mart's writer, see `queries.mart`."""

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """On which rows are staged."""
        ...

    def known_requests_sql(self, source: Source, columns: Sequence[str]) -> str:
        """A query for columns of all requests of a source that are there."""
        ...

    def days_from(self, source: Source, origin: Origin) -> set[date]:
        """The UTC days of a source that come from files, or from the warehouse."""
        ...

    def snapshot(self) -> Snapshot:
        """What is published now."""
        ...

    def add(
        self,
        source: Source,
        relation_name: str,
        *,
        on_progress: Callable[[float], None] | None = None,
    ) -> None:
        """Adds requests."""
        ...

    def replace_days(
        self,
        source: Source,
        relation_name: str,
        days: Mapping[date, PartitionState | None],
        *,
        origin: Origin = "bigquery",
    ) -> list[DayReplacement]:
        """Puts requests in the place of all that some days had."""
        ...

    def checked(self, source: Source, at: datetime) -> None:
        """Remembers when a source was last brought up to date."""
        ...

    def commit(self, *, on_progress: Callable[[float], None] | None = None) -> None:
        """Publishes what was added."""
        ...


class Placing(Protocol):
    """How the rows of a file get into the mart, where that is more than adding them."""

    @property
    def replaces(self) -> bool:
        """Whether rows that are there already are taken again, in the place of the old ones."""
        ...

    def place(self, writer: Writer, now: datetime, tell: Callable[[float], None]) -> list[str]:
        """Has the rows of `taken` in the mart; `writer.commit` follows.

        Returns:
            What the user should know about it, whole sentences.

        Raises:
            BadInput: they cannot be there beside what is there.
        """
        ...


class Importer(Protocol):
    """One kind of source: see `queries.sources.gpu`, `usage` and `focus`."""

    @property
    def source(self) -> Source:
        """Which one."""
        ...

    @property
    def columns(self) -> Sequence[InputColumn]:
        """The columns that are of use."""
        ...

    def check_columns(self, mapped: Mapped) -> list[str]:
        """Notes about what a file lacks; `BadInput` where it lacks too much."""
        ...

    def row_sql(self, mapped: Mapped) -> RowSql:
        """How rows are read."""
        ...

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Refuses what can only be judged when all rows are there."""
        ...

    def price(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the view `priced`."""
        ...

    def remarks(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """What the user should know about the rows, whole sentences."""
        ...


@dataclass(frozen=True, slots=True)
class FileToImport:
    """A file and how its columns are to be understood.

    Attributes:
        path: the file.
        mapping: the file's column by ours.
        constants: what our columns are where the file has nothing.
    """

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict[str, str])
    constants: Mapping[str, str] = field(default_factory=dict[str, str])


def import_rows(
    file: FileToImport,
    importer: Importer,
    open_writer: Callable[[], AbstractContextManager[Writer]],
    home: Path,
    clock: Clock,
    on_progress: Progress,
    placing: Placing | None = None,
) -> ImportReport:
    """Imports a file; what is in the mart changes all at once, or not at all.

    Args:
        file: what to import.
        importer: for its kind of source.
        open_writer: the mart's.
        home: folder of the deployment: of copies (`import`) and rejects files (`rejects`).
        clock: the present.
        on_progress: is told how far it is.
        placing: how the rows get into the mart; None: they are added to what is there.

    Raises:
        BadInput: the file or an option cannot be used, or it has rows of days that come from
            BigQuery; nothing has changed.
    """
    begun = clock()
    on_progress("Looking at the file", 0.0)
    file_state(file.path)
    with open_writer() as writer, _workspace(home / "import") as workspace:
        opened = open_file(file.path, workspace, importer.columns)
        mapped = map_columns(importer.columns, opened.records.columns, file.mapping, file.constants)
        notes = importer.check_columns(mapped)
        again = placing is not None and placing.replaces
        _sort(writer, importer, opened, mapped, on_progress, again=again)
        notes += importer.remarks(writer.connection)
        rejected = write_rejects(
            writer.connection, opened.records, home / "rejects", file.path.name
        )
        if file_state(file.path) != opened.state:
            raise BadInput(
                f"{file.path} was changed while it was read; nothing of it was imported.",
                "Import it again when it is complete.",
            )
        known = writer.known_requests_sql(importer.source, ["request_key", "billed_cost"])
        report = summarize(writer.connection, importer.source, file.path, mapped, rejected, known)
        if report.taken:
            _leave_warehouse_days(writer, importer.source)
            writing = _within(on_progress, "Writing", 0.5)
            try:
                if placing is None:
                    writer.add(importer.source, "taken", on_progress=writing)
                else:
                    notes += placing.place(writer, begun, writing)
                writer.commit(on_progress=_within(on_progress, "Adding up", 0.75))
            except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
                raise BadInput(
                    f"{file.path.name} and what is there add up to more than can be counted; "
                    "nothing of it was imported.",
                    "Look at its largest numbers.",
                ) from error
    on_progress("Done", 1.0)
    if report.last_time is not None and report.last_time > begun:
        notes.append("Some rows lie in the future: look at their zone.")
    return replace(report, notes=(*notes, *report.notes), seconds=(clock() - begun).total_seconds())


def _sort(
    writer: Writer,
    importer: Importer,
    opened: OpenedFile,
    mapped: Mapped,
    on_progress: Progress,
    *,
    again: bool,
) -> None:
    """Reads the file, and makes the view `taken` of what is to be written.

    With `again`, what is in the mart does not make a row a repeated one.
    """
    connection = writer.connection
    on_progress("Reading", 0.05)
    stage(connection, opened.records, mapped, importer.columns, importer.row_sql(mapped))
    key_rows(connection, importer.source, opened.records)
    on_progress("Pricing", 0.4)
    importer.prepare(connection)
    known = "SELECT NULL::UUID AS request_key WHERE false"
    if not again:
        known = writer.known_requests_sql(importer.source, ["request_key"])
    find_repeated(connection, known)
    importer.price(connection)
    (repeated,) = connection.execute("SELECT count(*) FROM repeated").fetchall()[0]
    # Without repetitions there is nothing to be left out: a join saved.
    left_out = " ANTI JOIN repeated USING (record)" if repeated else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW taken AS SELECT * EXCLUDE (record) FROM priced{left_out}"
    )


def _leave_warehouse_days(writer: Writer, source: Source) -> None:
    """Refuses rows of days that come from BigQuery: they would be counted twice.

    Raises:
        BadInput: there are such rows; nothing has changed.
    """
    days = writer.days_from(source, "bigquery")
    if not days:
        return
    rows = writer.connection.execute(
        "SELECT DISTINCT time::DATE FROM keyed ANTI JOIN repeated USING (record)"
    ).fetchall()
    both = sorted(days.intersection(day for (day,) in cast("list[tuple[date]]", rows)))
    if both:
        told = str(both[0]) if len(both) == 1 else f"{both[0]} to {both[-1]} ({len(both)} days)"
        raise BadInput(
            f"The file has rows of {told}, which the mart has from BigQuery: they would be "
            "counted twice. Nothing of the file was imported.",
            "Leave these days out of the file; `costbot sync` keeps them up to date.",
        )


def _within(on_progress: Progress, step: str, start: float) -> Callable[[float], None]:
    """Progress of one step that begins at `start` and takes a quarter of the whole."""
    return lambda done: on_progress(step, start + 0.25 * done)


@contextmanager
def _workspace(folder: Path) -> Generator[Path]:
    """An empty folder for copies; what a crash has left in it goes first.

    Only the one who holds the mart's writer may be here.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder.absolute()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
