"""Processes that take usage in, and are killed."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from queries.ingest.journal import Journal
from tests.ingest.station import station_in


class _KillAt(logging.Handler):
    """Ends the process, as the machine would, when a step has been done so many times."""

    def __init__(self, step: str, times: int) -> None:
        super().__init__(logging.DEBUG)
        self._step = step
        self._left = times

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self._step:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


def kill_at(step: str, times: int = 1) -> None:
    """Has this process killed after a step of the journal or the mart."""
    log = logging.getLogger("queries")
    log.addHandler(_KillAt(step, times))
    log.setLevel(logging.DEBUG)


def append_in(home: Path, lines: Sequence[str]) -> None:
    """Keeps lines, and ends without a word."""
    Journal(home).append(lines)
    os.kill(os.getpid(), signal.SIGKILL)


def append_and_die(home: Path, step: str) -> None:
    """Keeps two lines, and is killed at a step: of the second, or of what follows."""
    kill_at(step, 2 if step.startswith("lines") else 1)
    journal = Journal(home)
    journal.append(["1"])
    journal.append(["2"])
    journal.closed()


def serve(home: Path, told: Connection) -> None:
    """Takes usage in until it is killed, merging all the time; tells its address."""

    async def work() -> None:
        async with station_in(home) as station:
            told.send(station.address)
            while True:
                await station.merge()
                await asyncio.sleep(0)

    asyncio.run(work())


def merge_and_die(home: Path, step: str) -> None:
    """Merges what is there, and is killed at a step."""
    kill_at(step)

    async def work() -> None:
        async with station_in(home) as station:
            await station.merge()

    asyncio.run(work())
