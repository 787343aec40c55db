"""What is kept of jobs: who claimed which slot, how it went, and that the owner was told of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from analysis.clock import Clock
from analysis.errors import Refused, Unavailable
from bot.jobs import Job, Whose
from storage.records.job import Claim, JobOutcome, JobState
from storage.repositories.jobs import MOST_ATTEMPTS, RETRY_AFTER, JobRepository

log = logging.getLogger(__name__)

Tell = Callable[[JobState, JobState, bool], Awaitable[None]]
"""Tells the owner what has become of a job: its state before, its state now, and whether what went
wrong was unexpected."""


@dataclass(frozen=True, slots=True)
class JobLedger:
    """Keeps the book on this process's jobs.

    Attributes:
        jobs: of the store.
        clock: the present.
        machine: whose mart this process works on.
        worker: a name that no other process has.
        tell: tells the owner; None: nobody is told.
    """

    jobs: JobRepository
    clock: Clock
    machine: str
    worker: str
    tell: Tell | None = None

    async def claim(self, job: Job, slot: datetime) -> Claim:
        """Asks for a slot of a job; what each process does for itself is always its own.

        Raises:
            Unavailable: the store does not answer.
        """
        now, place = self.clock(), self._place(job)
        if job.whose is Whose.PROCESS:
            try:
                await self.jobs.begin(job.name, place, slot, self.worker, now)
            except Unavailable as error:
                log.warning("that %s began could not be kept: %s", job.name, error)
            return Claim(is_mine=True)
        return await self.jobs.claim(job.name, place, slot, self.worker, now)

    async def renew(self, job: Job) -> None:
        """Says that the job is still under way."""
        try:
            await self.jobs.renew(job.name, self._place(job), self.worker, self.clock())
        except Unavailable as error:
            log.warning("that %s goes on could not be kept: %s", job.name, error)

    async def done(self, job: Job) -> None:
        """Keeps that the work is done."""
        await self._end(job, "done")

    async def cancelled(self, job: Job) -> None:
        """Keeps that the work was broken off, and is to be begun again."""
        await self._end(job, "cancelled")

    async def failed(self, job: Job, error: BaseException) -> datetime | None:
        """Keeps that the work failed.

        Returns:
            When the slot may be asked for again, UTC; None: the next slot sees to it.
        """
        is_expected = isinstance(error, Refused | Unavailable)
        sentence = str(error) if is_expected else f"{type(error).__name__}: {error}"
        state = await self._end(job, "failed", sentence, is_unexpected=not is_expected)
        if state is None or job.whose is Whose.PROCESS or state.attempts >= MOST_ATTEMPTS:
            return None
        return self.clock() + RETRY_AFTER

    async def _end(
        self, job: Job, outcome: JobOutcome, error: str = "", *, is_unexpected: bool = False
    ) -> JobState | None:
        place = self._place(job)
        try:
            ended = await self.jobs.end(job.name, place, self.worker, self.clock(), outcome, error)
            if ended is None:
                return None
            if self.tell is not None:
                await self.tell(*ended, is_unexpected)
        except Unavailable as unavailable:
            log.warning("how %s went could not be kept: %s", job.name, unavailable)
            return None
        return ended[1]

    def _place(self, job: Job) -> str:
        return "" if job.whose is Whose.SHARED else self.machine
