"""Creating a budget, and seeing before what it would have looked like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from analysis.budgets.forecast import HISTORY_DAYS
from analysis.budgets.terms import BudgetPeriod, Kind, Terms, current_period
from analysis.complete_days import DAY
from analysis.errors import BadInput, Unfit
from analysis.periods import EARLIEST
from handlers.budgets.drafting import Drafted, Drafting
from handlers.budgets.journal import actor_of, of_budget
from handlers.budgets.outcomes import earlier_periods, outcome_of, span_of, terms_of
from handlers.budgets.overlapping import overlapping
from handlers.budgets.permissions import Act, allow
from handlers.budgets.requests import CreateRequest
from handlers.budgets.results import BudgetPreview, Created, PeriodOutcome
from handlers.budgets.spend import Stretch, known_days, spends
from handlers.budgets.standing import Standings
from handlers.caller import Caller
from handlers.freshness import freshness_of
from storage import Store
from storage.records.audit import Surface
from storage.records.budget import Budget, BudgetDraft

PREVIEWED_PERIODS = 3
"""Periods before the present one that a preview tells."""


@dataclass(frozen=True, slots=True)
class CreateHandler:
    """Creates budgets."""

    store: Store
    drafting: Drafting
    standings: Standings
    surface: Surface

    async def preview(self, request: CreateRequest, caller: Caller) -> BudgetPreview:
        """What a budget would have looked like; nothing is kept.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unfit: with a sentence for every field that cannot be used.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.CREATE, caller)
        drafted = await self.drafting.new(request.form, caller)
        return await self.previewed(drafted, caller)

    async def previewed(self, drafted: Drafted, caller: Caller) -> BudgetPreview:
        """The preview of a form that is read already; see `preview`."""
        draft, dimensions = drafted.draft, self.standings.dimensions
        terms = terms_of(draft)
        return BudgetPreview(
            draft=draft,
            terms=terms,
            periods=await self._periods(draft, terms),
            overlaps=await overlapping(self.store.budgets, dimensions, draft, caller),
            unseen=drafted.unseen,
        )

    async def create(self, request: CreateRequest, caller: Caller) -> Created:
        """Creates a budget; a request that arrives twice with one key creates it once.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unfit: with a sentence for every field that cannot be used, a taken name among them.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.CREATE, caller)
        there = await self._there(request, caller)
        if there is not None:
            return await self._created(there, caller, is_new=False)
        drafted = await self.drafting.new(request.form, caller)
        author = actor_of(caller).key
        try:
            async with self.store.transaction() as together:
                budget = await together.budgets.add(drafted.draft, author, key=request.key)
                entry = of_budget("budget.create", caller, self.surface, before=None, after=budget)
                await together.audit.add(entry)
        except BadInput as refusal:
            there = await self._there(request, caller)
            if there is None:
                raise Unfit({"name": str(refusal)}) from refusal
            return await self._created(there, caller, is_new=False)
        return await self._created(budget, caller, is_new=True)

    async def _there(self, request: CreateRequest, caller: Caller) -> Budget | None:
        """The budget that the same request has created before, if it is the caller's."""
        if request.key is None:
            return None
        budget = await self.store.budgets.find(request.key, deleted=True)
        is_own = budget is not None and budget.created_by == actor_of(caller).key
        return budget if is_own else None

    async def _created(self, budget: Budget, caller: Caller, *, is_new: bool) -> Created:
        dimensions = self.standings.dimensions
        found = await overlapping(self.store.budgets, dimensions, budget, caller, key=budget.id)
        return Created(budget, is_new, found)

    async def _periods(self, draft: BudgetDraft, terms: Terms) -> tuple[PeriodOutcome, ...]:
        """The present period and those before it, as if the budget had been in force in them."""
        standings = self.standings
        freshness = freshness_of(
            standings.engine.snapshot(), standings.clock(), standings.stale_after_hours
        )
        today = terms.today(freshness.now)
        known = known_days(freshness, draft.zone, today)
        if known is None:
            return ()
        periods = _as_if(terms, today)
        # Without what would have been carried: it hangs on periods before these.
        plain = replace(terms, start=EARLIEST, end=None, rollover=None, kind=_calendar(terms.kind))
        first = span_of(plain, periods[-1], known, HISTORY_DAYS)
        stretch = Stretch(draft, first, max(first, min(today, periods[0].last)))
        spend = (await spends(standings.spending, [stretch]))[0]
        outcomes = [outcome_of(plain, period, today, spend, known) for period in periods]
        return tuple(
            replace(outcome, status=replace(outcome.status, terms=terms))
            for outcome in outcomes
            if outcome.status.as_of is not None
        )


def _as_if(terms: Terms, today: date) -> Sequence[BudgetPeriod]:
    """The present period and those before it, the latest first, from before the start as well.

    A custom budget has none before it: stretches of its length take their place.
    """
    present = current_period(terms, today)
    if terms.kind is not Kind.CUSTOM:
        unbounded = replace(terms, start=EARLIEST, end=None)
        # A budget that begins later is held against the periods up to the present one.
        whole = current_period(unbounded, min(today, present.last))
        shown = present if whole.last == present.last else whole
        return [shown, *earlier_periods(unbounded, whole, PREVIEWED_PERIODS)]
    length = len(present)
    stretches = [
        BudgetPeriod(first, first + (length - 1) * DAY)
        for times in range(PREVIEWED_PERIODS + 1)
        if (first := present.first - times * length * DAY) >= EARLIEST
    ]
    return [stretch for stretch in stretches if stretch.first <= today] or [present]


def _calendar(kind: Kind) -> Kind:
    """A kind that needs no end: the periods are given."""
    return Kind.MONTHLY if kind is Kind.CUSTOM else kind
