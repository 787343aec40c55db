"""What every budget has spent in its period: one set-based pass over the mart for all of them."""

from queries.budget_spend.columns import (
    BudgetPeriods,
    DailySpend,
    Difference,
    Refreshed,
    Spent,
)
from queries.budget_spend.kept import SpendingLimits
from queries.budget_spend.spending import BudgetSpending

__all__ = [
    "BudgetPeriods",
    "BudgetSpending",
    "DailySpend",
    "Difference",
    "Refreshed",
    "SpendingLimits",
    "Spent",
]
