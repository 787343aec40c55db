"""The Events API: events in the background, sent again when the app does not take them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from playground.clock import Clock
from playground.model import JsonObject, SlackApp
from playground.payloads import TOKEN, event_payload
from playground.sender import Sender
from playground.workspace import Workspace

RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds before the second, third and fourth attempt, each after the one before has failed."""

_REASONS = {"operation_timeout": "http_timeout", "connection_failed": "connection_failed"}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of an event: how often it was sent, and whether the app took it."""

    event_id: str
    attempts: int
    taken: bool


class Events:
    """Publishes events to the apps that subscribe to them."""

    def __init__(self, workspace: Workspace, sender: Sender, clock: Clock) -> None:
        self._workspace = workspace
        self._sender = sender
        self._clock = clock
        self._running: set[asyncio.Task[Delivered]] = set()

    def publish(
        self, app: SlackApp, subscription: str, event: JsonObject
    ) -> asyncio.Task[Delivered] | None:
        """Send an event in the background, again and again as Slack does.

        Returns:
            The running delivery; None if the app does not subscribe to such events.
        """
        if subscription not in app.events:
            return None
        return self.send(app, event_payload(self._workspace, app, event))

    def send(self, app: SlackApp, payload: JsonObject) -> asyncio.Task[Delivered]:
        """Send an event in its envelope; with one that was sent before, the app gets it twice."""
        task = asyncio.ensure_future(self._deliver(app, payload))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def settle(self) -> None:
        """Wait until no delivery is running."""
        while self._running:
            await asyncio.gather(*self._running)

    async def close(self) -> None:
        """Give up what is still running."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def verify_url(self, app: SlackApp) -> bool:
        """Ask the request URL to echo a challenge, as Slack does when it is entered."""
        challenge = self._workspace.new_id("challenge")
        payload = {"token": TOKEN, "challenge": challenge, "type": "url_verification"}
        ack = await self._sender.send(app, "events_api", payload)
        return ack.status == 200 and challenge in (ack.body.get("challenge"), ack.body.get("text"))

    async def _deliver(self, app: SlackApp, payload: JsonObject) -> Delivered:
        event_id = str(payload["event_id"])
        ack = await self._sender.send(app, "events_api", payload)
        attempts = 1
        for wait in RETRY_AFTER:
            if not ack.error or ack.no_retry:
                break
            if wait:
                await self._clock.sleep(wait)
            reason = _REASONS.get(ack.error, "http_error")
            ack = await self._sender.send(app, "events_api", payload, (attempts, reason))
            attempts += 1
        return Delivered(event_id, attempts, not ack.error)
