"""`alert_rules`: what people want to hear of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base

_OWN = text("organization IS NULL AND deleted_at IS NULL")
_OF_ONE = text("organization IS NOT NULL AND deleted_at IS NULL")
_THERE = text("deleted_at IS NULL")


class AlertRuleRow(Base):
    """One rule; see `storage.records.alert_rule`."""

    __tablename__ = "alert_rules"
    __table_args__ = (
        # NULL equals nothing in a plain UNIQUE, so the deployment's own have an index of theirs.
        Index(
            "uq_alert_rules_own_name",
            "name_key",
            unique=True,
            sqlite_where=_OWN,
            postgresql_where=_OWN,
        ),
        Index(
            "uq_alert_rules_organization_name",
            "organization",
            "name_key",
            unique=True,
            sqlite_where=_OF_ONE,
            postgresql_where=_OF_ONE,
        ),
        Index(
            "ix_alert_rules_name", "name_key", "id", sqlite_where=_THERE, postgresql_where=_THERE
        ),
        CheckConstraint(
            "kind IN ('absolute', 'relative', 'request cost', 'failure cost', 'unpriced', "
            "'freshness', 'utilization')",
            name="kind",
        ),
        CheckConstraint("paused OR paused_until IS NULL", name="pause"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization: Mapped[str | None]
    name: Mapped[str]
    name_key: Mapped[str]
    kind: Mapped[str]
    terms: Mapped[dict[str, object]] = mapped_column(JSON)
    zone: Mapped[str]
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    each_dimension: Mapped[str | None]
    source: Mapped[str | None]
    customers_only: Mapped[bool]
    targets: Mapped[list[list[str]]] = mapped_column(JSON)
    remind_seconds: Mapped[int | None]
    paused: Mapped[bool]
    paused_until: Mapped[datetime | None]
    fault: Mapped[str | None]
    version: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
