"""`savings_measurements`: what recommendations have saved so far, day by day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal


class SavingsMeasurementRow(Base):
    """One recommendation on one day; see `storage.records.savings_measurement`."""

    __tablename__ = "savings_measurements"
    __table_args__ = (
        CheckConstraint("state IN ('not_seen_yet', 'seen', 'not_measurable')", name="state"),
        CheckConstraint("state <> 'seen' OR measured_likely IS NOT NULL", name="measured"),
    )

    recommendation_id: Mapped[UUID] = mapped_column(
        ForeignKey("recommendations.id"), primary_key=True
    )
    as_of: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str]
    promised: Mapped[Decimal] = mapped_column(MoneyDecimal())
    measured_low: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    measured_likely: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    measured_high: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    method: Mapped[str]
    control: Mapped[str]
    days: Mapped[int]
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    measured_at: Mapped[datetime]
