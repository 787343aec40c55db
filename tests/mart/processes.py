"""Processes of their own for the tests of the mart: writers to be killed, and a reader.

Every import adds one request, of one dollar, to each of some days of both sources, or replaces
these days by such that have one more: a state in which the days differ is half an import.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from datetime import timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from analysis.periods import Window
from queries.breakdown import Breakdown, break_down
from queries.dimensions import Dimensions, Source
from queries.engines import DuckDbEngine
from queries.engines.duckdb import EngineLimits
from queries.mart import Mart
from tests.mart.rows import NOON, UTC_ZONE, StoppedClock, request, stage

DAYS = 4


def mart_in(home: Path) -> Mart:
    return Mart(home, Dimensions(), StoppedClock())


def write_once(home: Path, *, replacing: bool = False) -> None:
    """Imports once: adds to the days that are there, or puts others in their place."""
    mart = mart_in(home)
    snapshot = mart.snapshot()
    with mart.writer() as writer:
        for source in Source:
            there = snapshot.sources[source].rows // DAYS if replacing else 0
            days = [NOON - timedelta(days=day) for day in range(DAYS)]
            rows = [
                request(
                    f"{source} {snapshot.version} {day} {number} {os.getpid()}",
                    day,
                    source=source.value,
                )
                for day in days
                for number in range(there + 1)
            ]
            relation = stage(writer.connection, rows, mart.dimensions)
            if replacing:
                emptied = dict.fromkeys(day.date() for day in days)
                writer.replace_days(source, relation, emptied, origin="files")
            else:
                writer.add(source, relation)
        writer.commit()


class _KillAt(logging.Handler):
    """Ends the process, as the machine would, when a step has been done."""

    def __init__(self, step: str) -> None:
        super().__init__(logging.DEBUG)
        self._step = step

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self._step:
            os.kill(os.getpid(), signal.SIGKILL)


def write_and_die(home: Path, step: str, way: str) -> None:
    """Imports in one of the ways until `step` has been done, and not further."""
    logging.getLogger("queries.mart").addHandler(_KillAt(step))
    logging.getLogger("queries.mart").setLevel(logging.DEBUG)
    write_once(home, replacing=way == "replacing")


def write_for_ever(home: Path, begun: Event) -> None:
    """Imports again and again, in both ways by turns; says when it begins."""
    begun.set()
    while True:
        write_once(home)
        write_once(home, replacing=True)


def read_and_tell(home: Path, told: Connection) -> None:
    """Asks until there is a file `stop`, and tells how often."""
    told.send(asyncio.run(read(home)))


async def read(home: Path) -> int:
    """Asks until there is a file `stop`, once at least; fails at half an import."""
    window = Window(NOON - timedelta(days=DAYS), NOON + timedelta(days=1), UTC_ZONE)
    engine = DuckDbEngine(mart_in(home), EngineLimits(kept_results=0))
    questions, last = 0, 0
    stopping = False
    while not stopping:
        stopping = (home / "stop").exists()
        groups = await break_down(engine, Dimensions(), Breakdown(window, by=("day",)))
        imports = {(group.now.requests, group.now.cost) for group in groups}
        if len(imports) > 1 or len(groups) not in (0, DAYS):
            raise AssertionError(f"half an import: {groups}")
        for requests, cost in imports:
            if requests % len(Source) or cost != Decimal(requests) or requests < last:
                raise AssertionError(f"not a state that ever was: {requests}, {cost}, {last}")
            last = requests
        questions += 1
    await engine.close()
    return questions
