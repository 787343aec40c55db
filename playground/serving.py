"""Serving an ASGI application within the running loop, on a free port of the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncGenerator[str]:
    """Serve an application; it starts and stops at once.

    uvicorn's own server would catch signals and take tenths of a second to stop: of it, only the
    HTTP protocol is used.

    Yields:
        The URL, without a slash at the end.
    """
    config = uvicorn.Config(
        cast("str", app), lifespan="off", log_config=None, access_log=False, interface="asgi3"
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    # The loop makes the socket: on one made by hand it would not switch Nagle's algorithm off, and
    # each answer would wait 40 ms for the client's acknowledgement.
    server = await loop.create_server(lambda: H11Protocol(config, state, {}), "127.0.0.1", 0)
    host, port = cast("tuple[str, int]", server.sockets[0].getsockname())
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        for connection in list(state.connections):
            connection.shutdown()
        await server.wait_closed()
