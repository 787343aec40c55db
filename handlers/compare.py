"""A day, a week or a month of complete days beside the one before: who moved, and how far."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from analysis.clock import Clock
from analysis.complete_days import Compared, Span, Stretch, compared
from analysis.errors import NotFound
from analysis.shifts import Shift
from handlers.asking import Names
from handlers.caller import Caller
from handlers.complete import Asked, Reach, checked, reach_of
from handlers.freshness import Freshness, freshness_of
from queries.breakdown import Group, break_down
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.measures import Measures, added

NOTHING = Measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest(Asked):
    """A question for what changed.

    Attributes:
        span: how long the stretches are that are compared.
    """

    span: Span = Span.WEEK


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A member, now and before, new and vanished ones included.

    Attributes:
        member: its value of the dimension; None: the facts have none there, or it is the total.
        now: what it adds up to.
        before: the same, in each of the stretches that are compared with.
        whole: USD now of everything that the question covers: what its shifts are weighed by.
    """

    member: str | None
    now: Measures
    before: tuple[Measures, ...]
    whole: Decimal = Decimal(0)

    @property
    def is_unpriced(self) -> bool:
        """Whether its cost now is not known, which is not nothing."""
        return is_unpriced(self.now)

    @property
    def shifts(self) -> tuple[Shift | None, ...]:
        """Its cost against each stretch; None where the cost of either is not known."""
        return tuple(
            None
            if is_unpriced(self.now) or is_unpriced(before)
            else Shift(self.now.cost, before.cost, self.whole)
            for before in self.before
        )

    @property
    def change(self) -> Decimal | None:
        """USD more than in the first of the stretches; None where that is not known."""
        shift = self.shifts[0]
        return None if shift is None else shift.change

    @property
    def is_flagged(self) -> bool:
        """Whether it is far from all stretches that it is compared with, on the same side.

        A Saturday is cheaper than its Friday, and a Monday dearer than its Sunday; what is far
        from the same weekday a week before, too, is worth a look.
        """
        known = [shift for shift in self.shifts if shift is not None]
        return (
            len(known) == len(self.before)
            and all(shift.is_beyond for shift in known)
            and len({shift.change > 0 for shift in known}) == 1
        )


@dataclass(frozen=True, slots=True)
class CompareResult:
    """The answer to a `CompareRequest`.

    Attributes:
        request: the question, with filter values as the data writes them.
        by: the dimension that divides it, asked for or chosen.
        compared: which days stand against which; only those that the data reaches.
        total: of everything that the question covers.
        rows: all members, the largest change in dollars first.
        reach: how far the data goes, and what holds it back.
        freshness: how old each source is.
    """

    request: CompareRequest
    by: str
    compared: Compared
    total: CompareRow
    rows: tuple[CompareRow, ...]
    reach: Reach
    freshness: Freshness

    @property
    def is_empty(self) -> bool:
        """Whether there is no fact at all behind the question."""
        return not self.rows

    @property
    def flagged(self) -> tuple[CompareRow, ...]:
        """The members that shifted, the largest change in dollars first."""
        return tuple(row for row in self.rows if row.is_flagged)


def others_row(rest: Iterable[CompareRow]) -> CompareRow:
    """Several members as one."""
    several = list(rest)
    return CompareRow(
        None,
        added(row.now for row in several),
        tuple(added(column) for column in zip(*(row.before for row in several), strict=True)),
        max(row.whole for row in several),
    )


@dataclass(frozen=True, slots=True)
class CompareHandler:
    """Answers what changed; knows no Slack and no HTTP."""

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def compare(self, request: CompareRequest, caller: Caller) -> CompareResult:
        """What changed from one stretch of complete days to the next, as far as `caller` sees.

        Raises:
            NotUnderstood: the breakdown makes no sense.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: a filter names a value that the caller's data does not have, or the data
                does not reach back far enough.
            Unavailable: the engine cannot answer.
        """
        freshness = freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours)
        today = freshness.now.astimezone(caller.zone).date()
        request = await checked(request, Names(self.engine, self.dimensions), caller)

        def first_of(last: date) -> date:
            return compared(request.span, last, today).first

        reach = await reach_of(self.engine, self.dimensions, request, caller, freshness, first_of)
        stretches = _within(compared(request.span, reach.last, today), reach)
        by, rows = await self._divided(request, stretches, caller)
        whole = sum((row.now.cost for row in rows), Decimal(0))
        rows = sorted((replace(row, whole=whole) for row in rows), key=_by_change)
        total = others_row(rows) if rows else CompareRow(None, NOTHING, (NOTHING,))
        return CompareResult(request, by, stretches, total, tuple(rows), reach, freshness)

    async def _divided(
        self, request: CompareRequest, stretches: Compared, caller: Caller
    ) -> tuple[str, list[CompareRow]]:
        """The rows by what was asked for; else by product where there are several, or by model."""
        if request.by is not None:
            return request.by, await self._rows(request, stretches, caller, request.by)
        rows = await self._rows(request, stretches, caller, "product")
        if sum(row.member is not None for row in rows) > 1:
            return "product", rows
        return "model", await self._rows(request, stretches, caller, "model")

    async def _rows(
        self, request: CompareRequest, stretches: Compared, caller: Caller, by: str
    ) -> list[CompareRow]:
        question = request.question(stretches.now.days, caller, by=by)
        answers = await asyncio.gather(
            *(
                break_down(
                    self.engine,
                    self.dimensions,
                    replace(question, before=stretch.window(caller.zone)),
                )
                for stretch in stretches.against
            )
        )
        found = [{_member(group): group for group in groups} for groups in answers]
        rows = [
            CompareRow(
                member,
                next(groups[member].now for groups in found if member in groups),
                tuple(groups[member].before if member in groups else NOTHING for groups in found),
            )
            for member in dict.fromkeys(member for groups in found for member in groups)
        ]
        return [row for row in rows if any(map(_holds_something, (row.now, *row.before)))]


def _member(group: Group) -> str | None:
    value = group.key[0]
    return None if value is None else str(value)


def _within(stretches: Compared, reach: Reach) -> Compared:
    """The stretches that the data reaches back to.

    Raises:
        NotFound: not even the first of them.
    """
    first = reach.first
    if first is None:  # nothing was found at all: that is the answer
        return replace(stretches, against=stretches.against[:1])
    against = tuple(stretch for stretch in stretches.against if first <= stretch.days.first)
    if stretches.against[0] not in against:
        raise NotFound(_too_early(stretches.now, stretches.against[0], reach), _hint(stretches))
    return replace(stretches, against=against)


def _too_early(now: Stretch, before: Stretch, reach: Reach) -> str:
    return (
        f"The complete days of the data run from {reach.first} to {reach.last}, so "
        f"{now.days} cannot be compared with {before.days}."
    )


def _hint(stretches: Compared) -> str:
    if len(stretches.now) > 1:
        return "Try `/cost compare day`, or `/cost 7d` for what there is."
    return "`/cost 7d` shows what there is."


def _by_change(row: CompareRow) -> tuple[bool, Decimal, Decimal, str]:
    change = row.change
    size = Decimal(0) if change is None else abs(change)
    return change is None, -size, -row.now.cost, str(row.member)


def _holds_something(measures: Measures) -> bool:
    return bool(measures.requests or measures.cost)


def is_unpriced(measures: Measures) -> bool:
    """None of its requests has a price: its cost is not known, which is not nothing."""
    return bool(measures.requests) and measures.unpriced_requests == measures.requests
