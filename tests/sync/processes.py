"""A process of its own for a sync that is killed."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from handlers.sync import SyncRequest
from playground.bigquery.warehouse import Warehouse
from queries.dimensions import Dimensions
from queries.mart import Mart
from storage import Store
from tests.sync.world import MovingClock, World


def sync_and_die(home: Path, url: str, step: str, times: int) -> None:
    """Syncs until it says `step` for so many times, and not further."""
    asyncio.run(_sync_and_die(home, url, step, times))


async def _sync_and_die(home: Path, url: str, step: str, times: int) -> None:
    clock = MovingClock()
    store = Store(f"sqlite+aiosqlite:///{home}/store.sqlite3", clock)
    world = World(Warehouse(clock), url, Mart(home, Dimensions(), clock), store, clock)
    said: set[tuple[str, float]] = set()

    def die(told: str, done: float) -> None:
        if told.startswith(step):
            said.add((told, done))
        if len(said) == times:
            os.kill(os.getpid(), signal.SIGKILL)

    await world.handler(lookback_days=0).sync(SyncRequest(), die)
