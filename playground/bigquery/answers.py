"""Jobs, results and tables as the REST interface writes them."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import cast

from playground.bigquery.jobs import Job, Result
from playground.bigquery.refusal import Refusal
from playground.bigquery.tables import Table
from playground.bigquery.values import encode
from playground.model import JsonObject


def job_body(job: Job) -> JsonObject:
    """A job's resource."""
    record = job.record
    status: JsonObject = {"state": record.state}
    if job.refusal is not None:
        error = job.refusal.as_error_proto()
        status |= {"errorResult": error, "errors": [error]}
    query: JsonObject = {
        "totalBytesProcessed": str(record.bytes_processed),
        "totalBytesBilled": str(record.bytes_billed),
        "cacheHit": False,
        "statementType": "SELECT",
    }
    if record.dry_run and job.result is not None:
        query |= {"schema": _schema(job.result), "totalBytesProcessedAccuracy": "PRECISE"}
    statistics: JsonObject = {
        "creationTime": millis(record.created),
        "startTime": millis(record.created),
        "totalBytesProcessed": str(record.bytes_processed),
        "query": query,
    }
    if record.ended is not None:
        statistics["endTime"] = millis(record.ended)
    body: JsonObject = {
        "kind": "bigquery#job",
        "jobReference": _reference(job),
        "configuration": {"jobType": "QUERY", **job.configuration},
        "status": status,
        "statistics": statistics,
    }
    if record.dry_run:
        cast("JsonObject", body["configuration"])["dryRun"] = True
    else:
        body["id"] = f"{record.project}:{record.location}.{record.job_id}"
    return body


def dry_run_body(job: Job) -> JsonObject:
    """The answer of `jobs.query` to a dry run."""
    return {
        "kind": "bigquery#queryResponse",
        "schema": _schema(job.result) if job.result else {},
        "jobReference": _reference(job),
        "totalBytesProcessed": str(job.record.bytes_processed),
        "jobComplete": True,
        "cacheHit": False,
    }


def results_body(job: Job, start: int, size: int, *, int64_timestamps: bool) -> JsonObject:
    """A page of a job's rows, or that it is not complete.

    Raises:
        Refusal: the job failed.
    """
    body: JsonObject = {"jobReference": _reference(job), "jobComplete": False}
    if job.record.state != "DONE":
        return body
    if job.refusal is not None:
        raise job.refusal
    if job.result is None:
        raise RuntimeError("a job that is over has a result or a refusal")
    rows, kinds = job.result.rows, [one.kind for one in job.result.columns]
    page = rows[start : start + size]
    end = start + len(page)
    body |= {
        "jobComplete": True,
        "schema": _schema(job.result),
        "totalRows": str(len(rows)),
        "totalBytesProcessed": str(job.record.bytes_processed),
        "totalBytesBilled": str(job.record.bytes_billed),
        "cacheHit": False,
    }
    if page:
        body["rows"] = [
            {
                "f": [
                    {"v": encode(value, kind, int64_timestamps=int64_timestamps)}
                    for value, kind in zip(row, kinds, strict=True)
                ]
            }
            for row in page
        ]
    if end < len(rows):
        body["pageToken"] = page_token(job, end)
    return body


def page_token(job: Job, start: int) -> str:
    """What asks for the rows from `start`."""
    return base64.urlsafe_b64encode(f"{job.record.job_id}:{start}".encode()).decode()


def page_start(job: Job, token: str) -> int:
    """Where the page of a token starts.

    Raises:
        Refusal: it is no token of this job.
    """
    try:
        job_id, _, start = base64.urlsafe_b64decode(token).decode().rpartition(":")
        if job_id == job.record.job_id:
            return int(start)
    except ValueError as error:
        raise bad_token() from error
    raise bad_token()


def bad_token() -> Refusal:
    """A page token is none."""
    return Refusal("invalid", "Invalid value for pageToken", location="pageToken")


def table_body(table: Table) -> JsonObject:
    """A table's resource."""
    partitions = table.partitions
    columns = [one.name for one in table.fields]
    body: JsonObject = {
        "kind": "bigquery#table",
        "id": table.name.in_messages,
        "tableReference": _table_reference(table),
        "type": "TABLE",
        "location": table.location,
        "schema": {
            "fields": [
                {"name": one.name, "type": one.kind, "mode": "NULLABLE"} for one in table.fields
            ]
        },
        "numRows": str(sum(len(one.rows) for one in partitions.values())),
        "numBytes": str(table.size(columns, partitions)),
        "creationTime": millis(table.created),
        "lastModifiedTime": millis(table.modified),
    }
    return body | _partitioning(table)


def table_item(table: Table) -> JsonObject:
    """A table in a list of tables."""
    return {
        "kind": "bigquery#table",
        "id": table.name.in_messages,
        "tableReference": _table_reference(table),
        "type": "TABLE",
        "creationTime": millis(table.created),
        **_partitioning(table),
    }


def millis(instant: datetime) -> str:
    """Milliseconds since 1970, as text."""
    return str(int(instant.timestamp() * 1000))


def _partitioning(table: Table) -> JsonObject:
    if table.partition_field is None:
        return {}
    by: JsonObject = {"type": table.partitioned_by, "field": table.partition_field}
    if table.require_partition_filter:
        by["requirePartitionFilter"] = True
    return {"timePartitioning": by, "requirePartitionFilter": table.require_partition_filter}


def _table_reference(table: Table) -> JsonObject:
    project, dataset, name = table.name
    return {"projectId": project, "datasetId": dataset, "tableId": name}


def _reference(job: Job) -> JsonObject:
    record = job.record
    body: JsonObject = {"projectId": record.project, "location": record.location}
    return body | ({"jobId": record.job_id} if record.job_id else {})


def _schema(result: Result) -> JsonObject:
    return {
        "fields": [
            {
                "name": one.name,
                "type": one.kind,
                "mode": "REPEATED" if one.repeated else "NULLABLE",
            }
            for one in result.columns
        ]
    }
