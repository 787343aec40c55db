"""What is done again and again while costbot serves: each job once in each of its slots.

Which slot it is, the injected clock says, and whether it is still to be done, the store: of any
number of replicas one claims it. APScheduler only asks, every few seconds, whether something has
become due. So it can be tested by turning a clock, a restart repeats nothing, and a process that
slept through a slot does that slot's work once, as soon as it wakes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

from analysis.clock import Clock
from analysis.errors import Refused, Unavailable
from analysis.request_id import new_request_id, under
from bot.job_ledger import JobLedger
from bot.jobs import Job, Whose
from bot.observation.jobs import job_watched
from bot.observation.observer import Observer, Unobserved
from bot.supervisor import Supervisor
from storage.repositories.jobs import LEASE

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)
"""How often the scheduler looks at the clock."""

Work = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Begun:
    """A job and what this process knows of it.

    Attributes:
        job: as declared.
        work: what is done.
        slot: the last one that this process has seen to; None: none yet.
        again_at: when it asks for that slot once more; None: never.
        task: the last run.
    """

    job: Job
    work: Work
    slot: datetime | None = None
    again_at: datetime | None = None
    task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self.task is not None and not self.task.done()

    def is_due(self, now: datetime) -> bool:
        if self.is_running:
            return False
        if self.slot is None or self.job.cadence.slot(now) > self.slot:
            return True
        return self.again_at is not None and self.again_at <= now


class Scheduler:
    """Begins jobs when they are due; the supervisor watches them and logs what fails.

    A job is asked for when the scheduler starts, and then once in every slot; never while it is
    still running. What a failed one left undone is tried again a few times, and then left to the
    next slot: what was to be expected is told in a sentence, all else with its traceback.

    Args:
        clock: the present.
        supervisor: keeps the work.
        ledger: keeps which slots were claimed, and how the work went.
        look_every: how long, at most, something that is due waits.
        observer: is told how jobs went; None: nobody is.
    """

    def __init__(
        self,
        clock: Clock,
        supervisor: Supervisor,
        ledger: JobLedger,
        look_every: timedelta = LOOK_EVERY,
        observer: Observer | None = None,
    ) -> None:
        self._clock = clock
        self._supervisor = supervisor
        self._ledger = ledger
        self._look_every = look_every
        self._observer = observer or Unobserved()
        self._looked_at: datetime | None = None
        self._jobs: list[_Begun] = []
        self._ticking: _Ticking | None = None

    def add(self, job: Job, work: Work) -> None:
        """Has `work` done once in every slot of a job."""
        self._jobs.append(_Begun(job, work))

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What it does."""
        return tuple(begun.job for begun in self._jobs)

    @property
    def looked_at(self) -> datetime | None:
        """When it last looked at the clock, UTC; None: it never did."""
        return self._looked_at

    def look(self) -> None:
        """Begins what has become due; called every few seconds."""
        now = self._looked_at = self._clock()
        for begun in self._jobs:
            if begun.is_due(now):
                slot = begun.job.cadence.slot(now)
                with under(new_request_id("job")):  # what the supervisor logs of it, too
                    begun.task = self._supervisor.spawn(self._seen_to(begun, slot), begun.job.name)

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
        running = {begun.job.name: begun.task for begun in self._jobs if begun.task}
        running = {name: task for name, task in running.items() if not task.done()}
        if running:
            await asyncio.wait(running.values(), timeout=grace_seconds)
        for name, task in running.items():
            if not task.done():
                log.warning("cancelled at shutdown, begun again at the next start: %s", name)
                task.cancel()
        if running:
            await asyncio.wait(running.values())

    async def _seen_to(self, begun: _Begun, slot: datetime) -> None:
        """Does the work of a slot if it is this process's to do."""
        job = begun.job
        try:
            claim = await self._ledger.claim(job, slot)
        except Unavailable as error:
            # The slot stays unseen: it is asked for again at the next look.
            log.warning("%s: it is not known whether it is due: %s", job.name, error)
            return
        begun.slot, begun.again_at = slot, claim.again_at
        if claim.is_mine:
            await self._done(begun)

    async def _done(self, begun: _Begun) -> None:
        """Does the work, keeps how it went, and when the slot is worth asking for again."""
        job = begun.job
        async with self._renewed(job):
            try:
                with job_watched(self._observer, job.name):
                    await begun.work()
            except (Refused, Unavailable) as error:
                log.warning(
                    "%s did not succeed, and is tried again in its next turn: %s", job.name, error
                )
                begun.again_at = await self._ledger.failed(job, error)
            except asyncio.CancelledError:
                await self._ledger.cancelled(job)
                raise
            except BaseException as error:
                begun.again_at = await self._ledger.failed(job, error)
                raise
            else:
                await self._ledger.done(job)

    @asynccontextmanager
    async def _renewed(self, job: Job) -> AsyncGenerator[None]:
        """Says again and again that the job is under way, so that nobody else begins it."""

        async def renew() -> None:
            while True:
                await asyncio.sleep((LEASE / 3).total_seconds())
                await self._ledger.renew(job)

        renewing = None
        if job.whose is not Whose.PROCESS:
            renewing = asyncio.create_task(renew(), name=f"{job.name}, renewed")
        try:
            yield
        finally:
            if renewing is not None:
                renewing.cancel()
                await asyncio.wait({renewing})


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
