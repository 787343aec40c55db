"""The stand-in for Linear over HTTP: `POST /graphql`, and a page of what was filed at `/`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from html import escape
from typing import cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.linear.document import DocumentError, Operation, parse
from playground.linear.schema import Unfit, check
from playground.linear.service import Denied, Json, Linear
from playground.serving import serving


@asynccontextmanager
async def serving_linear(linear: Linear) -> AsyncGenerator[str]:
    """Serves a workspace on loopback.

    Yields:
        The address of the GraphQL API.
    """
    async with serving(linear_app(linear)) as url:
        yield f"{url}/graphql"


def linear_app(linear: Linear) -> Starlette:
    """The application over a workspace."""
    api = _Api(linear)
    return Starlette(
        routes=[Route("/graphql", api.graphql, methods=["POST"]), Route("/", api.page)]
    )


class _Api:
    def __init__(self, linear: Linear) -> None:
        self._linear = linear

    async def graphql(self, request: Request) -> Response:
        """One operation, with whatever fault is due."""
        linear = self._linear
        fault = linear.faults.pop(0) if linear.faults else None
        if fault == "down":
            return PlainTextResponse("no healthy upstream", 503)
        if fault == "garbled":
            return PlainTextResponse("<html>", 200)
        if fault == "internal":
            message = "Internal server error"
            return self._denied(Denied(message, "INTERNAL_SERVER_ERROR", message, 500))
        answer = await self._answered(request)
        if fault == "lost":
            return Response(status_code=502)
        if fault == "hang":
            await asyncio.sleep(60)
        return answer

    async def _answered(self, request: Request) -> Response:
        linear = self._linear
        try:
            if request.headers.get("authorization") != linear.token:
                message = "Authentication required, not authenticated"
                said = "You need to authenticate to access this operation."
                raise Denied(message, "AUTHENTICATION_ERROR", said, 401)
            if not linear.bucket.take(linear.clock()):
                message = "Rate limit exceeded."
                raise Denied(message, "RATELIMITED", "Rate limit exceeded.", 400)
            data = linear.execute(*self._read(await request.body()))
        except Denied as denied:
            return self._denied(denied)
        return JSONResponse({"data": data}, headers=linear.bucket.headers())

    def _read(self, body: bytes) -> tuple[Operation, Json]:
        try:
            given = cast("Mapping[str, object]", json.loads(body))
            operation = parse(str(given.get("query", "")))
            variables = cast("Json", given.get("variables") or {})
            check(operation, variables)
        except (ValueError, DocumentError) as error:
            raise Denied(str(error), "GRAPHQL_PARSE_FAILED", str(error)) from error
        except Unfit as error:
            raise Denied(str(error), "GRAPHQL_VALIDATION_FAILED", str(error)) from error
        return operation, variables

    def _denied(self, denied: Denied) -> Response:
        headers = self._linear.bucket.headers()
        return JSONResponse(
            {"errors": [denied.as_json()], "data": None}, denied.status, headers=headers
        )

    async def page(self, request: Request) -> Response:
        """What was filed, the newest first."""
        linear = self._linear
        rows = [
            f"<article><h2>{escape(linear.identifier(issue))} {escape(issue.title)}</h2>"
            f"<p><b>{escape(linear.state_of(issue).name)}</b>, priority {issue.priority}</p>"
            f"<pre>{escape(issue.description)}</pre>"
            + "".join(f"<blockquote>{escape(body)}</blockquote>" for _, body in issue.comments)
            + "</article>"
            for issue in reversed(linear.issues.values())
        ]
        body = "".join(rows) or "<p>Nothing was filed yet.</p>"
        style = (
            "body{font:16px system-ui;max-width:50rem;margin:2rem auto}pre{white-space:pre-wrap}"
        )
        head = f"<meta charset=utf-8><title>Linear, a stand-in</title><style>{style}</style>"
        return HTMLResponse(f"<!doctype html>{head}<h1>Linear, a stand-in</h1>{body}")
