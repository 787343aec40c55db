"""The partitions of the request table, from BigQuery's metadata."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from queries.bigquery.jobs import Jobs
from queries.request_table import RequestTable


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
        NotAllowed: the account may not read the dataset's INFORMATION_SCHEMA.
        NotFound: there is no such dataset.
        Unavailable: BigQuery did not answer.
    """
    raise NotImplementedError
