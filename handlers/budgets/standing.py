"""Where budgets stand: their decisions from the store, their spend from the facts, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from analysis.budgets.burn import KnownDays
from analysis.budgets.forecast import HISTORY_DAYS
from analysis.budgets.rollover import Raise
from analysis.budgets.terms import BudgetPeriod, Terms, current_period
from analysis.clock import Clock
from analysis.complete_days import DAY
from analysis.errors import BadInput
from analysis.periods import midnight
from handlers.budgets.outcomes import (
    NOTHING_KNOWN,
    carried_by_period,
    earlier_periods,
    outcome_of,
    raises_of,
    span_of,
    terms_of,
)
from handlers.budgets.results import PeriodOutcome, Standing
from handlers.budgets.spend import DailySpends, Spend, Stretch, is_answerable, known_days, spends
from handlers.budgets.terms_history import TermsHistory
from handlers.freshness import Freshness, freshness_of
from handlers.turns import Turns
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.records.budget import Budget
from storage.records.raise_ import BudgetRaise
from storage.repositories.raises import RaiseRepository


@dataclass(frozen=True, slots=True)
class _Looked:
    """A budget, the day as of which it is looked at, and what follows from these."""

    budget: Budget
    terms: Terms
    day: date
    known: KnownDays | None
    period: BudgetPeriod
    past: list[BudgetPeriod]

    @property
    def stretch(self) -> Stretch:
        """The days whose spend is needed."""
        oldest = self.past[-1] if self.past else self.period
        first = span_of(self.terms, oldest, self.known or NOTHING_KNOWN, HISTORY_DAYS)
        return Stretch(self.budget, first, max(first, min(self.day, self.period.last)))

    def standing(
        self, spend: Spend, raises: Sequence[Raise], history: TermsHistory | None
    ) -> Standing:
        """Where it stands."""
        outcomes = [
            self._outcome(period, spend, raises, self._terms_in(period, history))
            for period in (self.period, *self.past)
        ]
        return Standing(
            self.budget, self.terms, outcomes[0], tuple(outcomes[1:]), spend, self.known
        )

    def _outcome(
        self, period: BudgetPeriod, spend: Spend, raises: Sequence[Raise], terms: Terms
    ) -> PeriodOutcome:
        known = self.known or NOTHING_KNOWN
        carried = carried_by_period(terms, period, spend, known).get(period, Decimal(0))
        return outcome_of(terms, period, self.day, spend, known, carried=carried, raises=raises)

    def _terms_in(self, period: BudgetPeriod, history: TermsHistory | None) -> Terms:
        """The terms that were in force at the end of a period, for its days as they lie today."""
        if history is None or period == self.period:
            return self.terms
        then = history.at_end_of(period.last)
        marks = {name: getattr(then, name) for name in ("limit", "warning", "critical")}
        return replace(self.terms, **marks)


@dataclass(frozen=True, slots=True)
class Standings:
    """Looks at budgets.

    Attributes:
        engine: whose state says which days are known.
        spending: what was spent.
        raises: what was approved beyond the limits.
        dimensions: of the deployment.
        clock: the present.
        stale_after_hours: of a source.
    """

    engine: Engine
    spending: DailySpends
    raises: RaiseRepository
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def of(
        self,
        budgets: Sequence[Budget],
        as_of: date | None = None,
        *,
        past: int = 0,
        with_raises: Sequence[BudgetRaise] = (),
        history: TermsHistory | None = None,
    ) -> list[Standing]:
        """Where some budgets stand, in their order.

        Args:
            budgets: which.
            as_of: the local day of each that is looked at; None: today.
            past: how many earlier periods are looked at, too.
            with_raises: that count as well, though the store does not have them as approved.
            history: of the only budget: its earlier periods are looked at with the limit and the
                marks that they had.

        Raises:
            BadInput: that day is not here yet.
            Unavailable: the facts or the store cannot be read.
        """
        if not budgets:
            return []
        freshness = freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours)
        turns = Turns()
        looked: list[_Looked] = []
        for budget in budgets:
            looked.append(self._looked(budget, as_of, past, freshness))
            await turns.take()
        raises = await self._raises(looked, with_raises, as_of)
        found = await spends(self.spending, [one.stretch for one in looked])
        standings: list[Standing] = []
        for one, spend in zip(looked, found, strict=True):
            approved = raises_of(raises.get(one.budget.id, []))
            standings.append(one.standing(spend, approved, history))
            await turns.take()
        return standings

    async def one(
        self,
        budget: Budget,
        as_of: date | None = None,
        *,
        past: int = 0,
        with_raises: Sequence[BudgetRaise] = (),
        history: TermsHistory | None = None,
    ) -> Standing:
        """Where one budget stands; see `of`."""
        found = await self.of([budget], as_of, past=past, with_raises=with_raises, history=history)
        return found[0]

    def _looked(
        self, budget: Budget, as_of: date | None, past: int, freshness: Freshness
    ) -> _Looked:
        terms = terms_of(budget)
        today = terms.today(freshness.now)
        if as_of is not None and as_of > today:
            sentence = f"{as_of} is not here yet: in {budget.zone.key} it is {today}."
            raise BadInput(sentence, "Give today or a day behind us.")
        day = as_of or today
        answerable = is_answerable(budget, self.dimensions)
        known = known_days(freshness, budget.zone, day) if answerable else None
        period = current_period(terms, day)
        return _Looked(budget, terms, day, known, period, earlier_periods(terms, period, past))

    async def _raises(
        self, looked: Sequence[_Looked], more: Sequence[BudgetRaise], as_of: date | None
    ) -> dict[UUID, list[BudgetRaise]]:
        ends = None  # what was approved only after the day that is looked at was not in force then
        if as_of is not None:
            ends = {one.budget.id: midnight(as_of + DAY, one.budget.zone) for one in looked}
        first = min(one.stretch.first for one in looked)
        ids = [one.budget.id for one in looked]
        by_budget: dict[UUID, list[BudgetRaise]] = {}
        for one in (*await self.raises.approved_since(first, ids), *more):
            if ends is None or one.decided_at is None or one.decided_at < ends[one.budget_id]:
                by_budget.setdefault(one.budget_id, []).append(one)
        return by_budget
