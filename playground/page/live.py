"""Live updates: what has changed, drawn anew for one reader and sent as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from playground.changes import Change
from playground.model import Message, User
from playground.page.drawing import may_see
from playground.page.screens import Screens
from playground.workspace import Workspace

HEARTBEAT = 15.0
"""Seconds of silence after which a comment shows that the connection still stands."""

Step = dict[str, str]
"""One thing for the script to do: `do` names it, the rest are its arguments."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What one browser window shows; empty where it shows none."""

    channel: str = ""
    thread_ts: str = ""
    home_app: str = ""


class LiveUpdates:
    """Streams to every open window until it is closed itself.

    Args:
        workspace: whose changes are followed.
        screens: draws what has changed.
    """

    def __init__(self, workspace: Workspace, screens: Screens) -> None:
        self._workspace = workspace
        self._screens = screens
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream, so that a server can shut down without waiting for windows."""
        self._closing.set()

    async def stream(self, reader: User, watching: Watching, since: int) -> AsyncIterator[str]:
        """Server-sent events with the steps for all that happens after version `since`."""
        yield "retry: 1000\n\n"
        closing = asyncio.ensure_future(self._closing.wait())
        waiting: asyncio.Future[list[Change]] | None = None
        try:
            while not self._closing.is_set():
                waiting = waiting or asyncio.ensure_future(self._workspace.changes.wait(since))
                await asyncio.wait(
                    {waiting, closing}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
                )
                if not waiting.done():
                    yield ": still here\n\n"
                    continue
                changes, waiting = waiting.result(), None
                since = changes[-1].version
                steps = self.steps(reader, watching, changes)
                yield f"id: {since}\ndata: {json.dumps(steps)}\n\n"
        finally:
            closing.cancel()
            if waiting is not None:
                waiting.cancel()

    def steps(self, reader: User, watching: Watching, changes: list[Change]) -> list[Step]:
        """What a window has to do to show these changes, without repetition."""
        steps: dict[tuple[str, ...], Step] = {}
        for change in changes:
            for step in self._steps(reader, watching, change):
                key = (step["do"], step.get("pane", ""), step.get("ts", step.get("channel", "")))
                steps[key] = step
        return list(steps.values())

    def _steps(self, reader: User, watching: Watching, change: Change) -> list[Step]:
        match change.kind:
            case "reset":
                return [{"do": "reload"}]
            case "message" | "ephemeral":
                return self._message_steps(reader, watching, change)
            case "message_deleted" | "ephemeral_deleted":
                return self._deleted_steps(watching, change)
            case "modal" if change.user == reader.id:
                return [{"do": "modal", "html": self._screens.modal(reader)}]
            case "home" if change.user == reader.id and watching.home_app:
                html = self._screens.home_body(reader, watching.home_app)
                return [{"do": "home", "html": html}]
            case "channel" | "person":
                current = watching.channel or watching.home_app
                return [{"do": "sidebar", "html": self._screens.sidebar(reader, current)}]
            case _:
                return []

    def _message_steps(self, reader: User, watching: Watching, change: Change) -> list[Step]:
        if change.kind == "ephemeral":
            message = self._workspace.ephemeral(change.channel, change.ts)
        else:
            message = self._workspace.message(change.channel, change.ts)
        if message is None or not self._concerns(reader, message):
            return []
        if change.channel != watching.channel:
            return (
                [] if message.user == reader.id else [{"do": "unread", "channel": change.channel}]
            )
        steps: list[Step] = []
        if not message.is_reply or message.reply_broadcast:
            steps.append(self._put(reader, message, in_thread=False))
        elif message.thread_ts and not message.ephemeral_to:
            root = self._workspace.message(message.channel, message.thread_ts)
            steps.extend([self._put(reader, root, in_thread=False)] if root else [])
        if watching.thread_ts and watching.thread_ts in (message.ts, message.thread_ts):
            steps.append(self._put(reader, message, in_thread=True))
        return steps

    def _deleted_steps(self, watching: Watching, change: Change) -> list[Step]:
        if change.channel != watching.channel:
            return []
        return [{"do": "remove", "ts": change.ts}]

    def _put(self, reader: User, message: Message, *, in_thread: bool) -> Step:
        return {
            "do": "put",
            "pane": "thread-messages" if in_thread else "messages",
            "ts": message.ts,
            "html": self._screens.message(reader, message, in_thread=in_thread),
        }

    def _concerns(self, reader: User, message: Message) -> bool:
        if message.ephemeral_to is not None:
            return message.ephemeral_to == reader.id
        return may_see(self._workspace, reader.id, message.channel)
