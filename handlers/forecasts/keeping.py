"""Forecasts kept day by day, so that it can be said how good they are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from analysis.errors import NotFound
from analysis.periods import Dates
from analysis.roles import Role
from analysis.series import series_key
from handlers.budgets.standing import Standings
from handlers.caller import Caller
from handlers.complete import Asked, Reach, reach_of
from handlers.forecasts.history import CONCERNED_DAYS, HISTORY_DAYS, history_of
from handlers.forecasts.kept_budgets import LATE, BudgetForecasts
from handlers.forecasts.kept_series import TOTAL, KeptSeries, made, settled
from handlers.forecasts.results import DAY
from handlers.freshness import Freshness, freshness_of
from queries.daily import DailyCost, daily_costs
from storage.records.forecast import Settled, StoredForecast
from storage.store import Store

KEPT = timedelta(days=400)
"""How long after its last day a forecast is kept: a year can be held against the last."""


@dataclass(frozen=True, slots=True)
class KeepReport:
    """What was done.

    Attributes:
        made_on: the last complete day; None: no day is complete, or there is no data.
        made: forecasts that are new.
        settled: forecasts of which it is known now what came.
        dropped: forecasts that nothing can be held against any more.
        forgotten: forecasts that are too old.
    """

    made_on: date | None
    made: int = 0
    settled: int = 0
    dropped: int = 0
    forgotten: int = 0


@dataclass(frozen=True, slots=True)
class ForecastKeeper:
    """Keeps forecasts of everything, of products, organizations and budgets.

    Attributes:
        store: where they are kept.
        standings: looks at budgets; its engine, dimensions and clock are used throughout.
        zone: of the deployment: in it days begin.
    """

    store: Store
    standings: Standings
    zone: ZoneInfo

    async def keep(self) -> KeepReport:
        """Makes the forecasts of the last complete day, and fills in what came of earlier ones.

        Made once for each complete day; done again, by whatever process, it changes nothing.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        now = self.standings.clock()
        freshness = freshness_of(
            self.standings.engine.snapshot(), now, self.standings.stale_after_hours
        )
        try:
            reach = await self._reach(freshness)
        except NotFound:  # no data, or no day of it is complete: there is nothing to foresee
            return KeepReport(None)
        open_ = await self.store.forecasts.open(reach.last)
        is_made = await self.store.forecasts.is_made(str(TOTAL), reach.last)
        made_now, came, gone = 0, list[Settled](), list[tuple[str, date, int]]()
        due = [one for one in open_ if one.budget_id is None and one.last_day + LATE <= reach.last]
        if due or not is_made:
            series = await self._series(reach)
            if series is not None:
                came, gone = _settled(due, series, reach)
                if not is_made:
                    found = await asyncio.to_thread(made, series.chosen(), reach.last, now)
                    made_now = await self.store.forecasts.add(found)
        budgets = BudgetForecasts(self.store, self.standings)
        made_now += await budgets.make(freshness)
        more, more_gone = await budgets.settle(
            [one for one in open_ if one.budget_id is not None], freshness
        )
        came, gone = [*came, *more], [*gone, *more_gone]
        await self.store.forecasts.settle(came)
        await self.store.forecasts.drop(gone)
        forgotten = await self.store.forecasts.forget_before((now - KEPT).date())
        return KeepReport(reach.last, made_now, len(came), len(gone), forgotten)

    async def _reach(self, freshness: Freshness) -> Reach:
        def first_of(last: date) -> date:
            return last - (CONCERNED_DAYS - 1) * DAY

        engine, dimensions = self.standings.engine, self.standings.dimensions
        return await reach_of(engine, dimensions, Asked(), self._caller, freshness, first_of)

    async def _series(self, reach: Reach) -> KeptSeries | None:
        """The histories of everything; None where nothing was spent."""
        first = _first_read(reach)
        by_product = history_of(await self._facts(reach, "product"), first, reach)
        if by_product is None:
            return None
        facts = await self._facts(reach, "organization", customers_only=True)
        return KeptSeries(by_product, history_of(facts, first, reach))

    async def _facts(
        self, reach: Reach, by: str, *, customers_only: bool = False
    ) -> list[DailyCost]:
        days = Dates(_first_read(reach), reach.last)
        asked = Asked(customers_only=customers_only)
        question = asked.question(days, self._caller, by=by)
        return await daily_costs(self.standings.engine, self.standings.dimensions, question)

    @property
    def _caller(self) -> Caller:
        """Costbot itself: it sees everything, in the deployment's zone."""
        return Caller("", "", "costbot", None, Role.ADMIN, self.zone)


def _first_read(reach: Reach) -> date:
    return reach.last - (HISTORY_DAYS - 1) * DAY


def _settled(
    due: list[StoredForecast], series: KeptSeries, reach: Reach
) -> tuple[list[Settled], list[tuple[str, date, int]]]:
    """What came of the forecasts of series; and those whose days are no longer read."""
    came: list[Settled] = []
    gone: list[tuple[str, date, int]] = []
    for one in due:
        if one.first_day < _first_read(reach):
            gone.append(one.key)
            continue
        key = series_key(one.subject)
        came.append(settled(one, series.came(key, one.first_day, one.last_day)))
    return came, gone
