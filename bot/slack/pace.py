"""Slack takes one message a second in a channel: the turns in which they are posted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from analysis.clock import Clock

Pause = Callable[[float], Awaitable[None]]
"""Lets so many seconds pass."""


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
        self._pause = pause
        self._due: dict[str, datetime] = {}

    async def turn(self, channel: str) -> None:
        """Returns when a message may go to `channel`; that turn is taken."""
        now = self._clock()
        self._due = {one: due for one, due in self._due.items() if due > now}
        due = self._due.get(channel, now)
        self._due[channel] = due + self._apart
        if due > now:
            await self._pause((due - now).total_seconds())
