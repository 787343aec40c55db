"""`model_pricing`: what a million tokens cost, from when on, and who said so."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base

_LISTED = text("organization IS NULL")
_NEGOTIATED = text("organization IS NOT NULL")


class PriceRow(Base):
    """One tier of one model's price from one instant on; see `storage.records.price`."""

    __tablename__ = "model_pricing"
    __table_args__ = (
        # NULL equals nothing in a plain UNIQUE, so list prices have an index of their own.
        Index(
            "uq_model_pricing_listed",
            "provider",
            "model",
            "above_input_tokens",
            "effective_from",
            unique=True,
            sqlite_where=_LISTED,
            postgresql_where=_LISTED,
        ),
        Index(
            "uq_model_pricing_negotiated",
            "provider",
            "model",
            "organization",
            "above_input_tokens",
            "effective_from",
            unique=True,
            sqlite_where=_NEGOTIATED,
            postgresql_where=_NEGOTIATED,
        ),
        CheckConstraint("above_input_tokens >= 0", name="tier"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    model: Mapped[str]
    organization: Mapped[str | None]
    above_input_tokens: Mapped[int]
    input: Mapped[Decimal]
    output: Mapped[Decimal]
    cached_input: Mapped[Decimal | None]
    cache_write: Mapped[Decimal | None]
    reasoning: Mapped[Decimal | None]
    batch_input: Mapped[Decimal | None]
    batch_output: Mapped[Decimal | None]
    batch_cached_input: Mapped[Decimal | None]
    batch_cache_write: Mapped[Decimal | None]
    context_window: Mapped[int | None]
    max_output: Mapped[int | None]
    capabilities: Mapped[list[str]] = mapped_column(JSON)
    quality_score: Mapped[Decimal | None]
    quality_source: Mapped[str]
    active: Mapped[bool]
    deprecated_at: Mapped[datetime | None]
    replacement: Mapped[str | None]
    effective_from: Mapped[datetime]
    source: Mapped[str]
    reference: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
