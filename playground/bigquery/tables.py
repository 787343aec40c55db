"""Tables and their partitions: rows, sizes, and when each was last written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from playground.bigquery.values import Value, size, type_name

Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class TableField:
    """A column: its name, and its type by either of BigQuery's names for it."""

    name: str
    type: str

    @property
    def kind(self) -> str:
        """The type as the REST interface names it."""
        return type_name(self.type)


class TableName(NamedTuple):
    """Where a table is."""

    project: str
    dataset: str
    table: str

    def __str__(self) -> str:
        return f"{self.project}.{self.dataset}.{self.table}"

    @property
    def in_messages(self) -> str:
        """As error messages name it."""
        return f"{self.project}:{self.dataset}.{self.table}"


def table_name(text: str) -> TableName:
    """A table's name from `project.dataset.table`.

    Raises:
        ValueError: it has other than three parts.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise ValueError(f"{text!r} is not project.dataset.table")
    return TableName(*parts)


PartitionType = Literal["DAY", "MONTH"]


@dataclass(slots=True)
class Partition:
    """A day's rows; the bytes of each column are counted once, when they are written."""

    rows: list[Row]
    modified: datetime
    sizes: dict[str, int]


@dataclass(slots=True)
class Table:
    """A table, by day if it has a partition column (a DATE); otherwise it is one partition.

    Attributes:
        partitioned_by: DAY, or MONTH: partitions are then known by the first day of theirs.
    """

    name: TableName
    fields: list[TableField]
    partition_field: str | None
    require_partition_filter: bool
    location: str
    created: datetime
    modified: datetime
    partitioned_by: PartitionType = "DAY"
    partitions: dict[date | None, Partition] = field(default_factory=dict[date | None, Partition])

    def write(self, rows: Iterable[Mapping[str, Value]], now: datetime) -> None:
        """Add rows, each to its day."""
        known = [one.name for one in self.fields]
        by_day: dict[date | None, list[Row]] = {}
        for row in rows:
            if unknown := set(row) - set(known):
                raise ValueError(f"{self.name} has no column {', '.join(sorted(unknown))}")
            whole: Row = {name: row.get(name) for name in known}
            by_day.setdefault(self._day(whole), []).append(whole)
        for day, some in by_day.items():
            old = self.partitions[day].rows if day in self.partitions else []
            self._set(day, [*old, *some], now)
        self.modified = now

    def replace(self, day: date | None, rows: Sequence[Mapping[str, Value]], now: datetime) -> None:
        """Put rows in the place of a partition's; without rows it vanishes."""
        if self.partition_field and any(row.get(self.partition_field) != day for row in rows):
            raise ValueError(f"not all rows are of {day}")
        self.partitions.pop(day, None)
        self.write(rows, now)

    def drop_column(self, name: str, now: datetime) -> None:
        """Remove a column, with its data; without its partition column it is not partitioned."""
        rows = self._all_rows()
        for row in rows:
            del row[name]
        self._rewrite([one for one in self.fields if one.name != name], name, rows, now)

    def change_type(self, name: str, kind: str, now: datetime) -> None:
        """Give a column another type; STRING takes the old values as text, others lose them.

        By its partition column it is not partitioned any more.
        """
        rows, as_text = self._all_rows(), type_name(kind) == "STRING"
        for row in rows:
            old = row[name]
            row[name] = str(old) if as_text and old is not None else None
        fields = [TableField(name, kind) if one.name == name else one for one in self.fields]
        self._rewrite(fields, name, rows, now)

    def size(self, columns: Iterable[str], days: Iterable[date | None]) -> int:
        """Logical bytes of columns in partitions."""
        some = list(columns)
        return sum(
            self.partitions[day].sizes[name]
            for day in days
            if day in self.partitions
            for name in some
        )

    def _day(self, row: Row) -> date | None:
        if self.partition_field is None:
            return None
        value = row[self.partition_field]
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value if self.partitioned_by == "DAY" else value.replace(day=1)
        raise ValueError(f"{value!r} is no day to put a row of {self.name} by")

    def _all_rows(self) -> list[Row]:
        return [dict(row) for partition in self.partitions.values() for row in partition.rows]

    def _rewrite(
        self, fields: list[TableField], changed: str, rows: list[Row], now: datetime
    ) -> None:
        if changed not in {one.name for one in self.fields}:
            raise ValueError(f"{self.name} has no column {changed}")
        self.fields = fields
        if self.partition_field == changed:
            self.partition_field, self.require_partition_filter = None, False
        old = {day: partition.modified for day, partition in self.partitions.items()}
        self.partitions.clear()
        self.write(rows, now)
        for day, partition in self.partitions.items():
            partition.modified = old.get(day, now)

    def _set(self, day: date | None, rows: list[Row], now: datetime) -> None:
        sizes = {
            one.name: sum(size(row[one.name], one.kind) for row in rows) for one in self.fields
        }
        self.partitions[day] = Partition(rows, now, sizes)
