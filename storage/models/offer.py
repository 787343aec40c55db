"""`provider_offers` and `offer_subscriptions`: what is offered beside the list, and to whom."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal


class OfferRow(Base):
    """One offer; see `storage.records.offer`."""

    __tablename__ = "provider_offers"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('volume_discount', 'commitment', 'provisioned_throughput', 'service_tier')",
            name="kind",
        ),
        CheckConstraint(
            "kind <> 'provisioned_throughput' OR "
            "(unit_usd IS NOT NULL AND tokens_per_minute IS NOT NULL)",
            name="throughput",
        ),
        CheckConstraint("kind <> 'commitment' OR from_usd IS NOT NULL", name="commitment"),
        Index("ix_provider_offers_provider", "provider"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    provider: Mapped[str]
    models: Mapped[list[str]] = mapped_column(JSON)
    organization: Mapped[str | None]
    effective_from: Mapped[datetime]
    effective_until: Mapped[datetime | None]
    reference: Mapped[str]
    discount: Mapped[Decimal]
    from_usd: Mapped[Decimal | None] = mapped_column(MoneyDecimal)
    from_tokens: Mapped[int | None] = mapped_column(BigInteger)
    beyond_only: Mapped[bool]
    unit_usd: Mapped[Decimal | None] = mapped_column(MoneyDecimal)
    tokens_per_minute: Mapped[int | None] = mapped_column(BigInteger)
    output_weight: Mapped[Decimal]
    cached_weight: Mapped[Decimal]
    least_units: Mapped[int] = mapped_column(BigInteger)
    term_months: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class OfferSubscriptionRow(Base):
    """One organization's taking of an offer."""

    __tablename__ = "offer_subscriptions"
    __table_args__ = (
        CheckConstraint("units >= 1", name="units"),
        CheckConstraint("until IS NULL OR until > since", name="until"),
        Index("ix_offer_subscriptions_offer_id", "offer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("provider_offers.id"))
    organization: Mapped[str | None]
    units: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
