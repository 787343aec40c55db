"""`warehouse_jobs`: what costbot asked of the warehouse, and what was billed for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Double
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class WarehouseJobRow(Base):
    """One query; see `storage.records.warehouse_job`."""

    __tablename__ = "warehouse_jobs"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'refused', 'failed', 'cancelled')", name="outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    seconds: Mapped[float] = mapped_column(Double)
    purpose: Mapped[str]
    project: Mapped[str]
    job_id: Mapped[str | None]
    asked_by: Mapped[str]
    bytes_estimated: Mapped[int | None] = mapped_column(BigInteger)
    bytes_processed: Mapped[int] = mapped_column(BigInteger)
    bytes_billed: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str]
    reason: Mapped[str]
