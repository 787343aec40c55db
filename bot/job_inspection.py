"""Whether the jobs of a serving costbot go well: a part of `costbot doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analysis.checks import Check, passed, warned
from analysis.clock import Clock
from analysis.errors import Unavailable
from bot.jobs import Job
from storage.records.job import JobState
from storage.store import Store

OVERDUE = timedelta(hours=26)
"""How long after its last begin a job may rest, at least: a nightly one and a little."""


@dataclass(frozen=True, slots=True)
class JobInspection:
    """Looks at how the jobs went last.

    Attributes:
        store: which remembers it; may not be there yet.
        jobs: that this deployment has.
        clock: the present.
    """

    store: Store
    jobs: Sequence[Job]
    clock: Clock

    async def inspect(self) -> list[Check]:
        """A warning for each job that fails or rests, or one check that all go well."""
        try:
            at, needed = await self.store.revisions()
            states = await self.store.jobs.find_all() if at == needed else []
        except Unavailable:
            return []  # told by the check of the store
        if not states:
            return []  # costbot has never served here
        checks = [check for state in states for check in self._of(state)]
        return checks or [passed("jobs", f"{len(states)} jobs went well when they ran last.")]

    def _of(self, state: JobState) -> list[Check]:
        job = next((job for job in self.jobs if job.name == state.name), None)
        if job is None:
            return []  # of an older costbot, or not set up any more
        if state.failures:
            sentence = f"It fails{_since(state.failing_since)}: {state.error}"
            cure = "`costbot jobs` shows when it is tried again; the log says more."
            return [warned(f"job: {state.name}", sentence, cure)]
        now = self.clock()
        length = job.cadence.next_after(now) - job.cadence.slot(now)
        if now - state.started_at > max(OVERDUE, 2 * length):
            sentence = f"It ran last {_written(state.started_at)}: no costbot serves since."
            return [warned(f"job: {state.name}", sentence, "Start `costbot serve`.")]
        return []


def _since(instant: datetime | None) -> str:
    return "" if instant is None else f" since {_written(instant)}"


def _written(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
