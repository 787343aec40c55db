"""Bringing the mart up to date from BigQuery; every run is kept, and says how it ended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date

from analysis.clock import Clock
from analysis.errors import BadInput, Refused, Unavailable
from queries.bigquery.jobs import Jobs
from queries.dimensions import Source
from queries.mart import Mart
from queries.request_table import RequestTable
from queries.sync.plan import Wanted, wanted_days
from queries.sync.report import SyncPreview, SyncReport
from queries.sync.run import Progress, Sync
from storage.records.sync_run import SyncEnd
from storage.repositories.sync_runs import SyncRunRepository


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What to bring up to date.

    Attributes:
        replace_files: replace days, too, that the mart has from imported files.
        full: read every day, changed or not.
        days: read the days from the first to the last of these, changed or not, and no others.
    """

    replace_files: bool = False
    full: bool = False
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class SyncHandler:
    """Refreshes the mart.

    Attributes:
        mart: that is brought up to date.
        jobs: through which BigQuery is asked.
        table: that is read.
        clock: the present.
        runs: keeps how each run went.
        machine: whose mart it is.
        lookback_days: days before today that every sync reads: costs are attributed late.
        history_days: how many days back the mart follows the table.
    """

    mart: Mart
    jobs: Jobs
    table: RequestTable
    clock: Clock
    runs: SyncRunRepository
    machine: str
    lookback_days: int
    history_days: int

    async def preview(self, request: SyncRequest) -> SyncPreview:
        """What a sync would read, why, and how many bytes of it.

        Raises:
            Refused: it makes no sense, or BigQuery refuses it.
            Unavailable: BigQuery does not answer.
        """
        return await self._sync(request).preview()

    async def sync(self, request: SyncRequest, on_progress: Progress) -> SyncReport:
        """Reads what has changed, and publishes it.

        Args:
            request: what to bring up to date.
            on_progress: is told how far it is, from another thread at times.

        Raises:
            Refused: it makes no sense, days come from files, or BigQuery refuses it.
            Unavailable: BigQuery does not answer. After either the mart has what it had, and
                the days of chunks that were published before.
        """
        sync = self._sync(request)
        begun = self.clock()
        key = await self.runs.begin(self.machine)
        # What nobody expected is a failure too; its traceback is in the log.
        outcome: SyncEnd = "failed"
        told = "An unexpected error ended it; the log has more."
        try:
            await sync.run(on_progress)
            outcome, told = "done", ""
        except asyncio.CancelledError:
            outcome, told = "cancelled", "It was interrupted."
            raise
        except Refused as error:
            told = f"{error.sentence} {self._kept(sync)}"
            raise type(error)(told, error.hint) from error
        except Unavailable as error:
            told = f"{error} {self._kept(sync)}"
            raise Unavailable(told) from error
        finally:
            did = sync.tally
            await self.runs.end(
                key,
                outcome,
                error=told,
                days_read=did.days_read,
                days_restated=len(did.restated),
                bytes_billed=did.bytes_billed,
            )
        seconds = (self.clock() - begun).total_seconds()
        return SyncReport(self.table.name, begun, seconds, did)

    def _sync(self, request: SyncRequest) -> Sync:
        today = self.clock().astimezone(UTC).date()
        usual = wanted_days(today, self.lookback_days, self.history_days)
        wanted = Wanted(usual.first_day, usual.last_day, usual.lookback_from, all=request.full)
        if request.days is not None:
            first, last = request.days
            if first > last:
                raise BadInput(f"{first} lies after {last}.", "Name the earlier day first.")
            if first > today:
                raise BadInput(f"{first} lies in the future.", f"Today is {today}, in UTC.")
            wanted = Wanted(first, last, first, all=True)
        return Sync(
            mart=self.mart,
            jobs=self.jobs,
            table=self.table,
            clock=self.clock,
            wanted=wanted,
            listed_from=usual.first_day,
            replace_files=request.replace_files,
        )

    def _kept(self, sync: Sync) -> str:
        """What the mart has after a failure, and how old that is."""
        state = self.mart.snapshot().sources.get(Source.GPU)
        if state is None:
            return "The mart has no GPU costs yet."
        read = sync.tally.days_read
        some = f" {read} of {sync.tally.days_planned} days were read before." if read else ""
        hours = (self.clock() - state.loaded_at).total_seconds() / 3600
        age = f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
        return (
            f"The mart keeps its last good state, of {state.loaded_at:%Y-%m-%d %H:%M} UTC, "
            f"{age} ago.{some}"
        )
