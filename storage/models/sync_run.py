"""`sync_runs`: how each refresh of a machine's mart went."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class SyncRunRow(Base):
    """One refresh; see `storage.records.sync_run`."""

    __tablename__ = "sync_runs"
    __table_args__ = (
        CheckConstraint("outcome IN ('running', 'done', 'failed', 'cancelled')", name="outcome"),
        CheckConstraint("(outcome = 'running') = (ended_at IS NULL)", name="end"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    machine: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]
    error: Mapped[str]
    days_read: Mapped[int]
    days_restated: Mapped[int]
    bytes_billed: Mapped[int] = mapped_column(BigInteger)
