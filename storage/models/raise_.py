"""`budget_raises`: limits raised for some days, and those asked for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal


class BudgetRaiseRow(Base):
    """One raise; see `storage.records.raise_`."""

    __tablename__ = "budget_raises"
    __table_args__ = (
        Index("ix_budget_raises_budget_id", "budget_id", "asked_at"),
        Index("ix_budget_raises_state", "state", "last_day"),
        CheckConstraint(
            "state IN ('pending', 'approved', 'rejected', 'expired', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decision"),
        CheckConstraint("last_day >= first_day", name="days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budgets.id"))
    amount: Mapped[Decimal] = mapped_column(MoneyDecimal())
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
