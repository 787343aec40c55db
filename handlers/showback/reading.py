"""A month's figures: those of a closed one as they were frozen, of another by the facts of now."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.costs import Reconciliation
from analysis.periods import Window
from analysis.showback.corrections import Correction, Key, corrections
from analysis.showback.dividing import Division, Line, Pool, divide
from analysis.showback.facts import NOTHING
from analysis.showback.rules import Rule
from handlers.showback.figures import pools_of, reconciliation_of
from handlers.showback.months import after, is_cut_at_utc_midnight, utc_window, window
from queries.engines.base import Engine
from queries.showback import month_facts
from storage.records.statement import ClosedMonth, RuleDecision
from storage.store import Store

MOST_CORRECTED = 12
"""So many closed months back restated facts are billed."""

MOST_KEPT = 32
"""Divisions that are kept while the data stays as it is."""


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """All figures of a month.

    Attributes:
        rule: by which it is divided.
        lines: statements, what is not charged, teams.
        corrections: of closed months, billed with it; teams' too.
        reconciliation: infrastructure cost beside its parts.
        pools: what was divided by the rule.
        uncorrected: closed months whose facts are not all there any more.
        closed: None: it is open.
    """

    rule: Rule
    lines: tuple[Line, ...]
    corrections: tuple[Correction, ...]
    reconciliation: Reconciliation
    pools: tuple[Pool, ...]
    uncorrected: tuple[date, ...] = ()
    closed: ClosedMonth | None = None


@dataclass(frozen=True, slots=True)
class MonthReader:
    """Reads months.

    Attributes:
        store: with the rules and the closed months.
        engine: to ask for facts.
        zone: in which months begin and end.
    """

    store: Store
    engine: Engine
    zone: ZoneInfo
    _kept: OrderedDict[object, tuple[Division, Reconciliation]] = field(
        default_factory=OrderedDict[object, "tuple[Division, Reconciliation]"], repr=False
    )

    async def month(
        self, month: date, closed: Sequence[ClosedMonth], within: str | None = None
    ) -> MonthFigures:
        """The figures of a month.

        Args:
            month: its first day.
            closed: all closed months, the newest first.
            within: whose corrections and frozen lines are needed; None: everybody's.

        Raises:
            Unavailable: the mart or the store cannot be read.
        """
        found = next((one for one in closed if one.month == month), None)
        if found is not None:
            return await self._frozen(found, within)
        rule = in_force(await self.store.statements.rules(), month)
        division, reconciliation = await self.divided(window(month, self.zone), rule)
        corrected: tuple[Correction, ...] = ()
        lost: tuple[date, ...] = ()
        if closed and month == after(closed[0].month):
            corrected, lost = await self._corrections(closed[:MOST_CORRECTED], within)
        return MonthFigures(rule, division.lines, corrected, reconciliation, division.pools, lost)

    async def reference(self, month: date, rule: Rule) -> Division:
        """A month as days without hours tell it: what corrections are a difference of.

        Hours become days when they are old; cut at UTC midnight, a month stays the same by it.

        Raises:
            Unavailable: the mart cannot be read.
        """
        is_same = is_cut_at_utc_midnight(month, self.zone)
        cut = window(month, self.zone) if is_same else utc_window(month)
        return (await self.divided(cut, rule))[0]

    async def divided(self, cut: Window, rule: Rule) -> tuple[Division, Reconciliation]:
        """A stretch of time, divided by the facts of now.

        Raises:
            Unavailable: the mart cannot be read.
        """
        key = (self.engine.snapshot().version, cut.start, cut.end, cut.zone.key, repr(rule))
        if key not in self._kept:
            facts = await month_facts(self.engine, cut)
            # Of ten thousand organizations it takes seconds: beside the loop, which goes on.
            division = await asyncio.to_thread(divide, facts, rule)
            self._kept[key] = division, facts.reconciliation
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    async def _frozen(self, closed: ClosedMonth, within: str | None) -> MonthFigures:
        lines = await self.store.statements.lines(closed.month, within)
        billed = await self.store.statements.corrections(billed_in=(closed.month,), within=within)
        return MonthFigures(
            rule=closed.rule,
            lines=tuple(one.line for one in lines),
            corrections=tuple(one.correction for one in billed),
            reconciliation=reconciliation_of(closed.figures),
            pools=pools_of(closed.figures),
            closed=closed,
        )

    async def _corrections(
        self, closed: Sequence[ClosedMonth], within: str | None
    ) -> tuple[tuple[Correction, ...], tuple[date, ...]]:
        """What closed months would cost more now than was billed of them, and which are lost."""
        months = [one.month for one in closed]
        billed = await self.store.statements.corrections(of_month=months, within=within)
        sources = self.engine.snapshot().sources.values()
        oldest = min((one.first_time for one in sources), default=None)
        found: list[Correction] = []
        lost: list[date] = []
        for one in reversed(closed):
            if _is_lost(one, oldest):
                lost.append(one.month)
                continue
            kept = await self.store.statements.lines(one.month, within)
            totals: dict[Key, Decimal] = {line.line.key: line.reference for line in kept}
            for earlier in billed:
                if earlier.correction.of_month == one.month:
                    key = earlier.correction.key
                    totals[key] = totals.get(key, NOTHING) + earlier.correction.amount
            now = (await self.reference(one.month, one.rule)).lines
            if within is not None:
                now = tuple(line for line in now if line.organization == within)
            found += corrections(one.month, totals, now)
        return tuple(found), tuple(lost)


def in_force(decisions: Sequence[RuleDecision], month: date) -> Rule:
    """The rule of a month; the one to begin with where nobody has decided."""
    decision = decision_for(decisions, month)
    return Rule() if decision is None else decision.rule


def decision_for(decisions: Sequence[RuleDecision], month: date) -> RuleDecision | None:
    """The decision that holds for a month: from the latest month on, of two the later one."""
    holding = [one for one in decisions if one.from_month <= month]
    return max(holding, key=lambda one: (one.from_month, one.id), default=None)


def _is_lost(closed: ClosedMonth, oldest: datetime | None) -> bool:
    """Whether the mart no longer has all that it had of a month, so that nothing can be told."""
    if oldest is None:
        return True
    begin = utc_window(closed.month).start
    return oldest.date() > max(closed.data_from, begin).date()
