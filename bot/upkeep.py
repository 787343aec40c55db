"""What grows old by itself, brought up to date when costbot starts and then again and again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from analysis.clock import Clock
from handlers.budgets.raising import RaiseHandler
from queries.mart import Mart
from storage.store import Store

log = logging.getLogger(__name__)

RUNS_KEPT = timedelta(days=400)
"""How long it is known what costbot did of itself, what it asked of the warehouse, and what was
wrong: a year can be held against the last."""

MESSAGES_KEPT = timedelta(days=800)
"""How long a sent message keeps its key: the root of an annual budget is changed for a year and
more, and a key that is forgotten could be sent again."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The work on what costbot keeps.

    Attributes:
        mart: whose old days lose their hours, and which may have been rolled up by an older
            version or for other dimensions.
        store: of which old events, jobs and runs are forgotten.
        clock: the present.
        raises: of budgets, some of which nobody decided on in time.
    """

    mart: Mart
    store: Store
    clock: Clock
    raises: RaiseHandler

    async def keep_the_mart_up(self) -> None:
        """Rolls up anew what is outdated, beside the event loop.

        Raises:
            Refused: another process writes to the mart; every import does this too.
        """
        days = await asyncio.to_thread(self.mart.keep_up)
        if days:
            log.info("days of the mart rolled up anew: %d", days)

    async def gather_days(self) -> None:
        """Gathers days of the mart into files of several, beside the event loop.

        Raises:
            Unavailable: a file cannot be read or written.
        """
        blocks = await asyncio.to_thread(self.mart.gather)
        if blocks:
            log.info("blocks of days of the mart made: %d", blocks)

    async def forget(self) -> None:
        """Forgets the events that nobody will repeat any more, and what ran long ago."""
        forgotten = await self.store.inbound.forget_before()
        if forgotten:
            log.info("events forgotten: %d", forgotten)
        await self.store.workspaces.forget_states(self.clock())
        long_ago = self.clock() - RUNS_KEPT
        forgotten = await self.store.warehouse_jobs.forget_before(long_ago)
        forgotten += await self.store.sync_runs.forget_before(long_ago)
        forgotten += await self.store.incidents.forget_closed_before(long_ago)
        forgotten += await self.store.anomaly_findings.forget_before(long_ago.date())
        forgotten += await self.store.anomaly_looks.forget_before(long_ago.date())
        forgotten += await self.store.digests.forget_slots_before(long_ago)
        forgotten += await self.store.home_views.forget_before(long_ago)
        forgotten += await self.store.kept_answers.forget()
        forgotten += await self.store.deliveries.forget_before(self.clock() - MESSAGES_KEPT)
        if forgotten:
            log.info(
                "queries, refreshes, incidents, findings, slots, answers, messages forgotten: %d",
                forgotten,
            )

    async def end_raises(self) -> None:
        """Ends the raises that nobody decided on before their last day was over."""
        ended = await self.raises.expire()
        if ended:
            log.info("raises that nobody decided on: %d", ended)
