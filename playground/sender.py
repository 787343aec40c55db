"""Sending to an app, by signed HTTP or over its socket, with three seconds to acknowledge."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import urlencode

import aiohttp

from playground.clock import Clock
from playground.model import JsonObject, SlackApp
from playground.signing import signed_headers
from playground.socket_mode import NotConnected, SocketMode

ACK_SECONDS = 3.0

Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True, slots=True)
class Ack:
    """What an app answered.

    Args:
        status: the HTTP status (200 for a socket's acknowledgement); None if there was no answer.
        body: the answer as an object; a plain text becomes `{"text": …}`, nothing becomes `{}`.
        error: empty, `operation_timeout`, `connection_failed`, `http_error` or `invalid_body`.
        no_retry: whether the app asked for no repetition of an event.
    """

    status: int | None
    body: JsonObject = field(default_factory=JsonObject)
    error: str = ""
    no_retry: bool = False


class Sender:
    """Sends payloads and waits for their acknowledgement, three seconds on the workspace's clock.

    Attributes:
        patience: the three seconds; more where it is not asked how quickly an app answers.

    Args:
        clock: counts these seconds.
        signing_clock: stamps what is signed; an app with a verifier of its own needs the real time.
        socket_mode: the sockets of apps that use them.
    """

    def __init__(self, clock: Clock, signing_clock: Clock, socket_mode: SocketMode) -> None:
        self._clock = clock
        self._signing_clock = signing_clock
        self._socket_mode = socket_mode
        self.patience = ACK_SECONDS
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to apps."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(
        self, app: SlackApp, kind: Kind, payload: JsonObject, retry: tuple[int, str] | None = None
    ) -> Ack:
        """Send a payload and wait for what the app answers in time.

        Args:
            app: to whom.
            kind: how it is wrapped: commands are forms, interactions a `payload` field of a form,
                events JSON.
            payload: what is sent.
            retry: number and reason, where an event is sent again.
        """
        deliver = self._over_socket if app.socket_mode else self._over_http
        request = asyncio.ensure_future(deliver(app, kind, payload, retry))
        deadline = asyncio.ensure_future(self._clock.sleep(self.patience))
        try:
            await asyncio.wait((request, deadline), return_when=asyncio.FIRST_COMPLETED)
            if request.done():
                return request.result()
            return Ack(None, error="operation_timeout")
        finally:
            request.cancel()
            deadline.cancel()
            await asyncio.gather(request, deadline, return_exceptions=True)

    async def _over_http(
        self, app: SlackApp, kind: Kind, payload: JsonObject, retry: tuple[int, str] | None
    ) -> Ack:
        if kind == "events_api":
            content_type, body = "application/json", json.dumps(payload).encode()
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            content_type, body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **signed_headers(app.signing_secret, self._signing_clock.now(), body),
        }
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        try:
            session = self._opened_session()
            async with session.post(app.request_url, data=body, headers=headers) as response:
                text = await response.text()
                return _ack(response, text)
        except aiohttp.ClientError:
            return Ack(None, error="connection_failed")

    async def _over_socket(
        self, app: SlackApp, kind: Kind, payload: JsonObject, retry: tuple[int, str] | None
    ) -> Ack:
        try:
            return Ack(200, await self._socket_mode.deliver(app, kind, payload, retry=retry))
        except NotConnected:
            return Ack(None, error="connection_failed")

    def _opened_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Idle connections are dropped before the usual server (five seconds) drops them: a
            # delivery never meets one that is just being closed.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=aiohttp.ClientTimeout(total=None)
            )
        return self._session


def _ack(response: aiohttp.ClientResponse, text: str) -> Ack:
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    if not 200 <= response.status < 300:
        return Ack(response.status, {"text": text}, "http_error", no_retry)
    if response.content_type != "application/json":
        return Ack(response.status, {"text": text} if text.strip() else {})
    try:
        parsed = cast("object", json.loads(text or "{}"))
    except ValueError:
        return Ack(response.status, {"text": text}, "invalid_body")
    if not isinstance(parsed, dict):
        return Ack(response.status, {"text": text}, "invalid_body")
    return Ack(response.status, cast("JsonObject", parsed))
