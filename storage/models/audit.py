"""`audit_trail`: who decided what; rows are added, and never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class AuditRow(Base):
    """One decision; see `storage.records.audit`."""

    __tablename__ = "audit_trail"
    __table_args__ = (
        Index("ix_audit_trail_object", "object_kind", "object_id", "id"),
        Index("ix_audit_trail_organization", "organization", "id"),
        CheckConstraint("surface IN ('slack', 'cli', 'rest', 'system')", name="surface"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime]
    team_id: Mapped[str]
    user_id: Mapped[str]
    actor_name: Mapped[str]
    surface: Mapped[str]
    organization: Mapped[str | None]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    before: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
