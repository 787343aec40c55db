"""Looking at budgets: a list, one with everything about it, its status, its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from analysis.budgets.course import course_of
from analysis.budgets.forecast import FanDay, fan_of
from analysis.budgets.status import State
from analysis.errors import NotAllowed, NotFound
from analysis.periods import EARLIEST, Dates
from handlers.budgets.finding import Finder
from handlers.budgets.journal import BUDGET, changed
from handlers.budgets.overlapping import overlapping
from handlers.budgets.pausing import awake
from handlers.budgets.permissions import Act, allow, may, sees, within
from handlers.budgets.raise_names import name_of, named_raises
from handlers.budgets.requests import HistoryRequest, ListRequest, ShowRequest
from handlers.budgets.results import BudgetHistory, BudgetList, ShownBudget, Standing
from handlers.budgets.spend import counts_customers_only
from handlers.budgets.standing import Standings
from handlers.budgets.terms_history import TermsHistory, terms_history
from handlers.caller import Caller
from handlers.cost import CostHandler
from handlers.cost_results import CostRequest, CostResult
from handlers.forecasts.records import budget_record_of
from handlers.forecasts.results import Record
from storage import Store
from storage.records.audit import StoredAuditEntry

PAST_PERIODS = 6
"""Earlier periods that are told with a budget."""

ENTRIES = 200
"""Entries of the audit trail that names and reasons are looked for in."""

_DRIVERS = ("model", "endpoint", "feature", "team", "process", "organization")
"""What the spend is broken down by: the first of these that the scope does not pin to one value,
and of which the spend has a value."""

_TRIED = 4
"""Breakdowns that are asked for at most: each is a question to the engine."""


@dataclass(frozen=True, slots=True)
class ReadHandler:
    """Tells of budgets, within what the caller sees."""

    store: Store
    finder: Finder
    standings: Standings
    costs: CostHandler

    async def list(self, request: ListRequest, caller: Caller) -> BudgetList:
        """A page of the budgets that the caller sees, by name.

        Raises:
            NotAllowed: of an organization that is not the caller's.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.SEE, caller)
        reach = within(caller)
        if request.organization is not None:
            if reach is not None and request.organization != reach:
                raise NotAllowed(f"You see the budgets of {reach}.", "Leave the organization away.")
            reach = request.organization
        budgets, dimensions = self.store.budgets, self.standings.dimensions
        after = None
        if request.after is not None:
            after = await budgets.find(request.after, within=reach, deleted=True)
        page = await budgets.page(
            within=reach, containing=request.containing, after=after, limit=request.limit + 1
        )
        shown = page[: request.limit]
        now = self.standings.clock()
        seen = [awake(budget, now) for budget in shown if sees(caller, budget, dimensions)]
        return BudgetList(
            standings=tuple(await self.standings.of(seen)),
            total=await budgets.count(within=reach),
            after=shown[-1].id if len(page) > len(shown) else None,
            may=_allowed(caller),
        )

    async def status(self, request: ShowRequest, caller: Caller) -> Standing:
        """Where one budget stands.

        Raises:
            NotFound: there is none that the caller sees.
            NotUnderstood: several organizations have one of that name.
            BadInput: the day is not here yet.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.SEE, caller)
        budget = await self.finder.find(request.which, caller)
        if request.as_of is None:
            return await self.standings.one(budget)
        history = await terms_history(self.store.audit, budget, request.as_of)
        return await self._then(history, request.as_of, past=0)

    async def show(self, request: ShowRequest, caller: Caller) -> ShownBudget:
        """Everything about one budget.

        Raises:
            NotFound, NotUnderstood, BadInput, Unavailable: see `status`.
        """
        allow(Act.SEE, caller)
        budget = await self.finder.find(request.which, caller)
        history = await terms_history(self.store.audit, budget, EARLIEST)
        standing = await self._then(history, request.as_of, past=PAST_PERIODS)
        entries = await self.store.audit.of_object(BUDGET, str(budget.id), limit=ENTRIES)
        raises = await self.store.raises.of_budget(budget.id)
        dimensions = self.standings.dimensions
        found = await overlapping(self.store.budgets, dimensions, budget, caller, key=budget.id)
        return ShownBudget(
            standing=standing,
            created_by=_creator(entries) or name_of(budget.created_by, entries),
            drivers=await self._drivers(standing, caller),
            overlaps=found,
            raises=named_raises(raises, entries),
            may=_allowed(caller),
            record=await self._record(standing),
        )

    async def history(self, request: HistoryRequest, caller: Caller) -> BudgetHistory:
        """What was decided of a budget, with before and after, and how it has spent by day.

        Raises:
            NotFound, NotUnderstood, Unavailable: see `status`.
        """
        allow(Act.SEE, caller)
        budget = await self.finder.find(request.which, caller)
        history = await terms_history(self.store.audit, budget, EARLIEST)
        standing = await self._then(history, None, past=PAST_PERIODS)
        entries = await self.store.audit.of_object(
            BUDGET, str(budget.id), before=request.before, limit=request.limit + 1
        )
        shown = entries[: request.limit]
        return BudgetHistory(
            standing=standing,
            entries=tuple(shown),
            before=shown[-1].id if len(entries) > len(shown) else None,
            course=course_of(
                standing.status.period,
                standing.status.limit,
                standing.spend.costs,
                self._today(standing),
                standing.known,
            )
            if standing.known is not None
            else (),
            fan=_fan(standing),
        )

    async def _record(self, standing: Standing) -> Record | None:
        """How its forecasts came true in the earlier periods that are told."""
        if not standing.past:
            return None
        oldest, present = standing.past[-1].status.period, standing.status.period
        kept = await self.store.forecasts.of_budget(standing.budget.id, oldest.first)
        return budget_record_of([one for one in kept if one.last_day < present.first])

    async def _then(self, history: TermsHistory, as_of: date | None, *, past: int) -> Standing:
        """Where a budget stands, with the terms that it had then."""
        budget = history.budget if as_of is None else history.at_end_of(as_of)
        standing = await self.standings.one(budget, as_of, past=past, history=history)
        return replace(standing, since=changed(budget, history.budget))

    def _today(self, standing: Standing) -> date:
        return standing.terms.today(self.standings.clock())

    async def _drivers(self, standing: Standing, caller: Caller) -> CostResult | None:
        """What the spend was made of; None where nothing of it is known."""
        budget, status = standing.budget, standing.status
        if status.as_of is None or standing.known is None:
            return None
        pinned = {name for name, values in budget.scope.items() if len(values) == 1}
        if budget.organization is not None:
            pinned.add("organization")
        bound = replace(caller, organization=budget.organization, zone=budget.zone)
        first: CostResult | None = None
        for by in [name for name in _DRIVERS if name not in pinned][:_TRIED]:
            request = CostRequest(
                period=Dates(status.period.first, status.as_of),
                by=(by,),
                filters=budget.scope,
                customers_only=counts_customers_only(budget),
            )
            try:
                found = await self.costs.cost(request, bound)
            except NotFound:
                return None  # no cost has had one of the scope's values lately
            if any(value is not None for row in found.rows for value in row.key):
                return found
            first = first or found
        return first


def _fan(standing: Standing) -> tuple[FanDay, ...]:
    """The days to come of a period that is on."""
    status, known = standing.status, standing.known
    if known is None or status.as_of is None or status.state is not State.RUNNING:
        return ()
    return fan_of(status.period, standing.spend.costs, status.as_of, known)


def _allowed(caller: Caller) -> frozenset[Act]:
    return frozenset(act for act in Act if may(act, caller))


def _creator(entries: list[StoredAuditEntry]) -> str | None:
    names = [entry.actor.name for entry in entries if entry.action == "budget.create"]
    return names[-1] if names else None
