"""What the days to come will cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from analysis.clock import Clock
from analysis.errors import NotUnderstood
from analysis.forecasts.forecast import HORIZONS
from analysis.periods import Dates
from analysis.trends import LEAST_DAYS, MONTH, WEEK, Direction, trend_of
from handlers.asking import Names
from handlers.caller import Caller
from handlers.complete import Asked, Reach, checked, reach_of
from handlers.forecasts.history import (
    CONCERNED_DAYS,
    HISTORY_DAYS,
    History,
    MemberHistory,
    history_of,
    together,
)
from handlers.forecasts.outlook import month_end
from handlers.forecasts.records import record_of, subject_of
from handlers.forecasts.requests import MEMBERS_SHOWN, MOST_MEMBERS, ForecastRequest
from handlers.forecasts.results import (
    DAY,
    DailySeries,
    Expectation,
    ForecastResult,
    MemberForecast,
    PeriodOutlook,
    Record,
    Silence,
)
from handlers.forecasts.statistics import foreseen_all, foreseen_together, least_history
from handlers.freshness import Freshness, freshness_of
from queries.daily import daily_costs
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.repositories.forecasts import ForecastRepository

MOST_BY_WEEK = 30
"""Days ahead that are told week by week; more of them two weeks at a time."""

AskedT = TypeVar("AskedT", bound=Asked)


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to foresee from."""

    reach: Reach
    freshness: Freshness
    history: History | None


@dataclass(frozen=True, slots=True)
class ForecastHandler:
    """Answers what the days to come will cost; knows no Slack and no HTTP.

    Attributes:
        engine: to ask.
        dimensions: of the deployment.
        clock: the present.
        stale_after_hours: of a source.
        kept: forecasts that were made before.
    """

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float
    kept: ForecastRepository

    async def forecast(self, request: ForecastRequest, caller: Caller) -> ForecastResult:
        """What the days to come will cost, within what `caller` may see.

        Raises:
            NotUnderstood: no such horizon, or the breakdown makes no sense.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: a filter names a value that the caller's data does not have, or no day of
                the data is complete.
            Unavailable: the engine or the store cannot answer.
        """
        if request.horizon not in HORIZONS:
            *some, last = HORIZONS
            sentence = f"{', '.join(map(str, some))} or {last} days are forecast."
            raise NotUnderstood(
                f"{sentence[:-1]}, not {request.horizon}.", "Try `/cost forecast 30`."
            )
        request, known = await self._known(request, caller)
        record = await self._record(request, caller)
        return await asyncio.to_thread(_result, request, known, record)

    async def month_end(self, request: Asked, caller: Caller) -> PeriodOutlook | None:
        """How this month, in the caller's zone, will end; None where that cannot be told.

        Args:
            request: whose cost it is; `by` and `top` do not count.
            caller: who asks.

        Raises:
            NotUnderstood, NotAllowed, NotFound, Unavailable: see `forecast`.
        """
        _, known = await self._known(replace(request, by=None), caller)
        if known.history is None:
            return None
        return await asyncio.to_thread(month_end, known.history.total, known.reach)

    async def _known(self, request: AskedT, caller: Caller) -> tuple[AskedT, _Known]:
        freshness = freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours)
        request = await checked(request, Names(self.engine, self.dimensions), caller)

        def first_of(last: date) -> date:
            return last - (CONCERNED_DAYS - 1) * DAY

        reach = await reach_of(self.engine, self.dimensions, request, caller, freshness, first_of)
        days = Dates(reach.last - (HISTORY_DAYS - 1) * DAY, reach.today)
        question = request.question(days, caller, by=request.by)
        facts = await daily_costs(self.engine, self.dimensions, question)
        return request, _Known(reach, freshness, history_of(facts, days.first, reach))

    async def _record(self, request: ForecastRequest, caller: Caller) -> Record | None:
        subject = subject_of(request, caller)
        if subject is None:
            return None
        return record_of(await self.kept.came_true(str(subject), request.horizon))


def _result(request: ForecastRequest, known: _Known, record: Record | None) -> ForecastResult:
    """The answer; takes some tenths of a second, for a thread."""
    history, reach = known.history, known.reach
    if history is None or history.total.series is None:
        return _nothing(request, known, record)
    shown = [] if request.by is None else _shown(request, history)
    total, *rows = _forecasts([history.total, *shown], request.horizon)
    return ForecastResult(
        request=request,
        total=total,
        silence=None if total.forecast else _silence(total.series),
        direction=_direction(total.series),
        weeks=_weeks(total, request.horizon),
        rows=tuple(rows),
        outlook=month_end(history.total, reach),
        record=record,
        reach=reach,
        freshness=known.freshness,
    )


def _nothing(request: ForecastRequest, known: _Known, record: Record | None) -> ForecastResult:
    return ForecastResult(
        request=request,
        total=None,
        silence=None,
        direction=Direction.UNKNOWN,
        weeks=(),
        rows=(),
        outlook=None,
        record=record,
        reach=known.reach,
        freshness=known.freshness,
    )


def _shown(request: ForecastRequest, history: History) -> list[MemberHistory]:
    """The dearest members one by one, the rest as one."""
    most = min(request.top or MEMBERS_SHOWN, MOST_MEMBERS)
    rest = together(history.members[most:])
    return [*history.members[:most], *(() if rest is None else (rest,))]


def _forecasts(histories: Sequence[MemberHistory], days: int) -> list[MemberForecast]:
    """What each is foreseen to cost, all of them at once: alone each would take as long as ten."""
    found = [(one, one.series) for one in histories if one.series is not None]
    last = found[0][1].last
    foreseen = foreseen_all([series for _, series in found], last, days)
    return [
        MemberForecast(
            one.member,
            series,
            None if one.is_unpriced else forecast,
            one.unpriced_requests,
            one.unknown_requests,
            one.several,
            one.is_unpriced,
        )
        for (one, series), forecast in zip(found, foreseen, strict=True)
    ]


def _weeks(total: MemberForecast, days: int) -> tuple[Expectation, ...]:
    """All days up to the end of each week to come, or of every other, and up to the last day.

    What is expected is the sum of the days of the one forecast; how far off so many days together
    may be is what a forecast of them alone says.
    """
    whole = total.total
    if whole is None:
        return ()
    weeks: list[Expectation] = []
    step = WEEK if days <= MOST_BY_WEEK else 2 * WEEK
    for end in range(step, days, step):
        last = total.series.last + end * DAY
        alone, expected = foreseen_together(total.series, end), total.between(whole.first, last)
        if alone is not None and expected is not None:
            lower = max(expected - (alone.expected - alone.lower), Decimal(0))
            upper = expected + (alone.upper - alone.expected)
            weeks.append(Expectation(whole.first, last, expected, lower, upper))
    return (*weeks, whole)


def _direction(series: DailySeries) -> Direction:
    if len(series.costs) < LEAST_DAYS:
        return Direction.UNKNOWN
    return trend_of(series.first, series.costs, MONTH).direction


def _silence(series: DailySeries) -> Silence | None:
    known = len(series.costs)
    missing = least_history() - known
    if missing <= 0:
        return None
    # A day is complete on the day after it.
    return Silence(known, missing, series.last + (missing + 1) * DAY)
