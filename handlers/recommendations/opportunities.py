"""Opportunities: listed, looked into by somebody, and settled with what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from analysis.clock import Clock
from analysis.errors import BadInput, NotUnderstood, Outdated
from analysis.recommendations.kept.opportunity_states import (
    LIVE,
    OPPORTUNITY_MOVES,
    OpportunityState,
)
from handlers.budgets.fields import amount
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.listing import member
from handlers.recommendations.finding import Finder
from handlers.recommendations.journal import ENTRIES, OPPORTUNITY, names_in, of_opportunity
from handlers.recommendations.permissions import Act, acts_of, allow, hidden_from, within
from handlers.recommendations.reading import MOST_ROWS
from handlers.recommendations.requests import OpportunityListRequest, ResolveRequest
from handlers.recommendations.results import (
    OpportunityList,
    OpportunitySummary,
    ShownOpportunity,
)
from storage.records.audit import Surface
from storage.records.budget import money
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import checked_reason
from storage.store import Store


@dataclass(frozen=True, slots=True)
class OpportunityHandler:
    """Reads and settles opportunities; each decision with its entry in the audit trail.

    Attributes:
        store: where they are kept.
        finder: of what is meant.
        clock: the present.
        surface: where it is decided.
    """

    store: Store
    finder: Finder
    clock: Clock
    surface: Surface

    async def list(self, request: OpportunityListRequest, caller: Caller) -> OpportunityList:
        """A page of opportunities, those that save most first.

        Raises:
            NotAllowed: of an organization that is not the caller's.
            BadInput: the page is too long.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        if not 1 <= request.limit <= MOST_ROWS:
            sentence = f"A page of {request.limit} opportunities cannot be."
            raise BadInput(sentence, f"Give 1 to {MOST_ROWS}.")
        reach, hidden = within(caller, request.organization), hidden_from(caller)
        there = self.store.opportunities
        after = None
        if request.after is not None:
            after = await there.find(request.after, within=reach, without=hidden)
        page = await there.page(
            within=reach,
            without=hidden,
            states=request.states,
            after=after,
            limit=request.limit + 1,
        )
        rows = page[: request.limit]
        return OpportunityList(
            rows=tuple(rows),
            after=rows[-1].id if len(page) > len(rows) else None,
            counts=await there.counts(within=reach, without=hidden),
            may=acts_of(caller),
        )

    async def show(self, which: str, caller: Caller) -> ShownOpportunity:
        """Everything about one opportunity.

        Raises:
            NotFound: there is none that the caller sees.
            NotUnderstood: several are meant.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        return await self._shown(await self.finder.opportunity(which, caller), caller)

    async def summary(self, caller: Caller, organization: str | None = None) -> OpportunitySummary:
        """How many there are, and what they come to.

        Raises:
            NotAllowed: of an organization that is not the caller's.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        reach, hidden = within(caller, organization), hidden_from(caller)
        there = self.store.opportunities
        rows: list[StoredOpportunity] = []
        while True:
            after = rows[-1] if rows else None
            page = await there.page(within=reach, without=hidden, after=after, limit=MOST_ROWS)
            rows += page
            if len(page) < MOST_ROWS:
                break
        return OpportunitySummary(
            counts=await there.counts(within=reach, without=hidden),
            potential=_potential(rows),
            verified=sum((row.verified_savings or Decimal(0) for row in rows), Decimal(0)),
        )

    async def resolve(self, request: ResolveRequest, caller: Caller) -> ShownOpportunity:
        """Moves an opportunity, assigns it, or says what was found.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is none that the caller sees.
            NotUnderstood: several are meant, or nothing is to be changed.
            BadInput: a dismissal without a reason, no amount, or nobody's id in Slack.
            Outdated: somebody else was quicker, or the move is not possible.
            Unavailable: the store does not answer.
        """
        allow(Act.RESOLVE, caller)
        before = await self.finder.opportunity(request.which, caller)
        if request.seen is not None and request.seen is not before.state:
            raise await self._quicker(before)
        if request.version is not None and request.version != before.version:
            raise await self._quicker(before)
        after = self._changed(before, request, caller)
        if after == before:
            raise NotUnderstood(
                "Nothing is named that would be changed.",
                "Name a status, a resolution or a person.",
            )
        try:
            async with self.store.transaction() as together:
                kept = await together.opportunities.write(after)
                what = "assign" if kept.state is before.state else kept.state.value
                entry = of_opportunity(what, actor_of(caller), self.surface, before, kept)
                await together.audit.add(entry)
        except BadInput as refusal:
            raise Outdated(refusal.sentence, refusal.hint) from refusal
        except Outdated as stale:
            raise await self._quicker(
                await self.finder.opportunity(request.which, caller)
            ) from stale
        return await self._shown(kept, caller)

    def _changed(
        self, before: StoredOpportunity, request: ResolveRequest, caller: Caller
    ) -> StoredOpportunity:
        after = before
        state = request.state
        if state is not None and state is not before.state:
            if state not in OPPORTUNITY_MOVES[before.state]:
                sentence = f"The opportunity is {before.state}, so it cannot become {state}."
                raise Outdated(sentence, "`/recs opportunities` shows where they are.")
            after = replace(
                after, state=state, state_since=self.clock(), decided_by=actor_of(caller).key
            )
        if request.resolution is not None:
            after = replace(after, resolution=checked_reason(request.resolution))
        if state is OpportunityState.DISMISSED and not after.resolution:
            raise BadInput("A dismissal needs a reason.", "Say why in a few words.")
        if request.savings is not None:
            savings = money("saving", amount(request.savings), zero=True)
            after = replace(after, verified_savings=savings)
        if request.assign:
            user = None if request.user is None else member(request.user)
            after = replace(after, assigned_to=user)
        return after

    async def _shown(self, row: StoredOpportunity, caller: Caller) -> ShownOpportunity:
        entries = await self.store.audit.of_object(OPPORTUNITY, str(row.id), limit=ENTRIES)
        return ShownOpportunity(row, names_in(entries), tuple(entries), acts_of(caller))

    async def _quicker(self, row: StoredOpportunity) -> Outdated:
        entries = await self.store.audit.of_object(OPPORTUNITY, str(row.id), limit=1)
        hint = "Look at it again, then decide."
        if not entries:
            return Outdated(f"The opportunity is {row.state} by now.", hint)
        by = f"{entries[0].actor.name} was quicker at {entries[0].at:%Y-%m-%d %H:%M} UTC"
        return Outdated(f"{by}: it is {row.state}.", hint)


def _potential(rows: Sequence[StoredOpportunity]) -> Decimal:
    """What the live ones could save, each dollar of an organization at most once.

    Two opportunities of one organization may be about the same dollars, so only the largest of
    each counts: a figure that is never too high.
    """
    largest: dict[str | None, Decimal] = {}
    for row in rows:
        if row.state in LIVE:
            whose = row.content.organization
            largest[whose] = max(largest.get(whose, Decimal(0)), row.content.potential_savings)
    return sum(largest.values(), Decimal(0))
