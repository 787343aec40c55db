"""What costbot itself costs, and how its refreshes of the mart went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from analysis.clock import Clock
from storage.records.sync_run import SyncRun
from storage.records.warehouse_job import JobTotals
from storage.repositories.sync_runs import SyncRunRepository
from storage.repositories.warehouse_jobs import WarehouseJobRepository

TEBIBYTE = 2**40


@dataclass(frozen=True, slots=True)
class OwnCost:
    """What was asked of the warehouse since an instant, and what is paid for it.

    Attributes:
        since: beginning of the month, UTC.
        by_purpose: the queries added up, those that bill most first.
        usd_per_tib: price of a tebibyte billed.
        most_bytes: that one query may bill.
    """

    since: datetime
    by_purpose: tuple[JobTotals, ...]
    usd_per_tib: Decimal
    most_bytes: int

    @property
    def jobs(self) -> int:
        """Queries that ran, whatever their end."""
        return sum(totals.jobs for totals in self.by_purpose)

    @property
    def failed(self) -> int:
        """How many of those failed or were cancelled."""
        return sum(totals.failed for totals in self.by_purpose)

    @property
    def refused(self) -> int:
        """Queries that did not run, because they would have taken too much."""
        return sum(totals.refused for totals in self.by_purpose)

    @property
    def bytes_billed(self) -> int:
        """What is paid for."""
        return sum(totals.bytes_billed for totals in self.by_purpose)

    @property
    def usd(self) -> Decimal:
        """What is paid."""
        return self.usd_of(self.bytes_billed)

    def usd_of(self, bytes_billed: int) -> Decimal:
        """What so many bytes cost, in USD: bytes / 2^40 x the price of a tebibyte.

        Source: BigQuery's on-demand pricing, which is by the TiB.
        """
        return Decimal(bytes_billed) * self.usd_per_tib / TEBIBYTE


@dataclass(frozen=True, slots=True)
class Syncs:
    """How the mart's refreshes went.

    Attributes:
        latest: the one that was begun last; None: there was none yet.
        latest_good: the last that succeeded; None: none did.
        is_elsewhere: they are of another machine's mart, for this one's has had none.
    """

    latest: SyncRun | None
    latest_good: SyncRun | None
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class OwnCostHandler:
    """Adds up what costbot itself cost.

    Attributes:
        jobs: what was asked of the warehouse.
        runs: the refreshes of the mart.
        clock: the present.
        machine: whose mart this costbot answers from.
        project: that pays; None: no warehouse is set up.
        usd_per_tib: price of a tebibyte billed.
        most_bytes: that one query may bill.
    """

    jobs: WarehouseJobRepository
    runs: SyncRunRepository
    clock: Clock
    machine: str
    project: str | None
    usd_per_tib: Decimal
    most_bytes: int

    async def this_month(self) -> OwnCost | None:
        """The cost of the UTC month so far; None: no warehouse is set up, and none was asked.

        Raises:
            Unavailable: the store does not answer.
        """
        since = month_of(self.clock())
        totals = await self.jobs.since(since)
        if self.project is None and not totals:
            return None
        return OwnCost(since, tuple(totals), self.usd_per_tib, self.most_bytes)

    async def syncs(self) -> Syncs | None:
        """How the refreshes went; None: no warehouse is set up, and there never was one.

        Raises:
            Unavailable: the store does not answer.
        """
        latest = await self.runs.latest(self.machine)
        machine = self.machine if latest else None
        latest = latest or await self.runs.latest()
        if self.project is None and latest is None:
            return None
        good = await self.runs.latest_good(machine)
        return Syncs(latest, good, is_elsewhere=latest is not None and machine is None)


def month_of(now: datetime) -> datetime:
    """The first instant of the UTC month in which `now` lies."""
    utc = now.astimezone(UTC)
    return datetime(utc.year, utc.month, 1, tzinfo=UTC)
