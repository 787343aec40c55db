"""A raise of a budget's limit for some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from analysis.errors import BadInput
from storage.records.budget import money

RaiseState = Literal["pending", "approved", "rejected", "expired", "withdrawn"]
"""Where it is: everything but `pending` is final. An approved one ends by its dates."""

RaiseDecision = Literal["approved", "rejected", "withdrawn"]
"""What can be decided of a pending one."""

LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseDraft:
    """What is asked for.

    Attributes:
        budget_id: of which budget.
        amount: USD on top of the limit, above 0.
        reason: why.
        asked_by: see `Actor.key`.
        first_day, last_day: both included, in the budget's zone.

    Raises:
        BadInput: there is no reason, or the amount or the days cannot be.
    """

    budget_id: UUID
    amount: Decimal
    reason: str
    asked_by: str
    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", money("raise", self.amount))
        reason = self.reason.strip()
        if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
            raise BadInput("A raise needs a reason.", f"Give 1 to {LONGEST_REASON:,} characters.")
        object.__setattr__(self, "reason", reason)
        if self.last_day < self.first_day:
            sentence = f"The raise would end on {self.last_day}, before it begins."
            raise BadInput(sentence, f"Give a last day from {self.first_day} on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRaise(RaiseDraft):
    """A raise as the store gives it.

    Attributes:
        id: its key.
        state: where it is.
        asked_at: UTC.
        decided_by: see `Actor.key`; None: nobody has, or it expired by itself.
        decided_at: UTC; None: it is pending.
    """

    id: UUID
    state: RaiseState
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    def in_force(self, day: date) -> bool:
        """Whether it is part of the limit on a day of the budget's zone."""
        return self.state == "approved" and self.first_day <= day <= self.last_day
