"""Taking jobs, running them, and telling how they stand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from playground.bigquery import partitions_view
from playground.bigquery.execution import Engine
from playground.bigquery.faults import Hold
from playground.bigquery.jobs import Job, JobRecord
from playground.bigquery.parameters import read_parameters
from playground.bigquery.refusal import Refusal
from playground.bigquery.statement import PARTITIONS, read_statement
from playground.bigquery.tables import Table, TableField, TableName
from playground.bigquery.warehouse import Warehouse
from playground.model import JsonObject

_MEBIBYTE = 1024 * 1024


@dataclass(slots=True)
class _Held:
    job: Job
    hold: Hold
    refusal: Refusal | None


@dataclass
class JobService:
    """The jobs of a warehouse."""

    warehouse: Warehouse
    _engine: Engine = field(default_factory=Engine)
    _jobs: dict[tuple[str, str], Job] = field(default_factory=dict[tuple[str, str], Job])
    _held: dict[tuple[str, str], _Held] = field(default_factory=dict[tuple[str, str], _Held])
    _requests: dict[str, Job] = field(default_factory=dict[str, Job])

    def query(self, project: str, body: JsonObject) -> Job:
        """`jobs.query`: the same request id within BigQuery's 15 minutes is the same job."""
        with self.warehouse.lock:
            request = str(body.get("requestId", ""))
            if request and request in self._requests:
                return self._requests[request]
            job = self._start(
                "jobs.query", project, str(uuid.uuid4()), body, body, str(body.get("location", ""))
            )
            if request and not job.record.dry_run:
                self._requests[request] = job
            return job

    def insert(self, project: str, body: JsonObject) -> Job:
        """`jobs.insert`, of a query.

        Raises:
            Refusal: the id is taken, or a dry run fails.
        """
        with self.warehouse.lock:
            reference = cast("JsonObject", body.get("jobReference", {}))
            configuration = cast("JsonObject", body.get("configuration", {}))
            if "query" not in configuration:
                raise Refusal("notImplemented", "Only query jobs are imitated.")
            job_id = str(reference.get("jobId") or uuid.uuid4())
            if (project, job_id) in self._jobs:
                message = (
                    f"Already Exists: Job {project}:{reference.get('location', 'US')}.{job_id}"
                )
                raise Refusal("duplicate", message)
            query = cast("JsonObject", configuration["query"])
            location = str(reference.get("location", ""))
            return self._start("jobs.insert", project, job_id, query, configuration, location)

    def get(self, project: str, job_id: str, *, poll: bool = False) -> Job:
        """A job.

        Args:
            project: that runs it.
            job_id: its id.
            poll: whether this counts as a poll of a job that is held.

        Raises:
            Refusal: there is none.
        """
        with self.warehouse.lock:
            job = self._jobs.get((project, job_id))
            if job is None:
                raise Refusal("notFound", f"Not found: Job {project}:US.{job_id}")
            self._settle(job, poll=poll)
            return job

    def hold_of(self, job: Job) -> Hold | None:
        """What keeps a job RUNNING."""
        held = self._held.get(_key(job))
        return held.hold if held else None

    def cancel(self, project: str, job_id: str) -> Job:
        """Cancel a job; one that is over stays as it is."""
        with self.warehouse.lock:
            job = self.get(project, job_id)
            if job.record.state != "DONE":
                self._held.pop(_key(job), None)
                message = "Job execution was cancelled: User requested cancellation"
                job.end(self.warehouse.clock(), Refusal("stopped", message))
            return job

    def _start(
        self,
        method: str,
        project: str,
        job_id: str,
        query: JsonObject,
        settings: JsonObject,
        location: str,
    ) -> Job:
        self.warehouse.check_project(project)
        self._check_concurrency()
        dry_run = bool(settings.get("dryRun", False))
        maximum, timeout = query.get("maximumBytesBilled"), settings.get("jobTimeoutMs")
        record = JobRecord(
            method,
            project,
            None if dry_run else job_id,
            dry_run,
            str(query.get("query", "")),
            self.warehouse.clock(),
            labels=cast("dict[str, str]", settings.get("labels", {})),
            location=location or "US",
            maximum_bytes_billed=None if maximum is None else int(str(maximum)),
            timeout_ms=None if timeout is None else int(str(timeout)),
        )
        job = Job(record, {"query": query, **({"labels": record.labels} if record.labels else {})})
        self.warehouse.jobs.append(record)
        refusal = self._run(job, query)
        if dry_run:
            job.end(self.warehouse.clock(), refusal)
            if refusal:
                raise refusal
            return job
        self._jobs[project, job_id] = job
        refusal = refusal or self.warehouse.faults.take_failure()
        hold = self.warehouse.faults.take_hold()
        if hold is None:
            job.end(self.warehouse.clock(), refusal)
        else:
            self._held[_key(job)] = _Held(job, hold, refusal)
        return job

    def _run(self, job: Job, query: JsonObject) -> Refusal | None:
        try:
            self._attempt(job, query)
        except Refusal as refusal:
            return refusal
        return None

    def _attempt(self, job: Job, query: JsonObject) -> None:
        record, now = job.record, self.warehouse.clock()
        if query.get("useLegacySql", True):
            raise Refusal("notImplemented", "Legacy SQL is not imitated.")
        parameters = read_parameters(cast("list[JsonObject]", query.get("queryParameters", [])))
        record.parameters = {one.name: one.value for one in parameters.values()}
        default = cast("JsonObject", query.get("defaultDataset", {}))
        dataset = (
            (str(default.get("projectId", record.project)), str(default["datasetId"]))
            if default
            else None
        )
        tables: dict[TableName, Table] = {}

        def lookup(name: TableName) -> list[TableField]:
            if name.table == PARTITIONS:
                some = self.warehouse.tables_of(name.project, name.dataset)
                tables[name] = partitions_view.over(name, some, now)
            else:
                tables[name] = self.warehouse.table(name)
            return tables[name].fields

        statement = read_statement(record.sql, record.project, dataset, parameters, lookup)
        plan = self._engine.plan(statement, tables, parameters, now)
        ceiling = record.maximum_bytes_billed
        if ceiling is not None and plan.bytes_billed > ceiling:
            message = (
                f"Query exceeded limit for bytes billed: {ceiling}."
                f" {plan.bytes_billed} or higher required."
            )
            raise Refusal("bytesBilledLimitExceeded", message)
        record.bytes_processed, record.partitions = plan.bytes_processed, plan.partitions
        job.result = self._engine.run(statement, tables, parameters, now, rows=not record.dry_run)
        record.bytes_billed = 0 if record.dry_run else plan.bytes_billed

    def _settle(self, job: Job, *, poll: bool) -> None:
        held = self._held.get(_key(job))
        if held is None:
            return
        now, record = self.warehouse.clock(), job.record
        limit = record.timeout_ms
        if limit is not None and now - record.created >= timedelta(milliseconds=limit):
            message = f"Job execution was cancelled: Job timed out after {limit / 1000:g}s"
            self._finish(held, Refusal("stopped", message))
        elif held.hold.released or (poll and held.hold.poll()):
            self._finish(held, held.refusal)

    def _finish(self, held: _Held, refusal: Refusal | None) -> None:
        del self._held[_key(held.job)]
        held.job.end(self.warehouse.clock(), refusal)

    def _check_concurrency(self) -> None:
        limit = self.warehouse.concurrent_jobs
        if limit is not None and len(self._held) >= limit:
            message = (
                "Exceeded rate limits: too many concurrent queries for this project_and_region."
                " For more information, see https://cloud.google.com/bigquery/docs/"
                "troubleshoot-quotas"
            )
            raise Refusal("rateLimitExceeded", message)


def _key(job: Job) -> tuple[str, str]:
    return job.record.project, job.record.job_id or ""
