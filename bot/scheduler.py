"""What is done again and again while costbot serves: each job once in each of its slots.

Which slot it is, the injected clock says; APScheduler only asks, every few seconds, whether
something has become due. So it can be tested by turning a clock, and a process that slept through
a slot does that slot's work once, as soon as it wakes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

from analysis.clock import Clock
from analysis.errors import Refused, Unavailable
from bot.supervisor import Supervisor

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)
"""How often the scheduler looks at the clock."""

AFTER_MIDNIGHT = timedelta(minutes=5)
"""How long after UTC midnight a day ends for nightly work: clocks differ a little."""


class Cadence(Protocol):
    """When a job is due."""

    def slot(self, now: datetime) -> datetime:
        """The begin, UTC, of the slot in which `now` lies."""
        ...


@dataclass(frozen=True, slots=True)
class Nightly:
    """Once a UTC day, shortly after its midnight."""

    def slot(self, now: datetime) -> datetime:
        """The last of these instants that is not after `now`."""
        night = now.astimezone(UTC) - AFTER_MIDNIGHT
        return night.replace(hour=0, minute=0, second=0, microsecond=0) + AFTER_MIDNIGHT


@dataclass(frozen=True, slots=True)
class Every:
    """Once in each stretch of `length`, reckoned from UTC midnight of the first day of 1970.

    Attributes:
        length: above nothing.
    """

    length: timedelta

    def slot(self, now: datetime) -> datetime:
        """The begin of the stretch in which `now` lies."""
        return now - (now - datetime.fromtimestamp(0, UTC)) % self.length


@dataclass(slots=True)
class _Job:
    name: str
    cadence: Cadence
    work: Callable[[], Awaitable[None]]
    begun: datetime | None = None
    task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self.task is not None and not self.task.done()


class Scheduler:
    """Begins jobs when they are due; the supervisor watches them and logs what fails.

    A job is begun when the scheduler starts, and then once in every slot; never while it is still
    running. What a failed one left undone, the next slot does: what was to be expected is told in a
    sentence, all else with its traceback.

    Args:
        clock: the present.
        supervisor: keeps the work.
        look_every: how long, at most, something that is due waits.
    """

    def __init__(
        self, clock: Clock, supervisor: Supervisor, look_every: timedelta = LOOK_EVERY
    ) -> None:
        self._clock = clock
        self._supervisor = supervisor
        self._look_every = look_every
        self._jobs: list[_Job] = []
        self._ticking: _Ticking | None = None

    def add(self, name: str, cadence: Cadence, work: Callable[[], Awaitable[None]]) -> None:
        """Has `work` done once in every slot of `cadence`."""
        self._jobs.append(_Job(name, cadence, work))

    def look(self) -> None:
        """Begins what has become due; called every few seconds."""
        now = self._clock()
        for job in self._jobs:
            slot = job.cadence.slot(now)
            if job.is_running or (job.begun is not None and slot <= job.begun):
                continue
            job.begun = slot
            job.task = self._supervisor.spawn(_done(job), job.name)

    def start(self) -> None:
        """Looks at the clock now, and from now on."""
        ticking = _ticking()

        async def look() -> None:  # a plain function would be called in another thread
            self.look()

        self.look()
        seconds = self._look_every.total_seconds()
        ticking.add_job(look, "interval", seconds=seconds, max_instances=1, coalesce=True)
        ticking.start()
        self._ticking = ticking

    async def stop(self, grace_seconds: float) -> None:
        """Begins nothing more, lets what is under way finish for a while, then cancels it."""
        if self._ticking is not None:
            self._ticking.shutdown(wait=False)
            self._ticking = None
        running = {job.name: job.task for job in self._jobs if job.task and job.is_running}
        if running:
            await asyncio.wait(running.values(), timeout=grace_seconds)
        for name, task in running.items():
            if not task.done():
                log.warning("cancelled at shutdown, begun again at the next start: %s", name)
                task.cancel()
        if running:
            await asyncio.wait(running.values())


async def _done(job: _Job) -> None:
    try:
        await job.work()
    except (Refused, Unavailable) as error:
        log.warning("%s did not succeed, and is tried again in its next turn: %s", job.name, error)


class _Ticking(Protocol):
    """What is used of APScheduler, which brings no types."""

    def add_job(
        self,
        func: Callable[[], Awaitable[None]],
        trigger: str,
        *,
        seconds: float,
        max_instances: int,
        coalesce: bool,
    ) -> object: ...

    def start(self) -> None: ...

    def shutdown(self, *, wait: bool) -> None: ...


def _ticking() -> _Ticking:
    from apscheduler.schedulers.asyncio import (  # pyright: ignore[reportMissingTypeStubs]
        AsyncIOScheduler,
    )

    return cast("_Ticking", AsyncIOScheduler(timezone=UTC))
