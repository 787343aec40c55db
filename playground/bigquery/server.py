"""The stand-in over real HTTP, in a thread of its own: the client blocks whoever uses it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.bigquery.endpoints import Endpoints
from playground.bigquery.refusal import Refusal
from playground.bigquery.warehouse import Warehouse
from playground.serving import serving


@dataclass(frozen=True, slots=True)
class Server:
    """A stand-in that runs; `url` is for `client_options={"api_endpoint": url}`."""

    url: str
    warehouse: Warehouse


def create_app(warehouse: Warehouse) -> Starlette:
    """The stand-in as an ASGI application."""
    return Starlette(routes=Endpoints(warehouse).routes(), exception_handlers={Exception: _broken})


async def _broken(_: Request, error: Exception) -> Response:
    # The client retries a 500 for ten minutes, and an error of the stand-in is none to wait out.
    refusal = Refusal("notImplemented", f"The stand-in is at fault: {error!r}")
    return JSONResponse(refusal.as_answer(), refusal.http_status)


@asynccontextmanager
async def running(warehouse: Warehouse) -> AsyncGenerator[Server]:
    """Serve a warehouse on a free port of the loopback.

    It has its own thread and loop, so that the caller's may be blocked by the client.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="bigquery", daemon=True)
    thread.start()
    context = serving(create_app(warehouse))
    try:
        url = await asyncio.wrap_future(
            asyncio.run_coroutine_threadsafe(context.__aenter__(), loop)
        )
        try:
            yield Server(url, warehouse)
        finally:
            await asyncio.wrap_future(
                asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop)
            )
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
