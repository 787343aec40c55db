"""What costbot says of itself: version, freshness, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version

from analysis.clock import Clock
from handlers.caller import Caller
from handlers.freshness import Freshness, freshness_of
from handlers.outbox import OutboxHandler
from handlers.own_cost import OwnCost, OwnCostHandler, Syncs
from handlers.restated import LATELY, RestatedDay, restated_since
from queries.engines.base import Engine
from storage.records.delivery import DeliveryCounts
from storage.records.sync_run import SyncRun


@dataclass(frozen=True, slots=True)
class AboutResult:
    """What costbot says of itself.

    Attributes:
        version: of this costbot.
        store_kind: what the decisions are kept in, `sqlite` or `postgresql`.
        costs_rows: rows of the relation `costs`.
        freshness: how old each source is.
        own_cost: of costbot this month; None: not for this caller, or no warehouse is set up.
        syncs: how the mart's refreshes went, without errors and bytes for callers who see one
            organization; None: no warehouse is set up.
        restated: the days whose figures changed lately; None: not for this caller.
        outbox: how many of costbot's own messages are where; None: not for this caller.
    """

    version: str
    store_kind: str
    costs_rows: int
    freshness: Freshness
    own_cost: OwnCost | None = None
    syncs: Syncs | None = None
    restated: tuple[RestatedDay, ...] | None = None
    outbox: DeliveryCounts | None = None


@dataclass(frozen=True, slots=True)
class AboutHandler:
    """Answers what costbot is, how old its data is, and what it costs itself."""

    engine: Engine
    clock: Clock
    stale_after_hours: float
    store_kind: str
    own_cost: OwnCostHandler
    outbox: OutboxHandler

    async def about(self, caller: Caller) -> AboutResult:
        """What the caller may know: the money is of those who see all organizations.

        Raises:
            Unavailable: the store does not answer.
        """
        snapshot, now = self.engine.snapshot(), self.clock()
        sees_all = caller.organization is None
        syncs = await self.own_cost.syncs()
        return AboutResult(
            version=version("costbot"),
            store_kind=self.store_kind,
            costs_rows=sum(state.rows for state in snapshot.sources.values()),
            freshness=freshness_of(snapshot, now, self.stale_after_hours),
            own_cost=await self.own_cost.this_month() if sees_all else None,
            syncs=syncs if sees_all or syncs is None else _for_anybody(syncs),
            restated=restated_since(snapshot.restatements, now - LATELY) if sees_all else None,
            outbox=await self.outbox.counts() if sees_all else None,
        )


def _for_anybody(syncs: Syncs) -> Syncs:
    """Whether the figures are up to date concerns everybody; the deployment's inside does not."""

    def bare(run: SyncRun | None) -> SyncRun | None:
        if run is None:
            return None
        return replace(run, error="", machine="", days_restated=0, bytes_billed=0)

    return replace(syncs, latest=bare(syncs.latest), latest_good=bare(syncs.latest_good))
