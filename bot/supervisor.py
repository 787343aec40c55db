"""Costbot's own tasks: started here, watched here, and waited for when the process ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import TypeVar

from aiohttp import ClientConnectionError

log = logging.getLogger(__name__)
T = TypeVar("T")


class Supervisor:
    """Keeps hold of every task that outlives the request that began it.

    A task that fails is logged with its name: no error is lost because nobody awaited it.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def spawn(self, work: Coroutine[object, object, T], name: str) -> asyncio.Task[T]:
        """Starts `work`; whoever called may await it, or leave it to the supervisor."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def idle(self) -> None:
        """Waits until nothing is under way, work begun meanwhile included."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self, grace_seconds: float) -> None:
        """Lets what is under way finish for a while, then cancels and names the rest."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=grace_seconds)
        for task in set(self._tasks):
            log.error("cancelled at shutdown, not done: %s", task.get_name())
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def _ended(self, task: asyncio.Task[T]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, ClientConnectionError):
            # Slack, or the way to it, is gone: the sentence says all that a traceback would.
            log.warning("task %s failed: Slack cannot be reached: %s", task.get_name(), error)
        elif error is not None:
            log.error("task %s failed", task.get_name(), exc_info=error)
