"""`cost_forecasts`: what was foreseen, and what came."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal

_OPEN = text("settled_at IS NULL")
_OF_BUDGET = text("budget_id IS NOT NULL")


class ForecastRow(Base):
    """One forecast; see `storage.records.forecast`."""

    __tablename__ = "cost_forecasts"
    __table_args__ = (
        Index("ix_cost_forecasts_last_day", "last_day"),
        Index("ix_cost_forecasts_open", "last_day", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_cost_forecasts_budget",
            "budget_id",
            "first_day",
            sqlite_where=_OF_BUDGET,
            postgresql_where=_OF_BUDGET,
        ),
        CheckConstraint("horizon > 0", name="horizon"),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint(
            "trend_direction IN ('rising', 'falling', 'flat', 'unknown')", name="direction"
        ),
        CheckConstraint("settled_at IS NULL OR actual IS NOT NULL", name="settled"),
    )

    subject: Mapped[str] = mapped_column(primary_key=True)
    made_on: Mapped[date] = mapped_column(primary_key=True)
    horizon: Mapped[int] = mapped_column(primary_key=True)
    organization: Mapped[str | None]
    budget_id: Mapped[UUID | None]
    scope: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    expected: Mapped[Decimal] = mapped_column(MoneyDecimal())
    lower: Mapped[Decimal] = mapped_column(MoneyDecimal())
    upper: Mapped[Decimal] = mapped_column(MoneyDecimal())
    level: Mapped[Decimal]
    model: Mapped[str]
    history_days: Mapped[int]
    accuracy: Mapped[Decimal | None]
    seasonality: Mapped[Decimal | None]
    trend_direction: Mapped[str]
    trend_strength: Mapped[Decimal | None]
    exhausted_on: Mapped[date | None]
    made_at: Mapped[datetime]
    actual: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    error: Mapped[Decimal | None]
    held: Mapped[bool | None]
    settled_at: Mapped[datetime | None]
