"""Traces: what a collector receives, and that nothing of it is loaded where nobody wants them."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.types import Receive, Scope, Send

from analysis.request_id import under
from bot.assembly.observation import ENDPOINT, observer_of
from bot.observation.http import ObservedHttp
from bot.observation.jobs import job_watched
from bot.observation.queries import query_watch
from bot.settings import Settings
from playground.serving import serving
from tests.house.project import ROOT

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@asynccontextmanager
async def collector() -> AsyncGenerator[tuple[str, list[Span]]]:
    """A receiver of OTLP over HTTP on the loopback, and the spans that it was sent."""
    spans: list[Span] = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if request.headers.get("Content-Encoding") == "gzip" and body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        sent = ExportTraceServiceRequest.FromString(body)
        for resource in sent.resource_spans:
            assert "costbot" in {one.value.string_value for one in resource.resource.attributes}
            spans.extend(span for scope in resource.scope_spans for span in scope.spans)
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", spans
    finally:
        await runner.cleanup()


def attributes(span: Span) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


async def test_requests_jobs_and_queries_are_spans_that_hang_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    async with collector() as (url, spans):
        monkeypatch.setenv(ENDPOINT, url)
        observer = observer_of(Settings(home=tmp_path))

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            del receive
            with query_watch(observer)():
                await asyncio.sleep(0)
            scope["route"] = type("Route", (), {"path": "/budgets/{budget_id}"})
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        async with serving(ObservedHttp(app, observer)) as base:
            headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-Id": "req-1"}
            address = f"{base}/budgets/planted"
            async with (
                aiohttp.ClientSession() as session,
                session.get(address, headers=headers) as response,
            ):
                assert response.status == 200
        with pytest.raises(ValueError, match="planted"), under("job-1"):  # noqa: SIM117
            with job_watched(observer, "ending mutes"):
                raise ValueError("planted name")
        await asyncio.to_thread(observer.close)
    by_name = {span.name: span for span in spans}
    assert set(by_name) == {"GET /budgets/{budget_id}", "query of the mart", "job: ending mutes"}
    request, query = by_name["GET /budgets/{budget_id}"], by_name["query of the mart"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
    assert (query.trace_id, query.parent_span_id) == (request.trace_id, request.span_id)
    assert attributes(request) == {
        "costbot.request_id": "req-1",
        "http.request.method": "GET",
        "http.route": "/budgets/{budget_id}",
        "http.response.status_code": 200,
    }
    job = by_name["job: ending mutes"]
    assert attributes(job) == {
        "costbot.request_id": "job-1",
        "costbot.outcome": "failed",
        "error.type": "ValueError",
    }
    assert "planted" not in str(spans)


LOADED = """
import json, sys
import bot.cli.main, bot.cli.cost, bot.assembly
commands = "prometheus_client" in sys.modules
import bot.serving
from bot.assembly.observation import observer_of
from bot.settings import Settings
observer_of(Settings())
sdk = [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exp"))]
print(json.dumps({"metrics by a command": commands, "traces by what serves": sdk}))
"""


def test_commands_load_no_metrics_and_what_serves_no_traces_without_an_endpoint():
    run = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert json.loads(run.stdout) == {"metrics by a command": False, "traces by what serves": []}
