"""Writing a query's rows as one Parquet file a day, and looking over what was written."""
# ruff: noqa: S608 - what is pasted are SQL of our own making and declared columns

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast
from uuid import uuid4

import duckdb

from queries.dimensions import Source
from queries.mart.restatement import DayFigures
from queries.mart.rollup import FILES, PARQUET, PARTITIONED
from queries.mart.snapshot import Relation
from queries.schema import FULLY_LOADED_RULE

NO_DAY = "__HIVE_DEFAULT_PARTITION__"
"""How DuckDB calls the folder of the rows without a value."""


OTHER_FILES = "mart_other_files"
"""The variable with the files that others are compared with."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a day's new request files hold.

    Attributes:
        rows: lines.
        requests: what the lines stand for.
        first_time: oldest instant, UTC.
        last_time: newest instant, UTC.
    """

    rows: int
    requests: int
    first_time: datetime
    last_time: datetime


class Partitions:
    """The folders of a mart, one a relation, source and UTC day.

    Args:
        folder: of the mart.
        connection: in UTC.
    """

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self._folder = folder
        self._connection = connection

    @contextmanager
    def cursor(self) -> Generator[Partitions]:
        """The same folders by a connection of its own, for another thread."""
        with self._connection.cursor() as connection:
            yield Partitions(self._folder, connection)

    @contextmanager
    def limited_to(self, threads: int, afterwards: int) -> Generator[None]:
        """Lets a statement use so many threads, within the block."""
        self._connection.execute(f"SET threads = {threads:d}")
        try:
            yield
        finally:
            self._connection.execute(f"SET threads = {afterwards:d}")

    def select(self, names: Iterable[str], variable: str = FILES) -> None:
        """Sets the variable from which the SQL of the mart takes the files to read."""
        paths = [str(self._folder / name) for name in names]
        self._connection.execute(f"SET VARIABLE {variable} = $1", [paths])

    def write(self, sql: str, relation: Relation, source: Source) -> dict[date, list[str]]:
        """Writes the rows of `sql` to new files, partitioned by `dt`.

        Returns:
            The new files of each day, relative to the mart's folder.

        Raises:
            ValueError: a row has no `dt`.
        """
        target = self._folder / relation / source.value
        target.mkdir(parents=True, exist_ok=True)
        written = self._connection.execute(
            f"COPY ({sql}) TO $target ({PARTITIONED})", {"target": str(target)}
        ).fetchall()
        files: dict[date, list[str]] = {}
        for _, paths in cast("list[tuple[int, list[str]]]", written):
            for path in map(Path, sorted(paths)):
                label = path.parent.name.removeprefix("dt=")
                if label == NO_DAY:
                    message = f"rows of {relation} lack a dt"
                    raise ValueError(message)
                day = date.fromisoformat(label)
                files.setdefault(day, []).append(str(path.relative_to(self._folder)))
        return files

    def write_day(self, sql: str, relation: Relation, source: Source, day: date) -> str:
        """Writes the rows of `sql`, all of one day, to one new file.

        Returns:
            The file, relative to the mart's folder.
        """
        name = f"{relation}/{source.value}/dt={day}/{uuid4()}.parquet"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection.execute(f"COPY ({sql}) TO $path ({PARQUET})", {"path": str(path)})
        return name

    def look_over(self, names: Iterable[str]) -> dict[date, Written]:
        """What request files hold, by day.

        Raises:
            ValueError: a row lacks its time, key or category, or its `dt` is not its UTC day.
        """
        self.select(names)
        rows = self._connection.execute(
            "SELECT dt, COUNT(*), SUM(requests), MIN(time), MAX(time), "
            "COUNT(time), COUNT(request_key), COUNT(cost_category) "
            f"FROM read_parquet(getvariable('{FILES}')) GROUP BY dt"
        ).fetchall()
        found: dict[date, Written] = {}
        for day, count, requests, first, last, *complete in cast(
            "list[tuple[date, int, int | None, datetime, datetime, int, int, int]]", rows
        ):
            if any(one != count for one in complete):
                message = f"requests of {day} lack a time, a request_key or a cost_category"
                raise ValueError(message)
            first, last = first.astimezone(UTC), last.astimezone(UTC)
            if not first.date() == day == last.date():
                message = f"requests of {day} have a dt that is not the UTC day of their time"
                raise ValueError(message)
            found[day] = Written(count, int(requests or 0), first, last)
        return found

    def figures(self, names: Collection[str]) -> dict[date, DayFigures]:
        """What request files add up to, by day."""
        if not names:
            return {}
        self.select(names)
        rows = self._connection.execute(
            f"SELECT dt, SUM(requests), SUM({FULLY_LOADED_RULE}), SUM(billed_cost), COUNT(*) "
            f"FROM read_parquet(getvariable('{FILES}'), union_by_name = true) GROUP BY dt"
        ).fetchall()
        nothing = Decimal(0)
        return {
            day: DayFigures(int(requests or 0), loaded or nothing, billed or nothing, count)
            for day, requests, loaded, billed, count in cast(
                "list[tuple[date, int | None, Decimal | None, Decimal | None, int]]", rows
            )
        }

    def days_that_differ(self, some: Collection[str], others: Collection[str]) -> set[date]:
        """The days whose rows are not the same in request files of the same columns."""
        if not some or not others:
            return set()
        self.select(some)
        self.select(others, OTHER_FILES)
        one, other = (
            f"SELECT * FROM read_parquet(getvariable('{variable}'))"
            for variable in (FILES, OTHER_FILES)
        )
        rows = self._connection.execute(
            f"SELECT DISTINCT dt FROM ((({one}) EXCEPT ALL ({other})) "
            f"UNION ALL (({other}) EXCEPT ALL ({one})))"
        ).fetchall()
        return {day for (day,) in cast("list[tuple[date]]", rows)}
