"""Questions for rates that are held against the days before: checked, pinned, with the baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from analysis.clock import Clock
from analysis.errors import NotUnderstood
from analysis.periods import Window
from handlers.asking import Names
from handlers.caller import Caller
from handlers.days import DaysRequest, Pinned, pinned
from handlers.freshness import Freshness, freshness_of
from queries.dimensions import Dimensions
from queries.engines.base import Engine

MOST_BREAKDOWNS = 2


@dataclass(frozen=True, slots=True)
class Held:
    """A question, ready to be asked.

    Attributes:
        request: with filter values as the data writes them, within what the caller may see.
        pinned: the days that answer it.
        baseline: what they are compared with; None: there are no facts before them.
        covered: first and last day for which there are facts; None: none at all.
        freshness: how old each source is.
    """

    request: DaysRequest
    pinned: Pinned
    baseline: Window | None
    covered: tuple[date, date] | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Holding:
    """Makes questions ready; what a handler needs for it."""

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def held(self, request: DaysRequest, caller: Caller) -> Held:
        """The question, its days and its baseline.

        Raises:
            NotAllowed: a dimension lies beyond the caller's role.
            NotUnderstood: the period or the breakdown makes no sense.
            NotFound: a filter names a value that the caller's data does not have, or nothing of
                the period is complete.
            Unavailable: the engine cannot answer.
        """
        now = self.clock()
        freshness = freshness_of(self.engine.snapshot(), now, self.stale_after_hours)
        request = await self._checked(request, caller)
        days = pinned(request.period, now, caller.zone, freshness.data_until)
        covered = freshness.covered(caller.zone)
        baseline = days.baseline(covered[0]) if covered else None
        return Held(request, days, baseline, covered, freshness)

    async def _checked(self, request: DaysRequest, caller: Caller) -> DaysRequest:
        if len(request.by) > MOST_BREAKDOWNS:
            sentence = "A breakdown runs along one or two different dimensions."
            raise NotUnderstood(sentence, "Try `by model by endpoint`.")
        names = Names(self.engine, self.dimensions)
        names.allow(request.by, caller)
        return replace(
            request,
            filters=await names.known(request.filters, caller),
            # Who sees one organization is its customer: the owner's own traffic is not theirs.
            customers_only=request.customers_only or caller.organization is not None,
        )
