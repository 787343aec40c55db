"""Whether the parts of a period's cost add up to what the machines cost."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.clock import Clock
from analysis.errors import NotAllowed
from analysis.periods import Period, ResolvedPeriod, resolve
from handlers.caller import Caller
from handlers.freshness import Freshness, freshness_of
from queries.engines.base import Engine
from queries.reconciliation import Reconciled, reconciled


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """A period's reconciliation.

    Attributes:
        request: the period, as asked.
        period: pinned to instants.
        figures: the parts, their sum, the difference.
        freshness: how old each source is.
    """

    request: Period
    period: ResolvedPeriod
    figures: Reconciled
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class ReconcileHandler:
    """Reconciles costs; knows no Slack and no HTTP."""

    engine: Engine
    clock: Clock
    stale_after_hours: float

    async def reconcile(self, period: Period, caller: Caller) -> ReconcileResult:
        """Reconciles a period over all organizations, internal traffic put back in.

        Raises:
            NotAllowed: the caller sees one organization only.
            NotUnderstood: the period makes no sense.
            Unavailable: the engine cannot answer.
        """
        if caller.organization is not None:
            sentence = "`reconcile` is about machines that all organizations share."
            raise NotAllowed(sentence, "It is for people who see all organizations: ask an admin.")
        now = self.clock()
        freshness = freshness_of(self.engine.snapshot(), now, self.stale_after_hours)
        pinned = resolve(period, now, caller.zone, data_until=freshness.data_until)
        figures = await reconciled(self.engine, pinned.window)
        return ReconcileResult(period, pinned, figures, freshness)
