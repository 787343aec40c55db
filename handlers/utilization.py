"""Utilization: what of the GPUs' cost goes into requests, and what waiting capacity costs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from analysis.clock import Clock
from analysis.complete_days import DAY, first_complete_day, window_of
from analysis.errors import NotAllowed, NotUnderstood
from analysis.periods import Dates
from analysis.shifts import least_worth
from analysis.utilization import (
    MOST_WEEKS,
    WEEK,
    BestWeek,
    Capacity,
    added,
    best_week,
    is_beyond,
    saving,
    shift,
)
from handlers.asking import Names, reaches_back
from handlers.caller import Caller
from handlers.days import A_WEEK, DaysRequest, Pinned, pinned
from handlers.freshness import Freshness, SourceFreshness, freshness_of
from queries import breakdown
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.grouped import Key
from queries.utilization import CATEGORY, capacity_by


@dataclass(frozen=True, slots=True)
class UtilizationRow:
    """One member, or one day.

    Attributes:
        key: its value; None: the rows have none.
        now: what it cost.
        before: what it cost in the period before; for a day, a week before: weekends are emptier.
        is_known: its idle and unused capacity is told apart from that of others, so that its
            utilization means something.
        whole: USD of everything that the question covers: what its shift is weighed by.
    """

    key: str | date | None
    now: Capacity
    before: Capacity | None
    is_known: bool = True
    whole: Decimal = Decimal(0)

    @property
    def shift(self) -> Decimal | None:
        """The relative change of utilization; None where it cannot be told."""
        if not self.is_known or self.before is None:
            return None
        return shift(self.now.utilization, self.before.utilization)

    @property
    def is_beyond(self) -> bool:
        """Whether the shift is worth flagging: large, and it moves money into waiting or out."""
        if self.shift is None or self.before is None:
            return False
        usual = self.before.utilization or Decimal(0)
        moved = self.now.inference - usual * self.now.infrastructure.usd
        return is_beyond(self.shift) and abs(moved) >= least_worth(self.whole)


@dataclass(frozen=True, slots=True)
class UtilizationResult:
    """The answer to a question about utilization.

    Attributes:
        request: the question, with filter values as the data writes them.
        pinned: the days that answer it.
        whole: of everything that the question covers, as one member.
        rows: the members, dearest first, or the days in order; none without a breakdown.
        days: every day of the window that cost something.
        best: the best week up to the end of the window; None: the window is shorter than a week,
            or fewer than two can be compared.
        unattributed_to: the dimensions of the question that idle, overhead and unused rows
            have no value for.
        gpu: how old the GPU data is; None: there is none.
        freshness: how old each source is.
        begins: the first complete local day of the GPU data.
    """

    request: DaysRequest
    pinned: Pinned
    whole: UtilizationRow
    rows: tuple[UtilizationRow, ...]
    days: tuple[tuple[date, Capacity], ...]
    best: BestWeek | None
    unattributed_to: tuple[str, ...]
    gpu: SourceFreshness | None
    freshness: Freshness
    begins: date | None

    @property
    def is_empty(self) -> bool:
        """Whether there is no GPU cost behind the question."""
        return not (self.whole.now.infrastructure.usd or self.whole.now.unpriced_requests)

    @property
    def waiting_a_day(self) -> Decimal:
        """USD of idle and unused capacity a day."""
        return self.whole.now.waiting / self.pinned.days

    @property
    def saving(self) -> Decimal | None:
        """USD of the period that the best week's utilization would have saved; None: not known."""
        if self.best is None or not self.whole.is_known:
            return None
        return saving(self.whole.now, self.best.served)


@dataclass(frozen=True, slots=True)
class UtilizationHandler:
    """Answers how well GPUs are used; knows no Slack and no HTTP."""

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def utilization(self, request: DaysRequest, caller: Caller) -> UtilizationResult:
        """What of the GPUs' cost went into requests.

        Raises:
            NotAllowed: the caller sees one organization only.
            NotUnderstood: the period or the breakdown makes no sense.
            NotFound: a filter names a value that the data does not have, or nothing of the period
                is complete.
            Unavailable: the engine cannot answer.
        """
        if caller.organization is not None:
            sentence = "`utilization` is about machines that all organizations share."
            raise NotAllowed(sentence, "It is for people who see all organizations: ask an admin.")
        now = self.clock()
        freshness = freshness_of(self.engine.snapshot(), now, self.stale_after_hours)
        gpu = next((one for one in freshness.sources if one.source is Source.GPU), None)
        request = await self._checked(request, caller)
        days = pinned(request.period, now, caller.zone, gpu.data_until if gpu else None)
        return await self._result(request, days, gpu, freshness)

    async def _checked(self, request: DaysRequest, caller: Caller) -> DaysRequest:
        if len(request.by) > 1:
            sentence = "Utilization is shown along one dimension at a time."
            raise NotUnderstood(sentence, f"Try `/cost utilization 7d by {request.by[0]}`.")
        if CATEGORY in (*request.by, *request.filters):
            sentence = "Utilization is what the categories have to do with each other."
            raise NotUnderstood(sentence, "Ask without `category`: each has its row anyway.")
        names = Names(self.engine, self.dimensions)
        names.allow(request.by, caller)
        return replace(request, filters=await names.known(request.filters, caller))

    async def _result(
        self,
        request: DaysRequest,
        days: Pinned,
        gpu: SourceFreshness | None,
        freshness: Freshness,
    ) -> UtilizationResult:
        zone = days.window.zone
        begins = first_complete_day(gpu.data_from, zone) if gpu else None
        reaches = begins is not None and reaches_back(days.before, (begins, begins))
        last = days.window.last_day
        first = min(last - (7 * MOST_WEEKS - 1) * DAY, days.window.first_day - WEEK)
        weeks = window_of(Dates(first, last), zone)
        by = tuple(name for name in request.by if name != breakdown.DAY)
        dimensions = (*by, *(name for name in request.filters if name not in by))
        # The dimensions of the filters are asked for without them: do machines say them at all?
        machines, divided, before, by_day = await asyncio.gather(
            capacity_by(self.engine, self.dimensions, days.window, {}, dimensions),
            capacity_by(self.engine, self.dimensions, days.window, request.filters, by),
            capacity_by(self.engine, self.dimensions, days.before, request.filters, by),
            capacity_by(self.engine, self.dimensions, weeks, request.filters, (breakdown.DAY,)),
        )
        silent = _silent(machines, dimensions)
        per_day = {cast("date", key[0]): capacity for key, capacity in by_day.items()}
        complete = {day: found for day, found in per_day.items() if begins and day >= begins}
        whole = UtilizationRow(
            key=None,
            now=added(divided.values()),
            before=added(before.values()) if reaches else None,
            is_known=not any(name in silent for name in request.filters),
        )
        in_window = tuple(
            (day, per_day[day]) for day in sorted(per_day) if day >= days.window.first_day
        )
        rows: tuple[UtilizationRow, ...] = ()
        if by:
            is_known = whole.is_known and by[0] not in silent
            rows = _rows(divided, before if reaches else None, is_known=is_known)
        elif request.by:
            rows = tuple(
                UtilizationRow(day, capacity, complete.get(day - WEEK), whole.is_known)
                for day, capacity in in_window
            )
        return UtilizationResult(
            request=request,
            pinned=days,
            whole=whole,
            rows=rows,
            days=in_window,
            # A Sunday is no match for a whole week, nor is a week for a Tuesday.
            best=best_week(complete, last) if days.days >= A_WEEK else None,
            unattributed_to=silent,
            gpu=gpu,
            freshness=freshness,
            begins=begins,
        )


def _silent(machines: dict[Key, Capacity], dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """The dimensions that no row of idle, overhead or unused capacity has a value for."""
    if not added(machines.values()).machines:
        return ()  # there are no such rows at all
    return tuple(
        name
        for place, name in enumerate(dimensions)
        if not any(found.machines and key[place] is not None for key, found in machines.items())
    )


def _rows(
    divided: dict[Key, Capacity], before: dict[Key, Capacity] | None, *, is_known: bool
) -> tuple[UtilizationRow, ...]:
    """A row for each member, dearest first."""
    usd = added(divided.values()).infrastructure.usd
    rows = [
        UtilizationRow(
            key=cast("str | None", key[0]),
            now=capacity,
            before=None if before is None else before.get(key, Capacity()),
            is_known=is_known,
            whole=usd,
        )
        for key, capacity in divided.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.now.infrastructure.usd, str(row.key))))
