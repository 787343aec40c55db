"""`kept_answers`: what was answered to requests that had a key, so that none is done twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class KeptAnswerRow(Base):
    """One key of one caller's; see `storage.records.kept_answer`."""

    __tablename__ = "kept_answers"
    __table_args__ = (
        CheckConstraint("(status IS NULL) = (body IS NULL)", name="answered"),
        CheckConstraint("(status IS NULL) = (headers IS NULL)", name="headed"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organization: Mapped[str | None]
    caller: Mapped[str]
    fingerprint: Mapped[str]
    attempt: Mapped[UUID]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    body: Mapped[str | None]
