"""BigQuery's REST interface, version 2, as far as a query's client uses it."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.bigquery import answers
from playground.bigquery.accounts import InvalidGrant
from playground.bigquery.faults import Fault
from playground.bigquery.job_service import JobService
from playground.bigquery.jobs import Job
from playground.bigquery.refusal import Refusal
from playground.bigquery.tables import TableName
from playground.bigquery.warehouse import RequestRecord, Warehouse
from playground.connection import ConnectionDropped
from playground.model import JsonObject

_DEFAULT_WAIT_MS = 10_000

_Handler = Callable[[Request, Fault | None], Awaitable[JsonObject]]


class Endpoints:
    """The methods, each over its path."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._jobs = JobService(warehouse)
        self._times: dict[str, deque[datetime]] = {}

    def routes(self) -> list[Route]:
        """All paths."""
        project = "/bigquery/v2/projects/{project}"
        dataset = f"{project}/datasets/{{dataset}}"
        return [
            Route("/token", self._token, methods=["POST"]),
            self._route("POST", f"{project}/queries", "jobs.query", self._query),
            self._route("POST", f"{project}/jobs", "jobs.insert", self._insert),
            self._route("GET", f"{project}/jobs/{{job}}", "jobs.get", self._get_job),
            self._route("POST", f"{project}/jobs/{{job}}/cancel", "jobs.cancel", self._cancel),
            self._route("GET", f"{project}/queries/{{job}}", "getQueryResults", self._results),
            self._route("GET", dataset, "datasets.get", self._dataset),
            self._route("GET", f"{dataset}/tables", "tables.list", self._tables),
            self._route("GET", f"{dataset}/tables/{{table}}", "tables.get", self._table),
        ]

    def _route(self, verb: str, path: str, method: str, handler: _Handler) -> Route:
        async def respond(request: Request) -> Response:
            return await self._respond(request, method, handler)

        return Route(path, respond, methods=[verb])

    async def _respond(self, request: Request, method: str, handler: _Handler) -> Response:
        query = request.query_params
        fault = self._warehouse.faults.take(
            method, has_token="pageToken" in query, has_rows=query.get("maxResults") != "0"
        )
        kind = fault.kind if fault else None
        try:
            if kind == "dropped":
                return self._dropped(method)
            if fault and fault.refusal:
                raise fault.refusal
            if self._warehouse.requires_token:
                self._warehouse.accounts.check(request.headers.get("authorization", ""))
            self._check_rate(method)
            body = await handler(request, fault)
        except Refusal as refusal:
            self._note(method, refusal.http_status, refusal.reason)
            wait = refusal.retry_after
            headers = None if wait is None else {"Retry-After": f"{wait:g}"}
            return JSONResponse(refusal.as_answer(), refusal.http_status, headers)
        if kind == "reply_lost":
            return self._dropped(method)
        self._note(method, 200)
        if kind == "malformed":
            text = json.dumps(body)
            return Response(text[: len(text) // 2], media_type="application/json")
        return JSONResponse(body)

    def _dropped(self, method: str) -> Response:
        self._note(method, None)
        return ConnectionDropped()

    def _note(self, method: str, status: int | None, reason: str | None = None) -> None:
        self._warehouse.requests.append(RequestRecord(method, status, reason))

    def _check_rate(self, method: str) -> None:
        limit = self._warehouse.rate_limits.get(method)
        if limit is None:
            return
        now, times = self._warehouse.clock(), self._times.setdefault(method, deque())
        while times and (now - times[0]).total_seconds() >= 1:
            times.popleft()
        if len(times) >= limit.per_second:
            message = (
                "Exceeded rate limits: too many api requests per user per method for this"
                " user_method. For more information, see"
                " https://cloud.google.com/bigquery/docs/troubleshoot-quotas"
            )
            raise Refusal("rateLimitExceeded", message, limit.status)
        times.append(now)

    async def _query(self, request: Request, fault: Fault | None) -> JsonObject:
        body = await _json(request)
        job = self._jobs.query(request.path_params["project"], body)
        if job.record.dry_run:
            return answers.dry_run_body(job)
        await self._wait(job, body.get("timeoutMs"), poll=False)
        options = cast("JsonObject", body.get("formatOptions", {}))
        int64 = _true(options.get("useInt64Timestamp"))
        page = self._page(job, 0, body.get("maxResults"), fault, int64_timestamps=int64)
        optional = body.get("jobCreationMode") == "JOB_CREATION_OPTIONAL"
        if optional and page["jobComplete"] and "pageToken" not in page:
            del page["jobReference"]
        return {"kind": "bigquery#queryResponse", "queryId": f"job_{job.record.job_id}", **page}

    async def _insert(self, request: Request, _: Fault | None) -> JsonObject:
        body = await _json(request)
        return answers.job_body(self._jobs.insert(request.path_params["project"], body))

    async def _get_job(self, request: Request, _: Fault | None) -> JsonObject:
        job = self._jobs.get(request.path_params["project"], request.path_params["job"], poll=True)
        return answers.job_body(job)

    async def _cancel(self, request: Request, _: Fault | None) -> JsonObject:
        job = self._jobs.cancel(request.path_params["project"], request.path_params["job"])
        return {"kind": "bigquery#jobCancelResponse", "job": answers.job_body(job)}

    async def _results(self, request: Request, fault: Fault | None) -> JsonObject:
        query = request.query_params
        project, job_id = request.path_params["project"], request.path_params["job"]
        job = self._jobs.get(project, job_id, poll=True)
        await self._wait(job, query.get("timeoutMs"), poll=True)
        token = query.get("pageToken")
        kind = fault.kind if fault else None
        if kind == "token_refused":
            raise answers.bad_token()
        size = self._size(query.get("maxResults"))
        start = answers.page_start(job, token) if token else int(query.get("startIndex", "0"))
        if kind == "page_repeated":
            start = max(0, start - size)
        int64 = _true(query.get("formatOptions.useInt64Timestamp"))
        return self._page(job, start, query.get("maxResults"), fault, int64_timestamps=int64)

    def _page(
        self, job: Job, start: int, size: object, fault: Fault | None, *, int64_timestamps: bool
    ) -> JsonObject:
        body = answers.results_body(job, start, self._size(size), int64_timestamps=int64_timestamps)
        if fault and fault.kind == "page_short" and "rows" in body:
            cast("list[object]", body["rows"]).pop()
            body.pop("pageToken", None)
        return body

    def _size(self, wanted: object) -> int:
        most = self._warehouse.page_rows
        return most if wanted is None else min(most, int(str(wanted)))

    async def _wait(self, job: Job, timeout_ms: object, *, poll: bool) -> None:
        """As long as the client says, at most; a hold that counts polls answers at once."""
        wait = int(str(_DEFAULT_WAIT_MS if timeout_ms is None else timeout_ms)) / 1000
        until = time.monotonic() + min(wait, self._warehouse.longest_wait)
        while job.record.state != "DONE" and time.monotonic() < until:
            hold = self._jobs.hold_of(job)
            if poll and hold is not None and hold.counts:
                return
            await asyncio.sleep(0.005)
            self._jobs.get(job.record.project, job.record.job_id or "")

    async def _dataset(self, request: Request, _: Fault | None) -> JsonObject:
        project, dataset = request.path_params["project"], request.path_params["dataset"]
        tables = self._warehouse.tables_of(project, dataset)
        return {
            "kind": "bigquery#dataset",
            "id": f"{project}:{dataset}",
            "datasetReference": {"projectId": project, "datasetId": dataset},
            "location": tables[0].location,
            "creationTime": answers.millis(tables[0].created),
        }

    async def _tables(self, request: Request, _: Fault | None) -> JsonObject:
        project, dataset = request.path_params["project"], request.path_params["dataset"]
        tables = self._warehouse.tables_of(project, dataset)
        return {
            "kind": "bigquery#tableList",
            "tables": [answers.table_item(one) for one in tables],
            "totalItems": len(tables),
        }

    async def _table(self, request: Request, _: Fault | None) -> JsonObject:
        path = request.path_params
        name = TableName(path["project"], path["dataset"], path["table"])
        with self._warehouse.lock:
            return answers.table_body(self._warehouse.table(name, "bigquery.tables.get"))

    async def _token(self, request: Request) -> Response:
        """`/token`, whose errors are OAuth's."""
        fault = self._warehouse.faults.take("token", has_token=False, has_rows=False)
        if fault and fault.kind == "dropped":
            return self._dropped("token")
        if fault and fault.refusal:
            status, told = fault.refusal.http_status, fault.refusal
            self._note("token", status, told.reason)
            return JSONResponse({"error": told.reason, "error_description": told.message}, status)
        form = parse_qs((await request.body()).decode())
        try:
            body = self._warehouse.accounts.grant(form.get("assertion", [""])[0])
        except InvalidGrant as error:
            self._note("token", 400, "invalid_grant")
            return JSONResponse({"error": "invalid_grant", "error_description": str(error)}, 400)
        self._note("token", 200)
        return JSONResponse(body)


async def _json(request: Request) -> JsonObject:
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return cast("JsonObject", json.loads(body or b"{}"))


def _true(value: object) -> bool:
    return str(value).lower() == "true"
