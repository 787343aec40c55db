"""The workspace's own clock: Slack's limits and deadlines run on it, so that tests can move it."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol


class Clock(Protocol):
    """What the workspace asks of a clock."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed on this clock."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` of real time."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until it is moved.

    Args:
        start: the first instant, aware; the machine's present time if omitted, so that an app that
            checks the age of signatures against real time accepts what is sent.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._now = (start or datetime.now(UTC)).astimezone(UTC)
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()
        self._slept = asyncio.Event()

    def now(self) -> datetime:
        """The instant to which the clock was last moved, aware and in UTC."""
        return self._now

    @property
    def sleepers(self) -> int:
        """How many tasks are sleeping on this clock."""
        return sum(not future.done() for _, _, future in self._sleepers)

    async def sleep(self, seconds: float) -> None:
        """Return once the clock has been moved `seconds` on."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (due, next(self._order), future))
        self._slept.set()
        await future

    async def advance(self, seconds: float) -> None:
        """Move the clock on by `seconds`, waking those who are due in their order."""
        target = self._now + timedelta(seconds=seconds)
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not future.done():
                future.set_result(None)
            # One turn of the loop, so that who was woken may go back to sleep before the target.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        self._now = target
        await asyncio.sleep(0)

    async def until_sleepers(self, number: int = 1) -> None:
        """Wait, in real time, until at least `number` tasks sleep on this clock."""
        while self.sleepers < number:
            self._slept.clear()
            await self._slept.wait()

    async def until_due_in(self, seconds: float) -> None:
        """Wait, in real time, until a task sleeps that is due in exactly `seconds`."""
        due = self._now + timedelta(seconds=seconds)
        while not any(at == due and not future.done() for at, _, future in self._sleepers):
            self._slept.clear()
            await self._slept.wait()
