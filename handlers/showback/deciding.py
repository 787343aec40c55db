"""Deciding on the rule by which cost is divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.clock import Clock
from analysis.errors import Outdated
from analysis.showback.rules import Rule
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from handlers.showback.journal import of_rule
from handlers.showback.months import after, month_of, written
from handlers.showback.permissions import Act, allow
from handlers.showback.reading import MonthReader, decision_for
from handlers.showback.results import RuleResult
from queries.breakdown import known_values
from queries.dimensions import Dimensions
from storage.records.audit import Surface
from storage.records.statement import ClosedMonth


@dataclass(frozen=True, slots=True)
class RuleDecider:
    """Shows the rule, and sets it; each decision and its audit entry are one transaction.

    Attributes:
        reader: with the store.
        dimensions: of the deployment.
        clock: the present.
    """

    reader: MonthReader
    dimensions: Dimensions
    clock: Clock

    async def show(self, caller: Caller) -> RuleResult:
        """The rule of the oldest month that is not closed, and what holds from later ones on.

        Raises:
            NotAllowed: the caller does not see all organizations.
            Unavailable: the store does not answer.
        """
        allow(Act.RULE, caller)
        month = self._oldest_open(await self.reader.store.statements.closed())
        return await self._result(month)

    async def set(
        self, rule: Rule, from_month: date | None, caller: Caller, surface: Surface
    ) -> RuleResult:
        """Has cost divided by a rule from a month on.

        Args:
            rule: how.
            from_month: its first day; None: from the oldest month that is not closed.
            caller: who decides.
            surface: the audit trail names it.

        Raises:
            NotAllowed: the caller does not see all organizations.
            Outdated: the month is closed.
            Unavailable: the store does not answer.
        """
        allow(Act.RULE, caller)
        doubts = await self._doubts(rule)
        async with self.reader.store.transaction() as together:
            closed = await together.statements.closed()
            month = self._oldest_open(closed) if from_month is None else from_month
            if closed and month <= closed[0].month:
                sentence = f"{written(month)} is closed: its rule does not change any more."
                hint = f"Add `from {written(after(closed[0].month))}`, or a later month."
                raise Outdated(sentence, hint)
            decision = await together.statements.add_rule(month, rule, actor_of(caller))
            await together.audit.add(of_rule(decision, caller, surface))
        found = await self._result(month)
        return RuleResult(rule, month, decision, found.upcoming, doubts, is_set=True)

    async def _result(self, month: date) -> RuleResult:
        decisions = await self.reader.store.statements.rules()
        decision = decision_for(decisions, month)
        later = sorted({one.from_month for one in decisions if one.from_month > month})
        upcoming = [decision_for(decisions, one) for one in later]
        rule = Rule() if decision is None else decision.rule
        kept = tuple(one for one in upcoming if one is not None)
        return RuleResult(rule, month, decision, kept)

    async def _doubts(self, rule: Rule) -> tuple[str, ...]:
        if not rule.shares:
            return ()
        known = await known_values(self.reader.engine, self.dimensions["organization"])
        return tuple(
            f"No costs of {shown(name)} are known lately. {did_you_mean(name, known)}".strip()
            for name in rule.shares
            if name not in known
        )

    def _oldest_open(self, closed: Sequence[ClosedMonth]) -> date:
        """The month after the closed ones; the first one with facts where none is closed."""
        if closed:
            return after(closed[0].month)
        sources = self.reader.engine.snapshot().sources.values()
        oldest = min((one.first_time for one in sources), default=self.clock())
        return month_of(oldest, self.reader.zone)
