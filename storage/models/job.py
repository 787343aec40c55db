"""`jobs`: the last run of each job, one row a job and place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class JobRow(Base):
    """One job in one place; see `storage.records.job`."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'failed', 'cancelled')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="end"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[datetime]
    worker: Mapped[str]
    attempts: Mapped[int]
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    error: Mapped[str]
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    is_told: Mapped[bool]
