"""`audit_trail`: who decided what; rows are added, and never changed.

`audit_cuts`: how much of its beginning may be forgotten.
"""

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
        Index("ix_audit_trail_at", "at"),
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
    request_id: Mapped[str | None]


class AuditCutRow(Base):
    """What may be forgotten: all that was decided before an instant.

    The database removes no row of the trail that is not before one of these.
    """

    __tablename__ = "audit_cuts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    before: Mapped[datetime]
    declared_at: Mapped[datetime]
    declared_by: Mapped[str]
