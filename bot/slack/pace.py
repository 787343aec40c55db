"""Slack takes one message a second in a channel: the turns in which they are posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analysis.clock import Clock

Pause = Callable[[float], Awaitable[None]]
"""Lets so many seconds pass."""


@dataclass(slots=True)
class _Channel:
    """A channel that is posted to: one at a time, and not before an instant."""

    due: datetime
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pace:
    """Parts the messages of a channel in time, whoever posts them.

    Args:
        clock: the present.
        apart: time between two messages; Slack wants a second.
        pause: lets time pass.
    """

    def __init__(self, clock: Clock, apart: timedelta, pause: Pause = asyncio.sleep) -> None:
        self._clock = clock
        self._apart = apart
        self.pause = pause
        self._channels: dict[str, _Channel] = {}

    @asynccontextmanager
    async def turn(self, channel: str) -> AsyncGenerator[None]:
        """Begins when a message may go to `channel`; the next turn comes after this one's end."""
        one = self._channel(channel)
        async with one.busy:
            # Meanwhile it may be held for longer.
            while (wait := one.due - self._clock()) > timedelta():
                await self.pause(wait.total_seconds())
            try:
                yield
            finally:
                one.due = max(one.due, self._clock() + self._apart)

    def hold(self, channel: str, length: timedelta) -> None:
        """Lets nothing go to `channel` for so long, as Slack asks with Retry-After."""
        one = self._channel(channel)
        one.due = max(one.due, self._clock() + length)

    def held(self, channel: str) -> timedelta:
        """How long it is, at least, until the next turn; those who wait for theirs not counted."""
        one = self._channels.get(channel)
        return timedelta() if one is None else max(one.due - self._clock(), timedelta())

    def _channel(self, name: str) -> _Channel:
        now = self._clock()
        # A channel that nobody posts to, and whose next turn has come, is forgotten.
        self._channels = {
            name: one for name, one in self._channels.items() if one.busy.locked() or one.due > now
        }
        return self._channels.setdefault(name, _Channel(now))
