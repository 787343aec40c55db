"""Looking at recommendations: lists with their totals, one with everything about it, a summary."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.clock import Clock
from analysis.errors import BadInput
from analysis.recommendations.kept.states import CLAIMED, RULES, Move, State
from handlers.caller import Caller
from handlers.recommendations.claims import claimed_by, current
from handlers.recommendations.finding import Finder
from handlers.recommendations.journal import ENTRIES, RECOMMENDATION, names_in
from handlers.recommendations.moving import undo_until
from handlers.recommendations.permissions import Act, acts_of, allow, may, moves_of, within
from handlers.recommendations.requests import ListRequest, ShowRequest
from handlers.recommendations.results import (
    RecommendationList,
    ShownRecommendation,
    WeeklySummary,
)
from handlers.recommendations.saved import saved_so_far
from handlers.recommendations.totals import KnownTotals
from storage.repositories.recommendations import Wanted
from storage.store import Store

MOST_ROWS = 500
"""Of one page."""

TOP = 3
"""Recommendations that a summary names."""


@dataclass(frozen=True, slots=True)
class ReadHandler:
    """Reads what is kept.

    Attributes:
        store: where recommendations are kept.
        finder: of what is meant.
        clock: the present.
        totals: as they were added up last.
    """

    store: Store
    finder: Finder
    clock: Clock
    totals: KnownTotals = field(default_factory=KnownTotals)

    async def list(self, request: ListRequest, caller: Caller) -> RecommendationList:
        """A page of recommendations, by priority and then by dollars, with the totals by state.

        Raises:
            NotAllowed: of an organization that is not the caller's.
            BadInput: the page is too long.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        if not 1 <= request.limit <= MOST_ROWS:
            sentence = f"A page of {request.limit} recommendations cannot be."
            raise BadInput(sentence, f"Give 1 to {MOST_ROWS}.")
        reach = within(caller, request.organization)
        wanted = Wanted(
            within=reach,
            role=caller.role,
            states=request.states,
            kinds=request.kinds,
            min_savings=request.min_savings,
        )
        there = self.store.recommendations
        after = None
        if request.after is not None:
            after = await there.find(request.after, within=reach, role=caller.role)
        page = await there.page(wanted, after=after, limit=request.limit + 1)
        rows = page[: request.limit]
        return RecommendationList(
            rows=tuple(rows),
            total=await there.count(wanted),
            after=rows[-1].id if len(page) > len(rows) else None,
            totals=await self.totals.of(self.store, reach, caller.role),
            may=acts_of(caller),
            last_run=await self.store.recommendation_runs.last(reach),
        )

    async def show(self, request: ShowRequest, caller: Caller) -> ShownRecommendation:
        """Everything about one recommendation.

        Raises:
            NotFound: there is none that the caller sees.
            NotUnderstood: several are meant.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        row = await self.finder.recommendation(request.which, caller)
        entries = await self.store.audit.of_object(RECOMMENDATION, str(row.id), limit=ENTRIES)
        until = undo_until(row.standing)
        can_undo = (
            until is not None
            and self.clock() <= until
            and row.state in RULES[Move.UNDO].sources
            and may(Act.UNDO, caller)
        )
        return ShownRecommendation(
            recommendation=row,
            names=names_in(entries),
            entries=tuple(entries),
            measurements=tuple(await self.store.measurements.of_recommendation(row.id)),
            moves=moves_of(caller, row.state),
            undo_until=until if can_undo else None,
            may=acts_of(caller),
        )

    async def summary(self, caller: Caller, organization: str | None = None) -> WeeklySummary:
        """How the recommendations stand that the caller reaches.

        Raises:
            NotAllowed: of an organization that is not the caller's.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        reach = within(caller, organization)
        there = self.store.recommendations
        pending = Wanted(within=reach, role=caller.role, states=frozenset({State.PENDING}))
        claimed = await claimed_by(
            self.store, Wanted(within=reach, role=caller.role, states=CLAIMED)
        )
        latest = current(claimed, await self.store.measurements.latest([one.id for one in claimed]))
        return WeeklySummary(
            organization=reach,
            totals=await self.totals.of(self.store, reach, caller.role),
            saved=saved_so_far(claimed, latest, self.clock()),
            top=tuple(await there.page(pending, limit=TOP)),
            last_run=await self.store.recommendation_runs.last(reach),
        )
