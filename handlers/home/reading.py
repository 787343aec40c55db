"""Gathers a person's Home tab, by the handlers that answer their questions, and as they may see it.

What is alike for all who see the same is gathered once for each state of facts and decisions.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import NotFound
from analysis.periods import Calendar, Dates, Last, Period
from handlers.caller import Caller
from handlers.complete import Asked
from handlers.cost import CostHandler
from handlers.cost_results import CostRequest
from handlers.digests.around import AroundHandler
from handlers.digests.figures import Outlooks
from handlers.digests.reading import ReadHandler as DigestReader
from handlers.forecasts.results import PeriodOutlook
from handlers.freshness import Freshness, freshness_of
from handlers.home.page import HomeFigures, HomePage
from handlers.recommendations.tracker import TrackerHandler
from queries.daily import daily_costs

CURVE_DAYS = 14
MOST_KEPT = 256
"""Reaches whose figures are kept: each is an organization, a role and a zone."""

DAY = timedelta(days=1)


class Marks(Protocol):
    """What knows whether anything was decided."""

    async def decisions_mark(self) -> str:
        """Changes whenever something was decided, found, drawn or measured."""
        ...


@dataclass(slots=True)
class HomeHandler:
    """Gathers Home tabs; knows no Slack.

    Attributes:
        cost: what something cost.
        around: budgets, incidents, recommendations.
        tracker: promised against saved.
        digests: who has subscribed to what.
        outlooks: what foresees the month's end.
        marks: whether anything was decided.
        clock: the present.
    """

    cost: CostHandler
    around: AroundHandler
    tracker: TrackerHandler
    digests: DigestReader
    outlooks: Outlooks
    marks: Marks
    clock: Clock
    _kept: OrderedDict[str, asyncio.Task[HomeFigures]] = field(
        default_factory=OrderedDict[str, asyncio.Task[HomeFigures]]
    )

    async def mark(self) -> str:
        """Of the facts and the decisions, which every tab is made from.

        Raises:
            Unavailable: the mart or the store cannot be read.
        """
        snapshot = self.cost.engine.snapshot()
        return f"{snapshot.version}/{await self.marks.decisions_mark()}"

    def mark_of(self, mark: str, caller: Caller) -> str:
        """Of one person's tab: what they see of these facts and decisions at this hour.

        Args:
            mark: of the facts and the decisions; see `mark`.
            caller: whose tab it is.
        """
        local = self.clock().astimezone(caller.zone)
        return f"{mark}|{local:%Y-%m-%d|%H}|{reach_of(caller)}"

    def is_current(self, drawn: str, mark: str) -> bool:
        """Whether a tab tells of these facts and decisions, and of today.

        Args:
            drawn: the mark from which it was made; see `mark_of`.
            mark: of the facts and decisions as they are now; see `mark`.
        """
        made_from, *rest = drawn.split("|", 4)
        if made_from != mark:
            return False
        if len(rest) < 4:
            return True  # of somebody who sees nothing
        return rest[0] == f"{self.clock().astimezone(ZoneInfo(rest[2])):%Y-%m-%d}"

    async def page(self, mark: str, caller: Caller) -> HomePage:
        """A person's tab.

        Args:
            mark: see `mark_of`.
            caller: whose tab it is.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        figures = await self._figures_at(mark, caller)
        owner = (caller.team_id, caller.user_id)
        listed = await self.digests.list(caller)
        own = tuple(one for one in listed if (one.digest.team_id, one.digest.owner) == owner)
        return HomePage(caller, figures, own)

    async def _figures_at(self, mark: str, caller: Caller) -> HomeFigures:
        """The figures that are kept, or being gathered, under a mark: it tells the reach, too."""
        task = self._kept.get(mark)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(self._figures(caller), name="the figures of a Home tab")
            self._kept[mark] = task
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(mark)
        return await asyncio.shield(task)

    async def _figures(self, caller: Caller) -> HomeFigures:
        cost, now = self.cost, self.clock()
        freshness = freshness_of(cost.engine.snapshot(), now, cost.stale_after_hours)
        curve_first, curve = await self._curve(freshness, caller)

        async def of(period: Period):
            return await cost.cost(CostRequest(period), caller)

        everything = Asked(filters={}, customers_only=False)
        return HomeFigures(
            today=await of(Calendar.TODAY),
            week=await of(Last(7, "d")),
            month=await of(Calendar.MONTH),
            curve=curve,
            curve_first=curve_first,
            outlook=await self._outlook(everything, caller),
            around=await self.around.around(everything, caller),
            tracker=await self.tracker.track(caller),
            freshness=freshness,
        )

    async def _curve(
        self, freshness: Freshness, caller: Caller
    ) -> tuple[date, tuple[Decimal, ...]]:
        """USD of the last complete days; within what is known a day without a cost is 0."""
        today = self.clock().astimezone(caller.zone).date()
        first, last = today - CURVE_DAYS * DAY, today - DAY
        covered = freshness.covered(caller.zone)
        if covered is None:
            return first, ()
        first, last = max(first, covered[0]), min(last, covered[1])
        if last < first:
            return first, ()
        asked = Asked(filters={}, customers_only=caller.organization is not None)
        question = asked.question(Dates(first, last), caller)
        by_day: dict[date, Decimal] = {}
        for one in await daily_costs(self.cost.engine, self.cost.dimensions, question):
            by_day[one.day] = by_day.get(one.day, Decimal(0)) + one.cost
        length = (last - first).days + 1
        return first, tuple(by_day.get(first + at * DAY, Decimal(0)) for at in range(length))

    async def _outlook(self, asked: Asked, caller: Caller) -> PeriodOutlook | None:
        try:
            return await self.outlooks.month_end(asked, caller)
        except NotFound:
            return None  # nothing to foresee it from


def reach_of(caller: Caller) -> str:
    """How far somebody sees, and in which zone: with it a mark ends."""
    reach = "all" if caller.organization is None else f"of {caller.organization}"
    return f"{caller.zone.key}|{caller.role.value}|{reach}"
