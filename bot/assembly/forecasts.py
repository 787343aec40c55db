"""What keeps forecasts, put together."""

from __future__ import annotations

from bot.assembly import Parts
from handlers.budgets.standing import Standings
from handlers.forecasts.keeping import ForecastKeeper
from queries.budget_spend import BudgetSpending


def forecast_keeper_of(parts: Parts) -> ForecastKeeper:
    """What keeps forecasts and holds them against what came."""
    cost = parts.handlers.cost
    standings = Standings(
        cost.engine,
        BudgetSpending(parts.mart),
        parts.store.raises,
        cost.dimensions,
        cost.clock,
        cost.stale_after_hours,
    )
    return ForecastKeeper(parts.store, standings, parts.settings.zone_info)
