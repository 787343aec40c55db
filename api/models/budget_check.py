"""The answer to a gateway: may this be spent?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.models.base import Answer, Money


class BudgetVerdict(Answer):
    """The gravest answer of all budgets that count the request."""

    decision: Literal["allow", "warn", "deny"]
    reason: str = Field(description="Why, a sentence.")
    budget_id: str | None = Field(description="Of the budget that decides; null: none counts it.")
    budget: str | None = Field(description="Its name.")
    limit: Money | None = Field(description="US dollars in force in it.")
    spend: Money | None = Field(description="US dollars; null: not known.")
    utilization_percentage: str | None = Field(
        description="Spend as a percentage of the limit, to the second digit; null: not known."
    )
    budgets_considered: int = Field(description="How many budgets count the request.")
    budgets_not_considered: int = Field(
        description="How many may count it, by a dimension that was not told."
    )
    as_of: datetime = Field(description="The last evaluation: what was spent since is not in it.")
    max_age_seconds: int = Field(description="Beyond that age nothing counts as known.")
