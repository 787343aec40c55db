"""Metrics that are not counted but looked up, when `/metrics` is asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from analysis.checks import Level
from analysis.clock import Clock
from analysis.errors import CostbotError
from api.health import Look
from bot.jobs import Job
from handlers.freshness import freshness_of
from queries.mart.mart import Mart
from storage.records.job import JobState
from storage.store import Store

log = logging.getLogger(__name__)

REMEMBERED = timedelta(seconds=5)
"""Several Prometheus servers cost the store no more than one."""

EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where it is looked up.

    Attributes:
        store: knows the outbox, the jobs and the refreshes.
        mart: of this machine.
        clock: the present.
        machine: whose own jobs count, besides those of all replicas.
        jobs: that a serving costbot has.
        stale_after_hours: age from which a source is stale.
        look: at every part, see `api.health`.
    """

    store: Store
    mart: Mart
    clock: Clock
    machine: str
    jobs: Sequence[Job]
    stale_after_hours: float
    look: Look


class Gathered(Collector):
    """What was looked up last.

    Args:
        sources: where.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._families: list[Metric] = []
        self._at: datetime | None = None
        self._looking = asyncio.Lock()

    def collect(self) -> Iterable[Metric]:
        """The families, as the registry wants them."""
        return self._families

    async def refresh(self) -> None:
        """Looks everything up, unless that was done a moment ago.

        What cannot be looked up is left out, and logged: an old figure would be taken for true.
        """
        async with self._looking:
            now = self._sources.clock()
            if self._at is not None and timedelta() <= now - self._at < REMEMBERED:
                return
            self._families = [
                *await self._parts(),
                *await self._mart(now),
                *await self._outbox(now),
                *await self._jobs(),
                *await self._sync(),
            ]
            self._at = now

    async def _parts(self) -> list[Metric]:
        ok = _gauge("costbot_part_ok", "Whether a part is well, as /ready tells it.", "part")
        for name, looked in (await self._sources.look()).items():
            if looked.check is not None:
                ok.add_metric([name], float(looked.check.level is Level.OK))
        return [ok]

    async def _mart(self, now: datetime) -> list[Metric]:
        try:
            snapshot = await asyncio.to_thread(self._sources.mart.snapshot)
        except CostbotError as error:
            log.warning("no metrics of the mart: %s", error)
            return []
        age = _gauge("costbot_mart_data_age_seconds", "Since a source's data ends.", "source")
        loaded = _gauge("costbot_mart_loaded_age_seconds", "Since a source was loaded.", "source")
        rows = _gauge("costbot_mart_rows", "Imported rows of a source.", "source")
        stale = _gauge("costbot_mart_stale", "Whether a source is called stale.", "source")
        freshness = freshness_of(snapshot, now, self._sources.stale_after_hours)
        for one in freshness.sources:
            source = [one.source.value]
            age.add_metric(source, (now - one.data_until).total_seconds())
            loaded.add_metric(source, (now - one.loaded_at).total_seconds())
            stale.add_metric(source, float(one.is_stale))
        for source, state in snapshot.sources.items():
            rows.add_metric([source.value], state.rows)
        return [age, loaded, rows, stale]

    async def _outbox(self, now: datetime) -> list[Metric]:
        try:
            backlog = await self._sources.store.deliveries.backlog()
        except CostbotError as error:
            log.warning("no metrics of the outbox: %s", error)
            return []
        waiting = _gauge("costbot_outbox_waiting", "Messages that are still to leave.", "channel")
        oldest = _gauge(
            "costbot_outbox_oldest_age_seconds",
            "How long the oldest of them waits; 0: there is none.",
        )
        dead = _gauge("costbot_outbox_dead", "Messages that were given up.")
        for channel, count in backlog.waiting.items():
            waiting.add_metric([channel], count)
        age = 0.0 if backlog.oldest is None else (now - backlog.oldest).total_seconds()
        oldest.add_metric([], max(age, 0.0))
        dead.add_metric([], backlog.dead)
        return [waiting, oldest, dead]

    async def _jobs(self) -> list[Metric]:
        sources = self._sources
        try:
            states = await sources.store.jobs.find_all()
        except CostbotError as error:
            log.warning("no metrics of jobs: %s", error)
            return []
        own = {one.name: one for one in states if one.place in ("", sources.machine)}
        every = _gauge("costbot_job_interval_seconds", "How often a job is due.", "job")
        good = _gauge(
            "costbot_job_last_success_timestamp_seconds",
            "When a job's last run ended well; none while its last run failed.",
            "job",
        )
        took = _gauge("costbot_job_last_duration_seconds", "How long its last run took.", "job")
        failures = _gauge("costbot_job_failures", "Runs in a row that failed.", "job")
        for job in sources.jobs:
            now = sources.clock()
            slot = job.cadence.slot(now)
            every.add_metric([job.name], (job.cadence.next_after(now) - slot).total_seconds())
            if (state := own.get(job.name)) is not None:
                _of_job(state, good, took, failures)
        return [every, good, took, failures]

    async def _sync(self) -> list[Metric]:
        runs, machine = self._sources.store.sync_runs, self._sources.machine
        try:
            latest = await runs.latest_good(machine)
        except CostbotError as error:
            log.warning("no metrics of the refresh: %s", error)
            return []
        good = _gauge(
            "costbot_sync_last_success_timestamp_seconds",
            "When the mart was last refreshed from BigQuery without a fault.",
        )
        if latest is not None and latest.ended_at is not None:
            good.add_metric([], (latest.ended_at - EPOCH).total_seconds())
        return [good]


def _of_job(
    state: JobState, good: GaugeMetricFamily, took: GaugeMetricFamily, failures: GaugeMetricFamily
) -> None:
    name = [state.name]
    if state.outcome == "done" and state.ended_at is not None:
        good.add_metric(name, (state.ended_at - EPOCH).total_seconds())
    if state.took is not None:
        took.add_metric(name, state.took.total_seconds())
    failures.add_metric(name, state.failures)


def _gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=labels)
