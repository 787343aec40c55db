"""What costbot uses of Bolt and of Slack's Web API, with the types that their own code leaves out.

The real objects are cast to these protocols where they are made, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

Json = Mapping[str, object]
Listener = Callable[..., Awaitable[object]]
Registration = Callable[[Listener], object]


class SlackApi(Protocol):
    """`AsyncWebClient`: every call raises `SlackApiError` where Slack says no."""

    async def conversations_open(self, *, users: Sequence[str]) -> Json:
        """Opens a direct message."""
        ...

    async def files_upload_v2(
        self,
        *,
        channel: str,
        content: str | None = None,
        filename: str | None = None,
        title: str | None = None,
        file_uploads: Sequence[Mapping[str, str]] | None = None,
        initial_comment: str | None = None,
        thread_ts: str | None = None,
    ) -> Json:
        """Uploads a file, or several, and shares them in a channel or in a thread of it."""
        ...

    async def chat_postMessage(  # noqa: N802 - Slack's name for it
        self,
        *,
        channel: str,
        text: str,
        blocks: Sequence[Json],
        thread_ts: str | None,
        metadata: Json,
        unfurl_links: bool,
    ) -> Json:
        """Posts a message to a channel or a thread."""
        ...

    async def chat_getPermalink(  # noqa: N802 - Slack's name for it
        self, *, channel: str, message_ts: str
    ) -> Json:
        """Tells the address of a message."""
        ...

    async def conversations_history(
        self, *, channel: str, limit: int, include_all_metadata: bool
    ) -> Json:
        """Reads the newest messages of a channel."""
        ...

    async def conversations_replies(
        self, *, channel: str, ts: str, include_all_metadata: bool
    ) -> Json:
        """Reads a thread, its root first."""
        ...

    async def chat_unfurl(
        self,
        *,
        unfurls: Mapping[str, Json],
        channel: str | None = None,
        ts: str | None = None,
        unfurl_id: str | None = None,
        source: str | None = None,
    ) -> Json:
        """Shows previews of links, by their addresses, below a message."""
        ...

    async def views_publish(
        self, *, user_id: str, view: Mapping[str, object], hash: str | None = None
    ) -> Json:
        """Draws a person's Home tab; with the hash of a view, only if that still stands there."""
        ...

    async def views_open(self, *, trigger_id: str, view: Mapping[str, object]) -> Json:
        """Opens a modal, within three seconds of what a person did."""
        ...

    async def views_push(self, *, trigger_id: str, view: Mapping[str, object]) -> Json:
        """Opens a modal above the one in which a person did something."""
        ...

    async def views_update(self, *, view_id: str, view: Mapping[str, object]) -> Json:
        """Draws an open modal anew."""
        ...


class BoltApp(Protocol):
    """`AsyncApp`: each gives a function that registers a listener."""

    def middleware(self, listener: Listener) -> object:
        """Calls `listener` before every other."""
        ...

    def error(self, listener: Listener) -> object:
        """Calls `listener` with what no other has caught."""
        ...

    def command(self, command: str) -> Registration:
        """Hears a slash command."""
        ...

    def action(self, constraints: str | re.Pattern[str]) -> Registration:
        """Hears a click."""
        ...

    def view(self, constraints: str) -> Registration:
        """Hears a modal that is sent in."""
        ...

    def event(self, event: str) -> Registration:
        """Hears an event."""
        ...
