"""Where a cost is heading: its days, its baselines, its direction, for each member and in all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from analysis.clock import Clock
from analysis.complete_days import Stretch, latest
from analysis.errors import NotUnderstood
from analysis.forecasts.forecast import DailyForecast
from analysis.periods import Dates
from analysis.trends import LEAST_DAYS, MONTH, WEEK, Trend, trend_of
from handlers.asking import Names
from handlers.caller import Caller
from handlers.complete import Asked, Reach, checked, reach_of
from handlers.forecasts.history import HISTORY_DAYS, history_of
from handlers.forecasts.levels import LevelChange, level_changes
from handlers.forecasts.statistics import foreseen
from handlers.freshness import Freshness, freshness_of
from queries.daily import DailyCost, daily_costs
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine

MOST_DAYS = 184
"""Half a year: over a longer stretch one straight line says little."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendsRequest(Asked):
    """A question for where a cost is heading.

    Attributes:
        days: over how many complete days, from `LEAST_DAYS` to `MOST_DAYS`.
    """

    days: int = MONTH


@dataclass(frozen=True, slots=True)
class MemberTrend:
    """A member and where it is heading.

    Attributes:
        member: its value of the dimension; None: the facts have none there, or it is the total.
        trend: its days and what they say.
        requests: of each day of the trend.
        unpriced_requests: of all these days, without a price: their cost is in no day.
        unknown_requests: of all these days, of unknown origin.
    """

    member: str | None
    trend: Trend
    requests: tuple[int, ...]
    unpriced_requests: int
    unknown_requests: int

    @property
    def is_unpriced(self) -> bool:
        """None of its requests has a price: its cost is not known, which is not nothing."""
        requests = sum(self.requests)
        return bool(requests) and self.unpriced_requests == requests


@dataclass(frozen=True, slots=True)
class TrendsResult:
    """The answer to a `TrendsRequest`.

    Attributes:
        request: the question, with filter values as the data writes them.
        by: the dimension that divides it, asked for or chosen; None: nothing does.
        stretch: the days of the total; a member whose source begins later has fewer.
        total: of everything that the question covers; None: there is no fact behind it.
        rows: all members, dearest first; none where nothing divides.
        changes: the days of the stretch on which the level of the total became another one.
        ahead: what the next days are foreseen to cost in all, a week of them; None: too little
            history, or nothing has a price.
        reach: how far the data goes, and what holds it back.
        freshness: how old each source is.
    """

    request: TrendsRequest
    by: str | None
    stretch: Stretch
    total: MemberTrend | None
    rows: tuple[MemberTrend, ...]
    changes: tuple[LevelChange, ...]
    ahead: DailyForecast | None
    reach: Reach
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class TrendsHandler:
    """Answers where a cost is heading; knows no Slack and no HTTP."""

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def trends(self, request: TrendsRequest, caller: Caller) -> TrendsResult:
        """Where the cost is heading, within what `caller` may see.

        Raises:
            NotUnderstood: the stretch is too short or too long, or the breakdown makes no sense.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: a filter names a value that the caller's data does not have, or no day of
                the data is complete.
            Unavailable: the engine cannot answer.
        """
        if not LEAST_DAYS <= request.days <= MOST_DAYS:
            sentence = f"A trend is seen over {LEAST_DAYS} to {MOST_DAYS} days, not {request.days}."
            raise NotUnderstood(sentence, "Try `/cost trends 28d` or `/cost trends 90d`.")
        freshness = freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours)
        request = await checked(request, Names(self.engine, self.dimensions), caller)
        read = max(request.days, 2 * MONTH)

        def first_of(last: date) -> date:
            return last - (read - 1) * DAY

        reach = await reach_of(self.engine, self.dimensions, request, caller, freshness, first_of)
        days = Dates(first_of(reach.last), reach.last)
        # What is foreseen rests on the same days as `/cost forecast`.
        longer = Dates(min(days.first, reach.last - (HISTORY_DAYS - 1) * DAY), reach.last)
        facts = await daily_costs(
            self.engine,
            self.dimensions,
            request.question(longer, caller, by=request.by or "product"),
        )
        total, rows = await asyncio.to_thread(
            _trends, [fact for fact in facts if fact.day >= days.first], days, request.days, reach
        )
        changes, ahead = await asyncio.to_thread(_beyond, facts, longer, total, reach)
        named = sum(row.member is not None for row in rows)
        is_divided = request.by is not None or named > 1
        known = len(total.trend.costs) if total else request.days
        return TrendsResult(
            request=request,
            by=(request.by or "product") if is_divided else None,
            stretch=latest(known, reach.last, reach.today),
            total=total,
            rows=rows if is_divided else (),
            changes=changes,
            ahead=ahead,
            reach=reach,
            freshness=freshness,
        )


def _trends(
    facts: list[DailyCost], days: Dates, shown: int, reach: Reach
) -> tuple[MemberTrend | None, tuple[MemberTrend, ...]]:
    """The total's trend, and those of the members, dearest first."""
    begins = {feed.source: max(feed.first, days.first) for feed in reach.feeds}
    # The day that a source begins in is not whole, and so no day of it.
    known = [fact for fact in facts if fact.day >= begins.get(fact.source, days.first)]
    if not any(fact.cost or fact.requests for fact in known):
        return None, ()
    by_member: dict[str | None, list[DailyCost]] = {}
    for fact in known:
        by_member.setdefault(fact.member, []).append(fact)
    whole = _whole(known, days)
    rows = [_trend(member, own, begins, days, shown, whole) for member, own in by_member.items()]
    found = [row for row in rows if row.trend.total or any(row.requests)]
    found.sort(key=lambda row: (-row.trend.total, str(row.member)))
    return _trend(None, known, begins, days, shown, whole), tuple(found)


def _beyond(
    facts: list[DailyCost], days: Dates, total: MemberTrend | None, reach: Reach
) -> tuple[tuple[LevelChange, ...], DailyForecast | None]:
    """When the level of the total changed, and what it is foreseen to cost in the next week."""
    history = history_of(facts, days.first, reach)
    if total is None or total.is_unpriced or history is None or history.total.series is None:
        return (), None
    series = history.total.series
    return level_changes(series, total.trend.first), foreseen(series, WEEK)


def _whole(facts: list[DailyCost], days: Dates) -> list[Decimal]:
    """USD of each of the days, of all that is known."""
    costs = [Decimal(0)] * ((days.last - days.first).days + 1)
    for fact in facts:
        costs[(fact.day - days.first).days] += fact.cost
    return costs


def _trend(
    member: str | None,
    facts: list[DailyCost],
    begins: Mapping[Source, date],
    days: Dates,
    shown: int,
    whole: list[Decimal],
) -> MemberTrend:
    """The trend of some facts, of at least one, from the day on from which all is known.

    Inside that a day without a fact is one without cost; before it nothing is known.
    """
    first = max(begins.get(fact.source, days.first) for fact in facts)
    length = (days.last - first).days + 1
    costs, requests = [Decimal(0)] * length, [0] * length
    unpriced, unknown = 0, 0
    seen_from = max(first, days.last - (shown - 1) * DAY)
    for fact in facts:
        place = (fact.day - first).days
        if place < 0:
            continue
        costs[place] += fact.cost
        requests[place] += fact.requests
        if fact.day >= seen_from:
            unpriced += fact.unpriced_requests
            unknown += fact.unknown_requests
    trend = trend_of(first, costs, shown, whole)
    return MemberTrend(member, trend, tuple(requests[-shown:]), unpriced, unknown)
