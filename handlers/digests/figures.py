"""The figures of a digest: what was spent, what moved it, how the days before were."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from analysis.clock import Clock
from analysis.digest_days import WEEK, DigestDays, digest_days
from analysis.drivers.cells import ENDPOINT, MODEL, ORGANIZATION, PROCESS, Cell, Cells, change_of
from analysis.drivers.explain import explain
from analysis.drivers.split import split
from analysis.errors import NotFound
from analysis.periods import Dates, Window
from analysis.schedules import Frequency
from analysis.shifts import Shift
from handlers.asking import Names
from handlers.caller import Caller
from handlers.complete import Asked, Reach, checked, reach_of
from handlers.digests.around import AroundHandler
from handlers.digests.results import Costs, DigestFigures, Mover
from handlers.forecasts.results import PeriodOutlook
from handlers.freshness import freshness_of
from queries.breakdown import Breakdown, break_down
from queries.cells import cells_of
from queries.daily import DailyCost, daily_costs
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.measures import Measures
from queries.reconciliation import reconciled

DAY = timedelta(days=1)

MOST_SPLIT = 30
"""Members whose change is split: more no table of a digest shows."""

INSIDE = (ORGANIZATION, ENDPOINT, PROCESS)
"""Where a mover's change is looked for in turn."""

MOSTLY = Decimal("0.6")
"""Of a mover's change: a member inside it that made this much is worth a word."""

FINEST = Decimal("0.01")
"""USD: what parts differ by less is rounding of what was billed."""


@dataclass(frozen=True, slots=True)
class DigestQuestion:
    """What a digest is to tell; the same for all who see the same.

    Attributes:
        frequency: which days it tells of.
        wanted: the last of them, if all data is there: the day before it is sent.
        asked: filters, and whether customers alone count.
        caller: in whose name.
    """

    frequency: Frequency
    wanted: date
    asked: Asked
    caller: Caller

    @property
    def key(self) -> tuple[object, ...]:
        """Alike where the answer is."""
        caller, asked = self.caller, self.asked
        return (
            caller.organization,
            caller.role,
            caller.zone.key,
            self.frequency,
            self.wanted,
            tuple(sorted(asked.filters.items())),
            asked.customers_only,
        )


class Outlooks(Protocol):
    """What foresees how a month will end."""

    async def month_end(self, request: Asked, caller: Caller) -> PeriodOutlook | None:
        """How the month of today will end; None: too little history."""
        ...


@dataclass(frozen=True, slots=True)
class FiguresHandler:
    """Makes the figures of digests; knows no Slack.

    Attributes:
        engine: to ask.
        dimensions: of the deployment.
        clock: the present.
        stale_after_hours: older than that, a source is stale.
        around: what stands beside the cost.
        outlooks: what foresees the month's end; None: nothing does.
    """

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float
    around: AroundHandler
    outlooks: Outlooks | None = None

    async def figures(self, question: DigestQuestion) -> DigestFigures:
        """All that a digest tells, within what its caller may see.

        Raises:
            NotAllowed: a filter lies beyond the caller's role.
            NotUnderstood: there is no such dimension any more.
            Unavailable: the facts or the store cannot be read.
        """
        caller = question.caller
        freshness = freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours)
        asked, costs, nothing = question.asked, None, None
        try:
            asked = await checked(asked, Names(self.engine, self.dimensions), caller)
            costs = await self._costs(question, asked)
        except NotFound as refusal:
            nothing = refusal  # there is no such data: that is what is told
        outlook = None
        if costs is not None and self.outlooks is not None:
            try:
                outlook = await self.outlooks.month_end(asked, caller)
            except NotFound:
                outlook = None  # nothing to foresee it from
        around = await self.around.around(asked, caller)
        return DigestFigures(asked, caller, costs, nothing, around, outlook, freshness)

    async def _costs(self, question: DigestQuestion, asked: Asked) -> Costs:
        caller, frequency, wanted = question.caller, question.frequency, question.wanted
        freshness = freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours)

        def first_of(last: date) -> date:
            return digest_days(frequency, min(last, wanted)).before.first

        reach = await reach_of(self.engine, self.dimensions, asked, caller, freshness, first_of)
        days = digest_days(frequency, min(reach.last, wanted))
        if not reach.feeds:
            sentence = f"Nothing has cost anything from {days.before.first} to {days.now.last}."
            raise NotFound(sentence, "`/cost 30d` shows what there is; the digest goes on.")
        found = asked.question(days.now, caller)
        is_compared = reach.first is None or reach.first <= days.before.first
        before = asked.question(days.before, caller).window if is_compared else None
        by, cells, compared = await self._divided(found, before)
        daily = await daily_costs(
            self.engine, self.dimensions, asked.question(_with_usual(days), caller, by=by)
        )
        now, then = await self._totals(found, before)
        explanation = None
        if compared is not None:
            explanation = await asyncio.to_thread(explain, compared)
        usual_days = days.usual
        if usual_days is not None and (reach.first is None or reach.first > usual_days.first):
            usual_days = None
        movers = await asyncio.to_thread(
            _movers, cells, by, daily, days, usual_days, is_compared, caller.organization is None
        )
        unattributed, difference = await self._machines(question, asked, found)
        first = _curve_first(days, reach)
        return Costs(
            days=days,
            wanted=wanted,
            total=now,
            before=then,
            usual=None if usual_days is None else _sum(daily, usual_days) / WEEK,
            is_compared=is_compared,
            by=by,
            movers=tuple(movers),
            explanation=explanation,
            curve=_curve(daily, first, days.now.last),
            curve_first=first,
            unattributed=unattributed,
            difference=difference,
            reach=reach,
        )

    async def _divided(
        self, found: Breakdown, before: Window | None
    ) -> tuple[str, Cells, Cells | None]:
        """By which dimension movers are told, the cells, and the same where they are compared."""
        question = replace(found, before=before)
        cells = await cells_of(self.engine, self.dimensions, question)
        by = MODEL
        if len(found.filters.get(MODEL, ())) == 1:
            several = [name for name in (ENDPOINT, PROCESS) if _members(cells, name) > 1]
            by = several[0] if several else ENDPOINT
        return by, cells, None if before is None else cells

    async def _totals(self, found: Breakdown, before: Window | None) -> tuple[Measures, Measures]:
        (group,) = await break_down(self.engine, self.dimensions, replace(found, before=before))
        return group.now, group.before

    async def _machines(
        self, question: DigestQuestion, asked: Asked, found: Breakdown
    ) -> tuple[Decimal | None, Decimal | None]:
        """What no request carries, and what does not add up; for who sees everything."""
        if question.caller.organization is not None or asked.filters or asked.customers_only:
            return None, None
        parts = (await reconciled(self.engine, found.window)).costs
        difference = parts.difference if abs(parts.difference) >= FINEST else Decimal(0)
        return parts.unattributed, difference


def _members(cells: Cells, name: str) -> int:
    return len({key for key in cells.by(name) if key is not None})


def _with_usual(days: DigestDays) -> Dates:
    """The days of the curve, and those of the average."""
    first = days.curve.first if days.usual is None else min(days.curve.first, days.usual.first)
    return Dates(first, days.now.last)


def _curve_first(days: DigestDays, reach: Reach) -> date:
    return days.curve.first if reach.first is None else max(days.curve.first, reach.first)


def _curve(daily: Iterable[DailyCost], first: date, last: date) -> tuple[Decimal, ...]:
    """USD of each day; within what is known a day without a cost is 0."""
    by_day: dict[date, Decimal] = {}
    for one in daily:
        by_day[one.day] = by_day.get(one.day, Decimal(0)) + one.cost
    length = (last - first).days + 1
    return tuple(by_day.get(first + place * DAY, Decimal(0)) for place in range(length))


def _sum(daily: Iterable[DailyCost], days: Dates) -> Decimal:
    found = (one.cost for one in daily if days.first <= one.day <= days.last)
    return sum(found, Decimal(0))


def _movers(
    cells: Cells,
    by: str,
    daily: Sequence[DailyCost],
    days: DigestDays,
    usual: Dates | None,
    is_compared: bool,
    names_organizations: bool,
) -> list[Mover]:
    """The members, the largest change first; without a comparison the dearest first."""
    members = cells.by(by)
    whole = sum((cell.cost_now for cell in cells.cells), Decimal(0))

    def size(member: str | None) -> tuple[Decimal, Decimal, str]:
        own = members[member]
        now = sum((cell.cost_now for cell in own), Decimal(0))
        return -abs(change_of(own)) if is_compared else -now, -now, str(member)

    averages: dict[str | None, Decimal] = {}
    if usual is not None:
        for one in daily:
            if usual.first <= one.day <= usual.last:
                averages[one.member] = averages.get(one.member, Decimal(0)) + one.cost / WEEK
    unpriced: dict[str | None, int] = {}
    for one in daily:
        if days.now.first <= one.day <= days.now.last and one.unpriced_requests:
            unpriced[one.member] = unpriced.get(one.member, 0) + one.unpriced_requests
    found: list[Mover] = []
    for member in sorted(members, key=size)[:MOST_SPLIT]:
        parts = split(members[member])
        average = None if usual is None else averages.get(member, Decimal(0))
        inside = None
        if is_compared:
            own = Cells(cells.dimensions, members[member])
            inside = _inside(own, cells, by, names_organizations)
        shift = Shift(parts.now, parts.before, whole)
        found.append(Mover(member, shift, parts, average, inside, unpriced.get(member, 0)))
    return found


def _inside(own: Cells, cells: Cells, by: str, names_organizations: bool) -> tuple[str, str] | None:
    """Who made most of a mover's change; not where all of everything is theirs anyway."""
    change = change_of(own.cells)
    if not change:
        return None
    for name in INSIDE:
        if name == by or (name == ORGANIZATION and not names_organizations):
            continue
        if _members(cells, name) < 2 or _members(own, name) < 2:
            continue
        member, part = max(own.by(name).items(), key=lambda item: _share(item[1], change))
        if member is not None and _share(part, change) >= MOSTLY:
            return name, member
    return None


def _share(part: Iterable[Cell], change: Decimal) -> Decimal:
    return change_of(part) / change
