"""A recommendation that somebody makes of a what-if: pending, its author in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from analysis.clock import Clock
from analysis.errors import NotUnderstood, Outdated
from analysis.recommendations.cells import Route
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Proposal
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.recommendations.finding import short_id
from handlers.recommendations.journal import CREATE, of_recommendation
from handlers.recommendations.moving import Decision, moved
from handlers.recommendations.permissions import Act, allow, audience_of, within
from handlers.whatif import WhatIfHandler, WhatIfRequest, WhatIfResult
from handlers.whatif_proposal import proposal_of
from queries.dimensions import Dimensions
from storage.records.audit import Surface
from storage.records.recommendation import Drawn, Recommendation
from storage.store import Store, Transaction

UPDATE = "update"
"""What is done to one that is there already."""


@dataclass(frozen=True, slots=True)
class Recommended:
    """A what-if that is a recommendation now.

    Attributes:
        result: what it comes to.
        recommendation: as it is kept.
        is_new: it was none before.
    """

    result: WhatIfResult
    recommendation: Recommendation
    is_new: bool


@dataclass(frozen=True, slots=True)
class WhatIfRecommender:
    """Makes recommendations of what-ifs; the decision and its entry are one transaction.

    Attributes:
        what_if: answers the question, at the moment at which it is decided.
        store: where recommendations are kept.
        dimensions: they say who may see what.
        clock: the present.
    """

    what_if: WhatIfHandler
    store: Store
    dimensions: Dimensions
    clock: Clock

    async def recommend(
        self, request: WhatIfRequest, caller: Caller, surface: Surface
    ) -> Recommended:
        """Keeps a what-if as a pending recommendation; the same again brings it up to date.

        Args:
            request: the question.
            caller: who makes it one.
            surface: where.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotUnderstood: nothing is saved, the requests do not fit, or they are of several
                organizations.
            Outdated: somebody has decided on it already.
            NotFound, Unavailable: see `WhatIfHandler.what_if`.
        """
        allow(Act.GENERATE, caller)
        result = await self.what_if.what_if(request, caller)
        within(caller, _organization(result))
        proposal = proposal_of(result, _organization(result), await self._whole_routes(result))
        days = result.usage.days
        audience = audience_of(proposal, self.dimensions)
        drawn = Drawn.of(proposal, days.first_day, days.last_day, audience)
        async with self.store.transaction() as together:
            row = await together.recommendations.add(drawn)
            if row is not None:
                entry = of_recommendation(CREATE, actor_of(caller), surface, None, row)
                await together.audit.add(entry)
                return Recommended(result, row, is_new=True)
            row = await self._again(together, proposal, drawn, caller, surface)
            return Recommended(result, row, is_new=False)

    async def _whole_routes(self, result: WhatIfResult) -> Mapping[Route, Decimal]:
        """USD a month of the routes, whatever of them is meant."""
        usage = result.usage
        found = await self.what_if.usage.whole_routes(usage, result.models)
        return {route: usage.days.monthly(cost) for route, cost in found.items()}

    async def _again(
        self,
        together: Transaction,
        proposal: Proposal,
        drawn: Drawn,
        caller: Caller,
        surface: Surface,
    ) -> Recommendation:
        rows = await together.recommendations.live_of(proposal.organization)
        before = next((row for row in rows if row.key == proposal.key), None)
        if before is None:
            raise Outdated("It was archived at this moment.", "Ask again.")
        standing, what = None, UPDATE
        if before.state is State.EXPIRED:
            decision = Decision(Move.RETURN, self.clock(), actor_of(caller).key)
            standing, what = moved(before.standing, decision), Move.RETURN.value
        elif before.state is not State.PENDING:
            sentence = f"This is a recommendation already, and it is {before.state}."
            raise Outdated(sentence, f"`/recs show {short_id(before.id)}` shows it.")
        after = await together.recommendations.write(before, standing=standing, drawn=drawn)
        entry = of_recommendation(what, actor_of(caller), surface, before, after)
        await together.audit.add(entry)
        return after


def _organization(result: WhatIfResult) -> str | None:
    """Whose the usage is; None: the deployment's own, which names no organization.

    Raises:
        NotUnderstood: it is of several.
    """
    whose = {priced.cell.route.organization for priced in result.cells if priced.cell.billed_cost}
    if len(whose) > 1:
        sentence = f"This is the usage of {len(whose)} organizations, and each decides for itself."
        raise NotUnderstood(sentence, "Name one, as in `organization acme`.")
    return next(iter(whose))
