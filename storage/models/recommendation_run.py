"""`recommendation_runs`: when recommendations were drawn, and from what."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class RecommendationRunRow(Base):
    """One run; see `storage.records.recommendation_run`."""

    __tablename__ = "recommendation_runs"
    __table_args__ = (
        Index("ix_recommendation_runs_finished_at", "finished_at"),
        CheckConstraint("last_day >= first_day", name="days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(unique=True)
    organization: Mapped[str | None]
    first_day: Mapped[date]
    last_day: Mapped[date]
    began_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    failed: Mapped[list[str]] = mapped_column(JSON)
