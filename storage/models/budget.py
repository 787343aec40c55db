"""`budgets`: what people mean to spend at most."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal

_OWN = text("organization IS NULL AND deleted_at IS NULL")
_OF_ONE = text("organization IS NOT NULL AND deleted_at IS NULL")
_THERE = text("deleted_at IS NULL")


class BudgetRow(Base):
    """One budget; see `storage.records.budget`."""

    __tablename__ = "budgets"
    __table_args__ = (
        # NULL equals nothing in a plain UNIQUE, so the deployment's own have an index of theirs.
        Index(
            "uq_budgets_own_name",
            "name_key",
            unique=True,
            sqlite_where=_OWN,
            postgresql_where=_OWN,
        ),
        Index(
            "uq_budgets_organization_name",
            "organization",
            "name_key",
            unique=True,
            sqlite_where=_OF_ONE,
            postgresql_where=_OF_ONE,
        ),
        Index("ix_budgets_name", "name_key", "id", sqlite_where=_THERE, postgresql_where=_THERE),
        CheckConstraint("kind IN ('monthly', 'quarterly', 'annual', 'custom')", name="kind"),
        CheckConstraint("kind <> 'custom' OR end_day IS NOT NULL", name="end"),
        CheckConstraint("end_day IS NULL OR end_day >= start_day", name="days"),
        CheckConstraint("when_unknown IN ('allow', 'deny')", name="when_unknown"),
        CheckConstraint("paused OR paused_until IS NULL", name="pause"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization: Mapped[str | None]
    name: Mapped[str]
    name_key: Mapped[str]
    description: Mapped[str]
    total_limit: Mapped[Decimal] = mapped_column(MoneyDecimal())
    currency: Mapped[str]
    kind: Mapped[str]
    zone: Mapped[str]
    scope: Mapped[str]
    start_day: Mapped[date]
    end_day: Mapped[date | None]
    warning: Mapped[Decimal]
    critical: Mapped[Decimal]
    forecast: Mapped[Decimal | None]
    is_hard: Mapped[bool]
    when_unknown: Mapped[str]
    rollover: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    emails: Mapped[list[str]] = mapped_column(JSON)
    slack_channels: Mapped[list[str]] = mapped_column(JSON)
    slack_users: Mapped[list[str]] = mapped_column(JSON)
    webhooks: Mapped[list[str]] = mapped_column(JSON)
    alerts_enabled: Mapped[bool]
    paused: Mapped[bool]
    paused_until: Mapped[datetime | None]
    version: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]
