"""The change feed: what happened in the workspace, numbered, for the page to follow."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "message",  # posted, edited, reacted to, or given a file: draw it anew
    "message_deleted",
    "ephemeral",  # posted or edited for `user` alone
    "ephemeral_deleted",
    "channel",  # made, or its members changed
    "person",
    "user_group",
    "modal",  # the modal stack of `user` changed
    "home",  # the Home tab of `user` changed
    "file",
    "reset",  # the reader was too far behind, or the server was restarted: draw everything anew
]


@dataclass(frozen=True, slots=True)
class Change:
    """One change; the fields that do not apply are empty."""

    version: int
    kind: Kind
    channel: str = ""
    ts: str = ""
    thread_ts: str = ""
    user: str = ""


class ChangeFeed:
    """Numbers changes, keeps the latest `kept`, and wakes those who wait for more."""

    def __init__(self, kept: int = 5_000) -> None:
        self.version = 0
        self._latest: deque[Change] = deque(maxlen=kept)
        self._waiting: set[asyncio.Future[None]] = set()

    def record(
        self, kind: Kind, *, channel: str = "", ts: str = "", thread_ts: str = "", user: str = ""
    ) -> None:
        """Add a change and wake the readers."""
        self.version += 1
        self._latest.append(Change(self.version, kind, channel, ts, thread_ts, user))
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def since(self, version: int) -> list[Change]:
        """The changes after `version`; a single `reset` where they are not all known."""
        if version == self.version:
            return []
        oldest = self._latest[0].version if self._latest else self.version + 1
        if version > self.version or version < oldest - 1:
            return [Change(self.version, "reset")]
        return [change for change in self._latest if change.version > version]

    async def wait(self, version: int) -> list[Change]:
        """The changes after `version`, waiting until there is one."""
        while not (changes := self.since(version)):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await future
            finally:
                self._waiting.discard(future)
        return changes

    async def follow(self, version: int | None = None) -> AsyncIterator[Change]:
        """Every change after `version` (from now on, if omitted), for ever."""
        seen = self.version if version is None else version
        while True:
            for change in await self.wait(seen):
                seen = change.version
                yield change
