"""What costbot says of itself: version, freshness, and what it keeps its data in."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from analysis.clock import Clock
from handlers.caller import Caller
from handlers.freshness import Freshness, freshness_of
from queries.engines.base import Engine


@dataclass(frozen=True, slots=True)
class AboutResult:
    """What costbot says of itself.

    Attributes:
        version: of this costbot.
        store_kind: what the decisions are kept in, `sqlite` or `postgresql`.
        costs_rows: rows of the relation `costs`.
        freshness: how old each source is.
    """

    version: str
    store_kind: str
    costs_rows: int
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class AboutHandler:
    """Answers what costbot is and how old its data is."""

    engine: Engine
    clock: Clock
    stale_after_hours: float
    store_kind: str

    async def about(self, caller: Caller) -> AboutResult:
        """The same for every caller: nothing in it belongs to an organization."""
        del caller
        snapshot = self.engine.snapshot()
        return AboutResult(
            version=version("costbot"),
            store_kind=self.store_kind,
            costs_rows=sum(state.rows for state in snapshot.sources.values()),
            freshness=freshness_of(snapshot, self.clock(), self.stale_after_hours),
        )
