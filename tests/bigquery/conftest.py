"""A request table on a stand-in for BigQuery, and what asks it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from playground.bigquery.server import running
from playground.bigquery.warehouse import JobRecord as SeenJob
from playground.bigquery.warehouse import TableField, Warehouse
from queries.bigquery.access import Access
from queries.bigquery.jobs import JobRecord, Jobs, Parameter, Purpose, Statement
from queries.bigquery.pacing import Pacing

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOW.date()
TABLE = "warehouse.gpu_costs.requests"
PROJECT = "explore-costs"
QUICK = Pacing(tries=4, first_seconds=0.01, longest_seconds=0.02, poll_seconds=0.02)
FIELDS = {
    "dt": "DATE",
    "cost_category": "STRING",
    "row_cost": "FLOAT64",
    "attributed_idle_cost": "FLOAT64",
    "attributed_overhead_cost": "FLOAT64",
    "is_lt_team": "BOOL",
    "product": "STRING",
    "endpoint": "STRING",
    "model": "STRING",
    "org": "STRING",
    "process": "STRING",
    "workspace": "STRING",
    "billing_type": "STRING",
    "result": "STRING",
    "error_type": "STRING",
    "request_inference_time_ms": "FLOAT64",
    "request_processing_time_ms": "FLOAT64",
}
SUM = f"SELECT COUNT(*) AS n, SUM(row_cost) AS cost FROM `{TABLE}` WHERE dt BETWEEN @a AND @b"


def inference(days_ago: int, cost: float | None, **columns: object) -> dict[str, object]:
    """A request of a customer's, so many days ago."""
    return {
        "dt": TODAY - timedelta(days=days_ago),
        "cost_category": "inference",
        "row_cost": cost,
        "is_lt_team": False,
        "org": "acme",
        "result": "success",
        **columns,
    }


def about(
    sql: str = SUM,
    *,
    first: date = TODAY - timedelta(days=9),
    last: date = TODAY,
    purpose: Purpose = "query",
    **more: Parameter,
) -> Statement:
    """A statement over some days of the table."""
    parameters: Mapping[str, Parameter] = {"a": first, "b": last, **more}
    return Statement(sql, parameters, purpose, "dt")


class Watched(list[SeenJob]):
    """The jobs that the stand-in sees, for whoever waits for one."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = threading.Condition()
        self.after_a_dry_run: Callable[[], None] = lambda: None

    def append(self, job: SeenJob) -> None:
        with self.seen:
            super().append(job)
            self.seen.notify_all()
        if job.dry_run:
            self.after_a_dry_run()

    async def running(self, count: int = 1) -> None:
        """Comes back once so many jobs, without dry runs, have begun."""

        def wait() -> bool:
            with self.seen:
                return self.seen.wait_for(lambda: sum(not job.dry_run for job in self) >= count, 10)

        assert await asyncio.to_thread(wait)


@dataclass
class Asked:
    """The stand-in, and what is asked of it through the real client."""

    warehouse: Warehouse
    url: str
    records: list[JobRecord] = field(default_factory=list[JobRecord])
    opened: list[Jobs] = field(default_factory=list[Jobs])
    seen: Watched = field(default_factory=Watched)

    def __post_init__(self) -> None:
        self.warehouse.jobs = self.seen

    def access(
        self,
        *,
        most_bytes: int = 10**9,
        timeout_seconds: float = 20.0,
        key_file: Path | None = None,
        endpoint: str | None = None,
    ) -> Access:
        return Access(
            PROJECT,
            key_file=key_file,
            endpoint=endpoint or self.url,
            most_bytes=most_bytes,
            timeout_seconds=timeout_seconds,
        )

    def jobs(self, access: Access | None = None, pacing: Pacing = QUICK) -> Jobs:
        jobs = Jobs(access or self.access(), lambda: NOW, self.record, pacing)
        self.opened.append(jobs)
        return jobs

    async def record(self, job: JobRecord) -> None:
        self.records.append(job)

    @property
    def runs(self) -> list[SeenJob]:
        """The jobs that the stand-in has seen, without dry runs."""
        return [job for job in self.warehouse.jobs if not job.dry_run]


def add_table(warehouse: Warehouse, rows: list[dict[str, object]], name: str = TABLE) -> None:
    """The request table, with these rows."""
    fields = [TableField(column, kind) for column, kind in FIELDS.items()]
    warehouse.add_table(name, fields, "dt", rows)  # pyright: ignore[reportArgumentType]


@pytest.fixture
async def asked() -> AsyncGenerator[Asked]:
    """A table of ten days, one request a day, at 1, 2, … dollars."""
    warehouse = Warehouse(lambda: NOW)
    add_table(warehouse, [inference(days, days + 1.0) for days in range(10)])
    async with running(warehouse) as server:
        found = Asked(warehouse, server.url)
        try:
            yield found
        finally:
            for jobs in found.opened:
                await jobs.close()
