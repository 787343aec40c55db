"""A warehouse on the loopback, a mart beside it, and what brings the one to the other."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

from handlers.sync import SyncHandler, SyncRequest
from playground.bigquery.values import Value
from playground.bigquery.warehouse import JobRecord as SeenJob
from playground.bigquery.warehouse import TableField, Warehouse
from queries.bigquery.access import Access
from queries.bigquery.jobs import JobRecord, Jobs
from queries.bigquery.pacing import Pacing
from queries.dimensions import Source
from queries.mart import Mart
from queries.request_table import RequestTable
from queries.sync.report import SyncReport
from queries.sync.run import Progress
from storage import Store
from tests.columnar import reader
from tests.mart.rows import ALWAYS

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOW.date()
TABLE = "dwh-costs.gpu_costs.requests"
PROJECT = "explore-costs"
QUICK = Pacing(tries=3, first_seconds=0.001, longest_seconds=0.002, poll_seconds=0.01)
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
    "started": "TIMESTAMP",
}

Row = dict[str, Value]

Sums = dict[tuple[object, object], tuple[int, int, Decimal, Decimal]]
"""Requests, unpriced ones, infrastructure and fully loaded cost, by day and organization."""


@dataclass
class MovingClock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def day(days_ago: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days_ago)


def row(days_ago: int, cost: float | None = 1.0, **others: Value) -> Row:
    """A customer's request, so many days ago."""
    return {
        "dt": day(days_ago),
        "cost_category": "inference",
        "row_cost": cost,
        "attributed_idle_cost": 0.0,
        "attributed_overhead_cost": 0.0,
        "is_lt_team": False,
        "product": "api",
        "endpoint": "/v1/text-to-video",
        "model": "ltx-2",
        "org": "acme",
        "result": "success",
        "request_inference_time_ms": 1500.0,
        "request_processing_time_ms": 2000.0,
        **others,
    }


def any_rows(days: Iterable[int], each: int, seed: int = 1) -> list[Row]:
    """Rows of all kinds, usable costs and others."""
    lot = random.Random(seed)
    costs: Sequence[float | None] = (None, math.nan, -1.5, math.inf)
    return [
        row(
            days_ago,
            lot.choice(costs) if lot.random() < 0.1 else round(lot.uniform(0, 3), 6),
            cost_category=(category := lot.choice(["inference"] * 6 + ["idle", "unused"])),
            attributed_idle_cost=round(lot.uniform(0, 1), 6) if category == "inference" else None,
            is_lt_team=lot.choice([True, False, False, None]),
            product=lot.choice(["api", "studio", None]),
            model=lot.choice(["ltx-2", "ltx-fast", "naïve “model”\n2", " ", "<!channel>"]),
            org=lot.choice(["acme", "globex", None]),
            result=lot.choice(["success", "failed", "timeout", "OK", "503"]),
        )
        for days_ago in days
        for _ in range(each)
    ]


def usable(cost: Value) -> Decimal | None:
    """What a cell costs: the shortest decimal of the float, if that is an amount from 0 on."""
    if cost is None:
        return None
    amount = Decimal(repr(cost))
    return amount if amount.is_finite() and amount >= 0 else None


def added_up(rows: Iterable[Row]) -> Sums:
    """The sums, by plain arithmetic."""
    sums: dict[tuple[object, object], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)
    for one in rows:
        cost, is_inference = usable(one["row_cost"]), one["cost_category"] == "inference"
        idle = usable(one["attributed_idle_cost"]) or 0
        overhead = usable(one["attributed_overhead_cost"]) or 0
        parts = [
            Decimal(is_inference),
            Decimal(is_inference and cost is None),
            cost or Decimal(0),
            (cost or Decimal(0)) + idle + overhead if is_inference else Decimal(0),
        ]
        known = sums[one["dt"], one["org"]]
        sums[one["dt"], one["org"]] = [
            a + b for a, b in zip(known, map(Decimal, parts), strict=True)
        ]
    return {key: (int(a), int(b), c, d) for key, (a, b, c, d) in sums.items()}


@dataclass
class World:
    """The warehouse, the mart, and what is between them."""

    warehouse: Warehouse
    url: str
    mart: Mart
    store: Store
    clock: MovingClock
    opened: list[Jobs] = field(default_factory=list[Jobs])
    records: list[JobRecord] = field(default_factory=list[JobRecord])

    def add_table(self, rows: Iterable[Row], name: str = TABLE) -> None:
        """The request table, with these rows."""
        fields = [TableField(column, kind) for column, kind in FIELDS.items()]
        self.warehouse.add_table(name, fields, "dt", rows)

    def handler(
        self,
        columns: Mapping[str, str] | None = None,
        *,
        lookback_days: int = 3,
        history_days: int = 400,
        most_bytes: int = 10**10,
        timeout_seconds: float = 20.0,
    ) -> SyncHandler:
        """What brings the mart up to date."""
        access = Access(
            PROJECT, endpoint=self.url, most_bytes=most_bytes, timeout_seconds=timeout_seconds
        )
        jobs = Jobs(access, self.clock, self._record, QUICK)
        self.opened.append(jobs)
        return SyncHandler(
            self.mart,
            jobs,
            RequestTable(TABLE, columns or {}, self.mart.dimensions),
            self.clock,
            self.store.sync_runs,
            "here",
            lookback_days=lookback_days,
            history_days=history_days,
        )

    async def sync(self, request: SyncRequest | None = None) -> SyncReport:
        """One sync by a handler of its own."""
        return await self.handler().sync(request or SyncRequest(), quietly)

    async def sync_telling(
        self, on_progress: Progress, request: SyncRequest | None = None
    ) -> SyncReport:
        """One sync that tells how far it is."""
        return await self.handler().sync(request or SyncRequest(), on_progress)

    async def close(self) -> None:
        """Lets go of what asks the warehouse; what was given up has ended then."""
        for jobs in self.opened:
            await jobs.close()

    async def _record(self, job: JobRecord) -> None:
        self.records.append(job)

    @property
    def runs(self) -> list[SeenJob]:
        """The jobs that the warehouse has run, dry runs and listings left out."""
        return [job for job in self.jobs if "INFORMATION_SCHEMA" not in job.sql]

    @property
    def jobs(self) -> list[SeenJob]:
        """The jobs that the warehouse has run, dry runs left out."""
        return [job for job in self.warehouse.jobs if not job.dry_run]

    def days_read(self) -> list[date]:
        """Every day that a job has read, as often as one has."""
        return sorted(
            cast("date", one)
            for job in self.runs
            for days in job.partitions.values()
            for one in days
        )

    def forget_jobs(self) -> None:
        """From here on jobs are counted anew."""
        self.warehouse.jobs.clear()

    def in_the_mart(self) -> Sums:
        """The same of the mart as `added_up` of the rows."""
        files = self.mart.snapshot().files("costs", *ALWAYS, sources={Source.GPU})
        if not files:
            return {}
        with reader() as connection:
            rows = connection.execute(
                "SELECT dt, organization, SUM(requests), SUM(unpriced_requests), "
                "COALESCE(SUM(billed_cost), 0), SUM(fully_loaded_cost) "
                "FROM read_parquet($files) GROUP BY ALL",
                {"files": files},
            ).fetchall()
        found = cast("list[tuple[date, str | None, int, int, Decimal, Decimal]]", rows)
        return {(at, org): (int(a), int(b), c, d) for at, org, a, b, c, d in found}


def quietly(_step: str, _done: float) -> None:
    """Nobody looks at how far it is."""
