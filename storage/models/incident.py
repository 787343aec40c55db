"""`incidents`: subjects that are, or were, in trouble, and what was told of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal

_OPEN = text("closed_at IS NULL")


class IncidentRow(Base):
    """One incident; see `storage.records.incident`."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "uq_incidents_open_subject",
            "subject",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_incidents_open_kind", "kind", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_incidents_closed_at", "closed_at"),
        Index("ix_incidents_rule_id", "rule_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("kind IN ('anomaly', 'rule')", name="kind"),
        CheckConstraint(
            "level IN ('ok', 'notice', 'warning', 'critical', 'no data')", name="level"
        ),
        CheckConstraint("worst IN ('ok', 'notice', 'warning', 'critical')", name="worst"),
        CheckConstraint("level_told IN ('ok', 'notice', 'warning', 'critical')", name="level_told"),
        CheckConstraint(
            "label IS NULL OR label IN ('real', 'expected', 'planned', 'too_small')", name="label"
        ),
        CheckConstraint("(label IS NULL) = (labelled_at IS NULL)", name="labelled"),
        CheckConstraint("(acknowledged_by IS NULL) = (acknowledged_at IS NULL)", name="seen"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str]
    kind: Mapped[str]
    organization: Mapped[str | None]
    about_organization: Mapped[str | None]
    product: Mapped[str | None]
    rule_id: Mapped[UUID | None]
    level: Mapped[str]
    worst: Mapped[str]
    level_told: Mapped[str]
    no_data_told: Mapped[bool]
    day: Mapped[date | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    good_looks: Mapped[int]
    calm_looks: Mapped[int]
    sequence: Mapped[int]
    usd: Mapped[Decimal] = mapped_column(MoneyDecimal())
    usd_in_all: Mapped[Decimal] = mapped_column(MoneyDecimal())
    story: Mapped[dict[str, object]] = mapped_column(JSON)
    last_word: Mapped[str]
    telling: Mapped[dict[str, object]] = mapped_column(JSON)
    label: Mapped[str | None]
    labelled_by: Mapped[str | None]
    labelled_at: Mapped[datetime | None]
    note: Mapped[str]
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    muted_by: Mapped[str | None]
    muted_until: Mapped[datetime | None]
    roots: Mapped[dict[str, str]] = mapped_column(JSON)
    version: Mapped[int]
