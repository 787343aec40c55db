"""What BigQuery hands over: all rows of a job, and the description of a table."""

from __future__ import annotations

from datetime import UTC

from queries.bigquery import faults
from queries.bigquery.client import Rows, TableInfo
from queries.bigquery.jobs import TableSchema
from queries.bigquery.retries import Retries
from queries.engines.base import Table

_STANDARD_TYPES = {"FLOAT": "FLOAT64", "INTEGER": "INT64", "BOOLEAN": "BOOL", "RECORD": "STRUCT"}
"""The REST interface calls some types by older names."""


def read_rows(rows: Rows, retries: Retries) -> Table:
    """All rows; half of them are no answer.

    Raises:
        Unavailable: they are not as many as BigQuery said.
        StoppedError: nobody waits any more.
        TimeIsUpError: the time is up.
    """
    read: list[tuple[object, ...]] = []
    tokens: set[str] = set()
    for page in rows.pages:
        read += (tuple(row) for row in page)
        retries.check()
        token = rows.next_page_token
        # The same page over and over, or more than there is: it would not end by itself.
        if token in tokens or (rows.total_rows is not None and len(read) > rows.total_rows):
            break
        if token is not None:
            tokens.add(token)
    if len(read) != rows.total_rows:
        raise faults.incomplete(len(read), rows.total_rows)
    return Table(tuple(field.name for field in rows.schema), read)


def schema_of(info: TableInfo) -> TableSchema:
    """A table's description, in GoogleSQL's names of types."""
    partitioning = info.time_partitioning
    return TableSchema(
        fields={
            field.name: _STANDARD_TYPES.get(field.field_type, field.field_type)
            for field in info.schema
        },
        partition_field=partitioning.field if partitioning else None,
        partition_type=partitioning.type_ if partitioning else None,
        require_partition_filter=bool(info.require_partition_filter),
        rows=info.num_rows or 0,
        location=info.location,
        modified=info.modified.astimezone(UTC) if info.modified else None,
    )
