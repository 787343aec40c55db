"""`recommendations`: what could be saved, and what was decided about it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal

_LIVE = text("state <> 'archived'")

_LISTED = ("priority_tenths", "savings_micros", "id", "audience", "kind")


class RecommendationRow(Base):
    """One recommendation; see `storage.records.recommendation`."""

    __tablename__ = "recommendations"
    __table_args__ = (
        # The organization is part of what the key is made of.
        Index(
            "uq_recommendations_key", "key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        ),
        # With all that lists are sorted, narrowed and counted by: rows are long, and not read.
        Index("ix_recommendations_organization", "organization", "state", *_LISTED),
        Index("ix_recommendations_state", "state", *_LISTED),
        Index("ix_recommendations_version", "organization", "version"),
        CheckConstraint(
            "state IN ('pending', 'accepted', 'rejected', 'snoozed', 'implemented', 'verified', "
            "'archived', 'expired')",
            name="state",
        ),
        CheckConstraint("audience IN ('user', 'org_admin', 'admin')", name="audience"),
        CheckConstraint("difficulty IN ('easy', 'medium', 'hard')", name="difficulty"),
        CheckConstraint(
            "quality_impact IN ('none', 'low', 'medium', 'high')", name="quality_impact"
        ),
        CheckConstraint("state <> 'snoozed' OR snoozed_until IS NOT NULL", name="snoozed"),
        CheckConstraint("state <> 'rejected' OR dismissed_until IS NOT NULL", name="dismissed"),
        CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted"),
        CheckConstraint("state <> 'implemented' OR implemented_at IS NOT NULL", name="implemented"),
        CheckConstraint("state <> 'verified' OR verified_savings IS NOT NULL", name="verified"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    organization: Mapped[str | None]
    kind: Mapped[str]
    scope: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    variant: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    current_cost: Mapped[Decimal] = mapped_column(MoneyDecimal())
    projected_cost: Mapped[Decimal] = mapped_column(MoneyDecimal())
    savings_low: Mapped[Decimal] = mapped_column(MoneyDecimal())
    savings_likely: Mapped[Decimal] = mapped_column(MoneyDecimal())
    savings_high: Mapped[Decimal] = mapped_column(MoneyDecimal())
    # What lists are sorted by: decimals are text on SQLite, and do not sort.
    savings_micros: Mapped[int] = mapped_column(BigInteger)
    priority_tenths: Mapped[int]
    savings_percent: Mapped[Decimal]
    confidence: Mapped[Decimal]
    difficulty: Mapped[str]
    quality_impact: Mapped[str]
    quality_change: Mapped[Decimal | None]
    action: Mapped[dict[str, object]] = mapped_column(JSON)
    evidence: Mapped[dict[str, object]] = mapped_column(JSON)
    steps: Mapped[list[str]] = mapped_column(JSON)
    formula: Mapped[str]
    source: Mapped[str]
    parts: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    valid_until: Mapped[date]
    evidence_first: Mapped[date]
    evidence_last: Mapped[date]
    audience: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    state_before: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_reason: Mapped[str]
    snoozed_until: Mapped[datetime | None]
    dismissed_until: Mapped[datetime | None]
    assigned_to: Mapped[str | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    implemented_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verified_savings: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    verified_by: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    cards: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    version: Mapped[int]
    # Of the content; None: it was kept before there were digests.
    digest: Mapped[str | None]
