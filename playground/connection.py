"""A connection that is closed in place of an answer."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class ConnectionDropped(Response):
    """Closes the connection without a word, as a network does that fails.

    ASGI has no way to say so, so this reaches for uvicorn's transport, which `receive` belongs to.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection, and wait until the server has noticed."""
        transport = cast(
            "asyncio.Transport | None",
            getattr(cast("Any", getattr(receive, "__self__", None)), "transport", None),
        )
        if transport is None:
            raise RuntimeError("only uvicorn's connections can be dropped")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
