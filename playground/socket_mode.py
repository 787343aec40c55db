"""Socket Mode: deliveries over a WebSocket that the app opened, in place of HTTP requests to it.

The WebSocket has a port of its own on the loopback, opened by the first `apps.connections.open`:
aiohttp serves it, since uvicorn needs another library for WebSockets.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import cast

from aiohttp import WSMsgType, web

from playground.model import JsonObject, SlackApp
from playground.slack_error import SlackError


@dataclass(eq=False, slots=True)
class _Connection:
    app_id: str
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[JsonObject]] = field(
        default_factory=dict[str, "asyncio.Future[JsonObject]"]
    )


class NotConnected(Exception):
    """The app has no open socket."""


class SocketMode:
    """The sockets that apps hold open.

    Attributes:
        opened: how many were opened since the beginning.
    """

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._url = ""
        self._tickets: dict[str, str] = {}
        self._open: list[_Connection] = []
        self._turn = 0
        self.opened = 0

    async def open(self, app: SlackApp) -> str:
        """A `ws://` URL for the app, good for one connection."""
        if not app.socket_mode:
            raise SlackError("socket_mode_not_enabled")
        await self._serve()
        ticket = secrets.token_urlsafe(18)
        self._tickets[ticket] = app.id
        return f"{self._url}/link/?ticket={ticket}&app_id={app.id}"

    def connections(self, app_id: str) -> int:
        """How many sockets the app holds open."""
        return sum(connection.app_id == app_id for connection in self._open)

    async def deliver(
        self, app: SlackApp, kind: str, payload: JsonObject, *, retry: tuple[int, str] | None = None
    ) -> JsonObject:
        """Send an envelope over one of the app's sockets and wait for its acknowledgement.

        Args:
            app: the app.
            kind: `slash_commands`, `interactive` or `events_api`.
            payload: what HTTP would carry.
            retry: number and reason, if it was sent before.

        Returns:
            The acknowledgement's payload; empty if it has none.

        Raises:
            NotConnected: the app has no socket, or lost it before it answered.
        """
        mine = [connection for connection in self._open if connection.app_id == app.id]
        if not mine:
            raise NotConnected
        self._turn += 1
        connection = mine[self._turn % len(mine)]
        envelope: JsonObject = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            number, reason = retry or (0, "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = answer
        try:
            await connection.socket.send_str(json.dumps(envelope))
            return await answer
        except ConnectionError:
            raise NotConnected from None
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def refresh(self, app_id: str) -> None:
        """Ask the app to reconnect, as Slack does every few hours, and close its sockets."""
        for connection in [c for c in self._open if c.app_id == app_id]:
            note = {"type": "disconnect", "reason": "refresh_requested", "debug_info": _DEBUG}
            await connection.socket.send_str(json.dumps(note))

    async def close(self) -> None:
        """Close every socket and stop serving."""
        for connection in list(self._open):
            await connection.socket.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve(self) -> None:
        if self._runner is not None:
            return
        application = web.Application()
        application.router.add_get("/link/", self._link)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = cast("tuple[str, int]", self._runner.addresses[0][:2])
        self._url = f"ws://{host}:{port}"

    async def _link(self, request: web.Request) -> web.StreamResponse:
        app_id = self._tickets.pop(request.query.get("ticket", ""), None)
        if app_id is None:
            return web.Response(status=401, text="invalid ticket")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(app_id, socket)
        self._open.append(connection)
        self.opened += 1
        hello = {
            "type": "hello",
            "num_connections": self.connections(app_id),
            "debug_info": _DEBUG,
            "connection_info": {"app_id": app_id},
        }
        try:
            await socket.send_str(json.dumps(hello))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    _acknowledge(connection, cast("str", message.data))
        finally:
            self._open.remove(connection)
            for answer in connection.waiting.values():
                if not answer.done():
                    answer.set_exception(NotConnected())
        return socket


_DEBUG: JsonObject = {"host": "playground", "approximate_connection_time": 18060}


def _acknowledge(connection: _Connection, text: str) -> None:
    """Match an acknowledgement with its envelope; what matches none is ignored, as by Slack."""
    try:
        sent = cast("object", json.loads(text))
    except ValueError:
        return
    if not isinstance(sent, dict):
        return
    body = cast("JsonObject", sent)
    answer = connection.waiting.get(str(body.get("envelope_id")))
    if answer is not None and not answer.done():
        payload = body.get("payload")
        answer.set_result(cast("JsonObject", payload) if isinstance(payload, dict) else {})
