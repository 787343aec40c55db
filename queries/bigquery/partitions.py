"""The partitions of the request table, from BigQuery's metadata."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from analysis.errors import BadInput
from queries.bigquery.jobs import Jobs, Statement
from queries.request_table import RequestTable

_SQL = """
SELECT partition_id, total_rows, total_logical_bytes, last_modified_time
FROM `{dataset}.INFORMATION_SCHEMA.PARTITIONS`
WHERE table_name = @table_name
  AND (
    partition_id BETWEEN @first_id AND @last_id
    OR partition_id = @without_day
    OR LENGTH(partition_id) < @length_of_day
  )
"""
"""Months and years are listed whatever is asked for: a table by month would look as if its days had
no rows."""

_WITHOUT_DAY = "__NULL__"
_LAST_HOUR = "23"


@dataclass(frozen=True, slots=True)
class Partition:
    """One UTC day of the table.

    Attributes:
        day: of the partition.
        rows: in it.
        bytes: logical ones.
        modified: when it last changed, UTC.
    """

    day: date
    rows: int
    bytes: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class PartitionListing:
    """The partitions of some days.

    Attributes:
        partitions: oldest day first.
        rows_without_day: rows whose partition column is NULL (BigQuery's `__NULL__`): they
            belong to no day, and no query that bounds the days sees them.
        bytes_billed: for the listing.
    """

    partitions: tuple[Partition, ...]
    rows_without_day: int
    bytes_billed: int


async def partitions_of(
    jobs: Jobs, table: RequestTable, first_day: date, last_day: date, *, asked_by: str = ""
) -> PartitionListing:
    """The partitions from `first_day` to `last_day`, both included; costs 10 MB.

    Raises:
        BadInput: the table is not partitioned by day.
        NotAllowed: the account may not read the dataset's INFORMATION_SCHEMA.
        NotFound: there is no such dataset.
        Unavailable: BigQuery did not answer.
    """
    dataset, _, name = table.name.rpartition(".")
    statement = Statement(
        _SQL.format(dataset=dataset),
        {
            "table_name": name,
            "first_id": f"{first_day:%Y%m%d}",
            "last_id": f"{last_day:%Y%m%d}{_LAST_HOUR}",
            "without_day": _WITHOUT_DAY,
            "length_of_day": len("20261120"),
        },
        "partitions",
    )
    answer = await jobs.run(statement, asked_by=asked_by)
    rows = cast("list[tuple[str, int, int, datetime]]", answer.rows)
    days: dict[date, Partition] = {}
    for name_, count, size, modified in rows:
        if name_ == _WITHOUT_DAY:
            continue
        day = _day(name_, table)
        known = days.get(day) or Partition(day, 0, 0, modified)
        days[day] = Partition(
            day, known.rows + count, known.bytes + size, max(known.modified, modified)
        )
    return PartitionListing(
        partitions=tuple(days[day] for day in sorted(days)),
        rows_without_day=sum(row[1] for row in rows if row[0] == _WITHOUT_DAY),
        bytes_billed=answer.bytes_billed,
    )


def _day(name: str, table: RequestTable) -> date:
    # 20261120, or 2026112007 where the table is partitioned by hour.
    if len(name) not in (8, 10) or not name.isdigit():
        raise BadInput(
            f"{table.name} has the partition {name}, which is no day.",
            "Costbot needs a table that is partitioned by day, or by hour: COSTBOT_BIGQUERY_TABLE.",
        )
    return date(int(name[:4]), int(name[4:6]), int(name[6:8]))
