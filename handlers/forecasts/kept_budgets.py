"""The running periods of budgets, foreseen to their ends, kept, and held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from heapq import nlargest
from uuid import UUID

from analysis.budgets.forecast import COVERAGE
from analysis.budgets.status import State
from analysis.complete_days import DAY
from handlers.budgets.results import Standing
from handlers.budgets.spend import Stretch, known_days, spends
from handlers.budgets.standing import Standings
from handlers.forecasts.kept_series import rhythm, settled, trend_words
from handlers.forecasts.results import DailySeries
from handlers.freshness import Freshness
from storage.records.budget import Budget, scope_text
from storage.records.forecast import Settled, StoredForecast
from storage.store import Store

MOST_BUDGETS = 1_000
"""Budgets of which forecasts are kept: those with the largest limits."""

AT_ONCE = 250
"""Budgets that are looked at with one pass over the facts."""

LATE = timedelta(days=3)
"""So long after its last day a cost still comes: only then it is said what came."""

MODEL = "weekday mean"
"""How budgets are foreseen: see `analysis.budgets.forecast`."""

_FINEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class BudgetForecasts:
    """Makes the forecasts of budgets, and holds those of before against what came.

    Attributes:
        store: with budgets and forecasts.
        standings: looks at budgets.
    """

    store: Store
    standings: Standings

    async def make(self, freshness: Freshness) -> int:
        """Keeps how the running periods will end, each once for a complete day.

        Returns:
            How many forecasts are new.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        ids = await self._largest(freshness.now)
        made = 0
        for begin in range(0, len(ids), AT_ONCE):
            budgets = await self.store.budgets.find_many(ids[begin : begin + AT_ONCE])
            last = await self.store.forecasts.last_made([subject_of(one.id) for one in budgets])
            due = [one for one in budgets if _is_due(one, last.get(subject_of(one.id)), freshness)]
            standings = await self.standings.of(due)
            kept = [one for found in standings if (one := _kept(found, freshness.now)) is not None]
            made += await self.store.forecasts.add(kept)
        return made

    async def settle(
        self, forecasts: Sequence[StoredForecast], freshness: Freshness
    ) -> tuple[list[Settled], list[tuple[str, date, int]]]:
        """What came of forecasts whose days are over.

        Returns:
            What came; and the keys of those that nothing can be held against: the budget is gone,
            or counts something else now.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        ids = {one.budget_id for one in forecasts if one.budget_id is not None}
        found = {one.id: one for one in await self.store.budgets.find_many(sorted(ids))}
        gone = [one.key for one in forecasts if not _counts_alike(one, found)]
        held = [one for one in forecasts if _counts_alike(one, found)]
        over = [one for one in held if _is_over(one, found, freshness)]
        stretches = {
            (one.budget_id, one.first_day, one.last_day): Stretch(
                found[one.budget_id], one.first_day, one.last_day
            )
            for one in over
            if one.budget_id is not None
        }
        came: dict[tuple[UUID | None, date, date], Decimal] = {}
        keys = list(stretches)
        for begin in range(0, len(keys), AT_ONCE):
            some = keys[begin : begin + AT_ONCE]
            asked = [stretches[key] for key in some]
            for key, spend in zip(some, await spends(self.standings.spending, asked), strict=True):
                came[key] = sum(spend.costs.values(), Decimal(0))
        return [
            settled(one, came[one.budget_id, one.first_day, one.last_day]) for one in over
        ], gone

    async def _largest(self, now: datetime) -> list[UUID]:
        """The ids of the budgets with the largest limits, of those that run."""
        found: list[tuple[Decimal, UUID]] = []
        today = now.date()
        async for piece in self.store.budgets.columns():
            some = [
                (limit, key)
                for key, limit, start, end in zip(
                    piece.ids, piece.limits, piece.starts, piece.ends, strict=True
                )
                # A day more at both ends: elsewhere it is another day.
                if start <= today + DAY and (end is None or end >= today - DAY)
            ]
            found = nlargest(MOST_BUDGETS, [*found, *some])
        return [key for _, key in found]


def subject_of(budget: UUID) -> str:
    """Under which name the forecasts of a budget are kept."""
    return f"budget|{budget}"


def counted_by(budget: Budget) -> str:
    """What a budget counts, as text: its days, whose they are, and its scope."""
    return f"{budget.zone.key}|{budget.organization or '*'}|{scope_text(budget.scope)}"


def _is_due(budget: Budget, last: date | None, freshness: Freshness) -> bool:
    """Whether there is a complete day from which it was not foreseen yet."""
    known = known_days(freshness, budget.zone, freshness.now.astimezone(budget.zone).date())
    return known is not None and (last is None or last < known.complete)


def _kept(found: Standing, now: datetime) -> StoredForecast | None:
    """The forecast of a running period; None where none is made, or where days are missing."""
    status, known = found.status, found.known
    forecast = status.forecast
    if forecast is None or known is None or status.state is not State.RUNNING:
        return None
    ahead = (status.period.last - known.complete).days
    if status.days_before_data or ahead <= 0:
        return None
    series = _series(found, known.complete, forecast.history_days)
    direction, strength = trend_words(series)
    budget = found.budget
    return StoredForecast(
        subject=subject_of(budget.id),
        made_on=known.complete,
        horizon=ahead,
        organization=budget.organization,
        budget_id=budget.id,
        scope=counted_by(budget),
        first_day=status.period.first,
        last_day=status.period.last,
        expected=forecast.expected.quantize(_FINEST),
        lower=forecast.lower.quantize(_FINEST),
        upper=forecast.upper.quantize(_FINEST),
        level=COVERAGE,
        model=MODEL,
        history_days=forecast.history_days,
        seasonality=rhythm(series),
        trend_direction=direction,
        trend_strength=strength,
        exhausted_on=status.exhaustion,
        made_at=now,
    )


def _series(found: Standing, last: date, days: int) -> DailySeries:
    first = last - (days - 1) * DAY
    costs = found.spend.costs
    return DailySeries(
        first, tuple(costs.get(first + place * DAY, Decimal(0)) for place in range(days))
    )


def _counts_alike(forecast: StoredForecast, budgets: dict[UUID, Budget]) -> bool:
    budget = None if forecast.budget_id is None else budgets.get(forecast.budget_id)
    return budget is not None and counted_by(budget) == forecast.scope


def _is_over(forecast: StoredForecast, budgets: dict[UUID, Budget], freshness: Freshness) -> bool:
    """Whether all costs of its days have come."""
    if forecast.budget_id is None:
        return False
    zone = budgets[forecast.budget_id].zone
    known = known_days(freshness, zone, freshness.now.astimezone(zone).date())
    return known is not None and forecast.last_day + LATE <= known.complete
