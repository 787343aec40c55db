"""`savings_opportunities`: where money could be saved, for whoever looks into it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal

_LIVE = text("state IN ('open', 'investigating', 'planned')")


class OpportunityRow(Base):
    """One opportunity; see `storage.records.opportunity`."""

    __tablename__ = "savings_opportunities"
    __table_args__ = (
        Index(
            "uq_savings_opportunities_key",
            "key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_savings_opportunities_key_since", "key", "state_since"),
        Index("ix_savings_opportunities_organization", "organization", "state", "savings_micros"),
        CheckConstraint(
            "state IN ('open', 'investigating', 'planned', 'implemented', 'dismissed', 'expired')",
            name="state",
        ),
        CheckConstraint("last_day >= first_day", name="days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    organization: Mapped[str | None]
    kind: Mapped[str]
    title: Mapped[str]
    affected: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    first_day: Mapped[date]
    last_day: Mapped[date]
    current_cost: Mapped[Decimal] = mapped_column(MoneyDecimal())
    potential_savings: Mapped[Decimal] = mapped_column(MoneyDecimal())
    savings_micros: Mapped[int] = mapped_column(BigInteger)
    confidence: Mapped[Decimal]
    method: Mapped[str]
    data: Mapped[dict[str, object]] = mapped_column(JSON)
    actions: Mapped[list[str]] = mapped_column(JSON)
    hours_to_implement: Mapped[int]
    state: Mapped[str]
    state_since: Mapped[datetime]
    decided_by: Mapped[str | None]
    assigned_to: Mapped[str | None]
    resolution: Mapped[str]
    verified_savings: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    version: Mapped[int]
    # Of the content; None: it was kept before there were digests.
    digest: Mapped[str | None]
