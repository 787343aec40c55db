"""Statements, for who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import NotFound, NotUnderstood
from analysis.showback.cents import to_cents
from analysis.showback.corrections import Correction, Key
from analysis.showback.dividing import NOBODY, Amounts, Line, Part
from analysis.showback.facts import NOTHING
from analysis.showback.rules import Method, Rule
from handlers.caller import Caller
from handlers.freshness import Freshness, freshness_of
from handlers.nearest import did_you_mean, shown
from handlers.showback.months import MonthState, before, is_over, month_of, written
from handlers.showback.permissions import within
from handlers.showback.reading import MonthFigures, MonthReader
from handlers.showback.results import (
    Books,
    ListedMonth,
    MonthStatement,
    Statement,
    StatementRequest,
)
from storage.records.statement import ClosedMonth

MOST_LISTED = 24
"""Closed months that a list shows."""


@dataclass(frozen=True, slots=True)
class StatementHandler:
    """Answers with statements; knows no Slack and no HTTP.

    Attributes:
        reader: reads months.
        clock: the present.
        stale_after_hours: from when on a source is stale.
    """

    reader: MonthReader
    clock: Clock
    stale_after_hours: float

    async def statement(self, request: StatementRequest, caller: Caller) -> MonthStatement:
        """The statements of a month, as far as the caller sees them.

        Args:
            request: whose, and of which month.
            caller: who asks; their own organization's only, unless they see all.

        Raises:
            NotAllowed: the caller is of no organization.
            NotUnderstood: the month has not begun.
            NotFound: there is no such statement, or none that the caller may see.
            Unavailable: the mart or the store cannot be read.
        """
        reach = within(caller)
        month = self._month(request)
        request = replace(request, month=month)
        closed = await self.reader.store.statements.closed()
        figures = await self.reader.month(month, closed, reach)
        return self.shown(figures, request, caller)

    async def list(self, caller: Caller) -> list[ListedMonth]:
        """The closed months, the newest first, with what the caller's organization was charged.

        Raises:
            NotAllowed: the caller is of no organization.
            Unavailable: the store does not answer.
        """
        reach, statements = within(caller), self.reader.store.statements
        closed = (await statements.closed())[:MOST_LISTED]
        if reach is None:
            return [
                ListedMonth(one, one.infrastructure - one.not_charged + one.corrected)
                for one in closed
            ]
        billed = await statements.corrections(billed_in=[one.month for one in closed], within=reach)
        listed: list[ListedMonth] = []
        for one in closed:
            lines = await statements.lines(one.month, reach)
            own = [kept.line.total for kept in lines if kept.line.team is None]
            own += [
                each.correction.amount
                for each in billed
                if each.billed_in == one.month and each.correction.team is None
            ]
            listed.append(ListedMonth(_own(one), sum(own, NOTHING)))
        return listed

    def freshness(self) -> Freshness:
        """How old each source is."""
        snapshot = self.reader.engine.snapshot()
        return freshness_of(snapshot, self.clock(), self.stale_after_hours)

    def shown(
        self, figures: MonthFigures, request: StatementRequest, caller: Caller
    ) -> MonthStatement:
        """A month's figures, as far as the caller asked for them and sees them.

        Raises:
            NotFound: there is no such statement, or none that the caller may see.
        """
        reach = within(caller)
        month = self._month(request)
        every, closed = _statements(figures), figures.closed
        seen = [
            one
            for one in every
            if one.line.organization != NOBODY and reach in (None, one.line.organization)
        ]
        whole = [one for one in seen if one.line.team is None]
        asked = [one for one in seen if _is_asked(one, request)]
        if not asked and (request.organization or request.team or reach is not None):
            raise _nothing(request, month, whole, caller)
        is_all = reach is None and request.organization is None and request.team is None
        names = {one.line.organization for one in asked}
        return MonthStatement(
            request=request,
            month=month,
            zone=ZoneInfo(closed.zone) if closed is not None else self.reader.zone,
            state=self._state(figures, month),
            rule=_own_rule(figures.rule, reach),
            statements=tuple(sorted(asked, key=lambda one: (-one.total, one.line.organization))),
            books=_books(figures, every) if is_all else None,
            closed=_own_closed(closed, reach),
            uncorrected=figures.uncorrected if names or is_all else (),
            freshness=self.freshness(),
        )

    def _month(self, request: StatementRequest) -> date:
        this = month_of(self.clock(), self.reader.zone)
        month = before(this) if request.month is None else request.month
        if month > this:
            sentence = f"{written(month)} has not begun."
            hint = f"Try `/cost statement {written(this)}`, which is provisional."
            raise NotUnderstood(sentence, hint)
        return month

    def _state(self, figures: MonthFigures, month: date) -> MonthState:
        if figures.closed is not None:
            return MonthState.CLOSED
        over = is_over(month, self.clock(), self.reader.zone)
        return MonthState.OPEN if over else MonthState.PROVISIONAL


def _statements(figures: MonthFigures) -> list[Statement]:
    """Every line with its corrections; a correction of who has no other cost is a line, too."""
    corrected: dict[Key, list[Correction]] = {}
    for one in figures.corrections:
        corrected.setdefault(one.key, []).append(one)
    teams: dict[str, list[Line]] = {}
    for line in figures.lines:
        if line.team is not None:
            teams.setdefault(line.organization, []).append(line)
    lines = [*figures.lines]
    known = {line.key for line in lines}
    lines += [Line(*key, _NO_AMOUNTS) for key in corrected if key not in known]
    return [
        Statement(
            line,
            tuple(corrected.get(line.key, ())),
            tuple(teams.get(line.organization, ())) if line.team is None else (),
        )
        for line in lines
    ]


_NO_AMOUNTS: Amounts = dict.fromkeys(Part, NOTHING)


def _is_asked(one: Statement, request: StatementRequest) -> bool:
    if request.organization not in (None, one.line.organization):
        return False
    return one.line.team == request.team


def _books(figures: MonthFigures, every: Sequence[Statement]) -> Books:
    whole = [one for one in every if one.line.team is None]
    charged = [one for one in whole if one.line.organization != NOBODY]
    nobody = [one for one in whole if one.line.organization == NOBODY]
    not_charged = nobody[0] if nobody else Statement(Line(NOBODY, None, _NO_AMOUNTS))
    lines = sum((one.line.total for one in charged), NOTHING)
    return Books(
        infrastructure=_infrastructure(figures),
        not_charged=not_charged,
        reconciliation=figures.reconciliation,
        pools=figures.pools,
        statements=len(charged),
        charged=lines,
        corrected=sum((one.corrected for one in whole), NOTHING),
        shared_unpriced=not_charged.line.use.unpriced,
    )


def _infrastructure(figures: MonthFigures) -> Decimal:
    """By itself, not as the sum of the lines: so that the two can be compared."""
    if figures.closed is not None:
        return figures.closed.infrastructure
    return to_cents(figures.reconciliation.infrastructure.usd)


def _own_rule(rule: Rule, reach: str | None) -> Rule | None:
    """The rule without the shares of others; None: it has no share of the caller's."""
    if reach is None or rule.method is not Method.FIXED:
        return rule
    share = rule.shares.get(reach)
    return Rule(Method.FIXED, rule.basis, {reach: share}) if share else None


def _own_closed(closed: ClosedMonth | None, reach: str | None) -> ClosedMonth | None:
    return closed if closed is None or reach is None else _own(closed)


def _own(closed: ClosedMonth) -> ClosedMonth:
    """A closed month without what only who sees all organizations is shown."""
    return replace(
        closed,
        rule=Rule(),
        infrastructure=NOTHING,
        not_charged=NOTHING,
        corrected=NOTHING,
        figures={},
        requests=0,
        unpriced=0,
        digest="",
    )


def _nothing(
    request: StatementRequest, month: date, whole: Sequence[Statement], caller: Caller
) -> NotFound:
    name = request.organization or caller.organization
    whose = "" if name is None else f" of {shown(name)}"
    if request.team is not None:
        whose = f" of team {shown(request.team)}"
    sentence = f"There is no statement{whose} for {written(month)}, or none that you may see."
    if request.team is not None:
        known = sorted({team.team for one in whole for team in one.teams if team.team})
    else:
        known = [one.line.organization for one in whole]
    hint = did_you_mean(request.team or name or "", known)
    return NotFound(sentence, hint or "Try another month: `/cost statement list` has the closed.")
