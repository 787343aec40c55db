"""Why a cost moved between two periods: its split, what drove it, and the finding in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from analysis.clock import Clock
from analysis.drivers.cells import Cell, Cells
from analysis.drivers.explain import Explanation, explain
from analysis.drivers.finding import Finding, finding
from analysis.drivers.wording import Compared, listed, named
from analysis.errors import NotFound, NotUnderstood
from analysis.periods import Calendar, Comparison, Period, ResolvedPeriod, Window, resolve
from handlers.asking import Names, reaches_back
from handlers.caller import Caller
from handlers.freshness import Freshness, freshness_of
from queries.breakdown import Basis, Breakdown
from queries.cells import cells_of
from queries.dimensions import Dimensions
from queries.engines.base import Engine

DAY = Decimal(86_400)
"""Seconds."""


@dataclass(frozen=True, slots=True)
class WhyRequest:
    """A question for the causes of a change.

    Attributes:
        period: whose cost moved; its complete hours count.
        versus: against which period; None: the one before.
        filters: dimension name to the values that count, any of them.
        basis: fully loaded requests, or infrastructure; never both in one sum.
        customers_only: leave internal traffic and traffic of unknown origin out.
    """

    period: Period = Calendar.YESTERDAY
    versus: Period | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    basis: Basis = Basis.FULLY_LOADED
    customers_only: bool = False


@dataclass(frozen=True, slots=True)
class WhyResult:
    """The answer to a `WhyRequest`.

    Attributes:
        request: the question, with filter values as the data writes them.
        comparison: the two windows.
        label: what the period is called.
        provisional: the period is not over; its complete hours are compared.
        explanation: the split and the drivers.
        finding: the same in words; names from the data are not escaped.
        freshness: how old each source is.
    """

    request: WhyRequest
    comparison: Comparison
    label: str
    provisional: bool
    explanation: Explanation
    finding: Finding
    freshness: Freshness

    @property
    def same_length(self) -> bool:
        """Whether the two windows are about as long, a clock change aside."""
        now, before = self.comparison.now, self.comparison.before
        apart = (now.end - now.start) - (before.end - before.start)
        return abs(apart) <= timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WhyHandler:
    """Answers why a cost moved; knows no Slack and no HTTP."""

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def why(self, request: WhyRequest, caller: Caller) -> WhyResult:
        """What moved the cost, within what `caller` may see.

        Raises:
            NotUnderstood: a period makes no sense, or the two overlap.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: a filter names a value that the caller's data does not have, or there is
                nothing to compare.
            Unavailable: the engine cannot answer.
        """
        now = self.clock()
        freshness = freshness_of(self.engine.snapshot(), now, self.stale_after_hours)
        request = await self._checked(request, caller)
        period = resolve(request.period, now, caller.zone, data_until=freshness.data_until)
        comparison = _compared(request, period, now, caller, freshness)
        cells = await self._cells(request, comparison, caller)
        explanation = await asyncio.to_thread(explain, cells)
        return WhyResult(
            request=request,
            comparison=comparison,
            label=period.label,
            provisional=period.provisional,
            explanation=explanation,
            finding=finding(explanation, _called(request, period, comparison)),
            freshness=freshness,
        )

    async def _checked(self, request: WhyRequest, caller: Caller) -> WhyRequest:
        names = Names(self.engine, self.dimensions)
        filters = await names.known(request.filters, caller)
        return replace(
            request,
            filters=filters,
            # Only infrastructure cost can be added up over categories (idle has no requests).
            basis=Basis.INFRASTRUCTURE if "category" in filters else request.basis,
            # Who sees one organization is its customer: the owner's own traffic is not theirs.
            customers_only=request.customers_only or caller.organization is not None,
        )

    async def _cells(self, request: WhyRequest, comparison: Comparison, caller: Caller) -> Cells:
        """The cells of both windows; whichever lies behind the other in time."""
        windows = comparison.before, comparison.now
        first, last = sorted(windows, key=lambda window: window.start)
        question = Breakdown(
            window=last,
            before=first,
            filters=request.filters,
            organization=caller.organization,
            basis=request.basis,
            customers_only=request.customers_only,
        )
        cells = await cells_of(self.engine, self.dimensions, question)
        if first is comparison.before:
            return cells
        return Cells(cells.dimensions, [_turned_round(cell) for cell in cells.cells])


def _turned_round(cell: Cell) -> Cell:
    return Cell(cell.key, cell.requests_now, cell.cost_now, cell.requests_before, cell.cost_before)


def _compared(
    request: WhyRequest, period: ResolvedPeriod, now: datetime, caller: Caller, freshness: Freshness
) -> Comparison:
    """The two windows, both of them over and within the data."""
    comparison = period.comparison
    if comparison is None:
        sentence = f"Nothing of {period.label} is complete yet, so nothing can be compared."
        raise NotFound(sentence, "Try `/cost why yesterday`.")
    if request.versus is not None:
        comparison = _versus(request.versus, period, comparison, now, caller, freshness)
    covered = freshness.covered(caller.zone)
    if covered is None:
        hint = "Load some with `costbot import` or `costbot sample`."
        raise NotFound("There is no data yet.", hint)
    first, last = covered
    for window in (comparison.before, comparison.now):
        if not reaches_back(window, covered) or window.first_day > last:
            sentence = (
                f"The data runs from {first} to {last}, so {window.first_day} to "
                f"{window.last_day} cannot be compared."
            )
            raise NotFound(sentence, "Ask for two periods that lie within it.")
    return comparison


def _versus(
    versus: Period,
    period: ResolvedPeriod,
    comparison: Comparison,
    now: datetime,
    caller: Caller,
    freshness: Freshness,
) -> Comparison:
    """The comparison with a period that was named; as long as what is complete of the first."""
    other = resolve(versus, now, caller.zone, data_until=freshness.data_until)
    if other.comparison is None:
        sentence = f"Nothing of {other.label} is complete yet, so nothing can be compared."
        raise NotFound(sentence, "Try `/cost why yesterday vs 7d`, or two dates.")
    before, label = other.comparison.now, other.label
    lasts = comparison.now.end - comparison.now.start
    whole = period.window.end - period.window.start
    is_alike = other.window.end - other.window.start == whole
    if is_alike and lasts < before.end - before.start:
        before = Window(before.start, before.start + lasts, before.zone)
        label = f"the same hours of {label.removeprefix('on ')}"
    if before.start < comparison.now.end and comparison.now.start < before.end:
        sentence = f"{period.label} and {other.label} overlap, so neither moved against the other."
        raise NotUnderstood(
            sentence[0].upper() + sentence[1:],
            "Name two periods that lie apart: `/cost why 2024-12-02 vs 2024-12-01`.",
        )
    return Comparison(comparison.now, before, label)


def _called(request: WhyRequest, period: ResolvedPeriod, comparison: Comparison) -> Compared:
    kind = "Infrastructure cost" if request.basis is Basis.INFRASTRUCTURE else "Cost"
    whose = [named(name, listed(values)) for name, values in request.filters.items() if values]
    if request.customers_only:
        whose.append("customers")
    now = period.label
    if period.provisional:
        now += " so far (complete hours)"
    lasts = comparison.now.end - comparison.now.start
    return Compared(
        subject=f"{kind} of {listed(whose)}" if whose else kind,
        now=_for(now),
        before=_for(comparison.before_label),
        days=Decimal(int(lasts.total_seconds())) / DAY,
    )


def _for(label: str) -> str:
    """A label as it stands after a sum: "yesterday", but "for 2024-12-02 to 2024-12-06"."""
    return f"for {label}" if label[:1].isdigit() else label
