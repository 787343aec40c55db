"""What reaches BigQuery, put together: apart from `bot.assembly`, which does without it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict

from analysis.clock import Clock, system_clock
from analysis.errors import BadInput
from bot.assembly import machine_name, mart_of, opened_store
from bot.settings import Settings
from handlers.queries import QueryHandler
from handlers.sync import SyncHandler
from queries.bigquery.access import Access
from queries.bigquery.jobs import JobRecord, Jobs
from queries.engines.bigquery import BigQueryEngine
from queries.mart import Mart
from storage import Store
from storage.records.warehouse_job import WarehouseJob


def access_of(settings: Settings) -> Access:
    """How BigQuery is reached.

    Raises:
        BadInput: no project is set that would run the queries.
    """
    if settings.bigquery_project is None:
        raise BadInput(
            "BigQuery is not set up: there is no project that runs costbot's queries.",
            "Set COSTBOT_BIGQUERY_PROJECT; docs/bigquery.md says what else is needed.",
        )
    return Access(
        project=settings.bigquery_project,
        location=settings.bigquery_location,
        key_file=settings.bigquery_key_file,
        endpoint=settings.bigquery_endpoint,
        most_bytes=settings.bigquery_most_bytes,
        timeout_seconds=settings.bigquery_timeout_seconds,
    )


def kept_job(job: JobRecord) -> WarehouseJob:
    """What the store keeps of a job."""
    return WarehouseJob(**asdict(job))


@asynccontextmanager
async def jobs_opened(
    settings: Settings,
    store: Store,
    clock: Clock = system_clock,
    heard: Callable[[JobRecord], None] | None = None,
) -> AsyncGenerator[Jobs]:
    """What asks BigQuery, every job of it kept in the store; closed when the block ends.

    Args:
        settings: of the deployment.
        store: that keeps the jobs.
        clock: the present.
        heard: is told of each job, too.

    Raises:
        BadInput: BigQuery is not set up.
    """

    async def record(job: JobRecord) -> None:
        if heard is not None:
            heard(job)
        await store.warehouse_jobs.add(kept_job(job))

    jobs = Jobs(access_of(settings), clock, record)
    try:
        yield jobs
    finally:
        await jobs.close()


@asynccontextmanager
async def warehouse_queries_opened(
    settings: Settings, heard: Callable[[JobRecord], None], clock: Clock = system_clock
) -> AsyncGenerator[QueryHandler]:
    """What runs templates on BigQuery itself, ready.

    Args:
        settings: of the deployment.
        heard: is told of each job that this takes.
        clock: the present.

    Raises:
        BadInput: BigQuery is not set up.
    """
    access_of(settings)  # refuses before the store is opened
    async with (
        opened_store(settings, clock) as store,
        jobs_opened(settings, store, clock, heard) as jobs,
    ):
        table = settings.request_table
        engine = BigQueryEngine(jobs, table, clock)
        yield QueryHandler(engine, clock, settings.stale_after_hours)


def sync_of(settings: Settings, store: Store, mart: Mart, jobs: Jobs, clock: Clock) -> SyncHandler:
    """What brings the mart up to date from BigQuery."""
    return SyncHandler(
        mart,
        jobs,
        settings.request_table,
        clock,
        store.sync_runs,
        machine_name(),
        lookback_days=settings.sync_lookback_days,
        history_days=settings.sync_history_days,
    )


@asynccontextmanager
async def sync_opened(
    settings: Settings, clock: Clock = system_clock
) -> AsyncGenerator[SyncHandler]:
    """What brings the mart up to date, ready.

    Raises:
        BadInput: BigQuery is not set up.
    """
    access_of(settings)  # refuses before the store is opened
    async with (
        opened_store(settings, clock) as store,
        jobs_opened(settings, store, clock) as jobs,
    ):
        yield sync_of(settings, store, mart_of(settings, clock), jobs, clock)
