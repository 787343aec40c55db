"""`INFORMATION_SCHEMA.PARTITIONS` of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from playground.bigquery.tables import PartitionType, Row, Table, TableField, TableName

_FIELDS = (
    TableField("table_catalog", "STRING"),
    TableField("table_schema", "STRING"),
    TableField("table_name", "STRING"),
    TableField("partition_id", "STRING"),
    TableField("total_rows", "INT64"),
    TableField("total_logical_bytes", "INT64"),
    TableField("total_billable_bytes", "INT64"),
    TableField("last_modified_time", "TIMESTAMP"),
    TableField("storage_tier", "STRING"),
)


def over(name: TableName, tables: Iterable[Table], now: datetime) -> Table:
    """The view as a table of its own, as it is now."""
    view = Table(
        name,
        list(_FIELDS),
        partition_field=None,
        require_partition_filter=False,
        location="US",
        created=now,
        modified=now,
    )
    view.write((row for table in tables for row in _rows(table)), now)
    return view


def partition_id(day: date | None, by: PartitionType = "DAY") -> str:
    """As BigQuery writes a partition."""
    if day is None:
        return "__NULL__"
    return f"{day:%Y%m%d}" if by == "DAY" else f"{day:%Y%m}"


def _rows(table: Table) -> Iterator[Row]:
    columns = [one.name for one in table.fields]
    for day, partition in table.partitions.items():
        size = table.size(columns, [day])
        yield {
            "table_catalog": table.name.project,
            "table_schema": table.name.dataset,
            "table_name": table.name.table,
            "partition_id": partition_id(day, table.partitioned_by)
            if table.partition_field
            else None,
            "total_rows": len(partition.rows),
            "total_logical_bytes": size,
            "total_billable_bytes": size,
            "last_modified_time": partition.modified,
            "storage_tier": "ACTIVE",
        }
