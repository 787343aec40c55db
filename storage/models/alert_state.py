"""`budget_alert_states`: what was told about each period of each budget."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal


class AlertStateRow(Base):
    """One period of one budget; see `storage.records.alert_state`."""

    __tablename__ = "budget_alert_states"
    __table_args__ = (
        CheckConstraint("level_told IN ('ok', 'warning', 'critical', 'exceeded')", name="level"),
    )

    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budgets.id"), primary_key=True)
    period_first: Mapped[date] = mapped_column(primary_key=True, index=True)
    version: Mapped[int]
    level_told: Mapped[str]
    told_at: Mapped[dict[str, str]] = mapped_column(JSON)
    sequence: Mapped[int]
    forecast_told: Mapped[bool]
    forecast_told_at: Mapped[datetime | None]
    limit_told: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    roots: Mapped[dict[str, str]] = mapped_column(JSON)
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    muted_by: Mapped[str | None]
    muted_until: Mapped[datetime | None]
