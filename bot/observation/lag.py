"""How much later than asked the event loop comes: what blocks it holds everybody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.observation.observer import Observer

EVERY = 0.5
"""Seconds between two looks."""


@asynccontextmanager
async def lag_watched(observer: Observer, every: float = EVERY) -> AsyncGenerator[None]:
    """Tells an observer of the lag for as long as the block lasts.

    Args:
        observer: is told.
        every: seconds between two looks.
    """

    async def watch() -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + every
            await asyncio.sleep(every)
            observer.lagged(max(loop.time() - due, 0.0))

    watching = asyncio.create_task(watch(), name="event loop's lag")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait({watching})
