"""`deliveries`: the outbox, one row for each message that costbot starts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base

_WAITING = text("state IN ('due', 'claimed', 'uncertain')")


class DeliveryRow(Base):
    """One message; see `storage.records.delivery`."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_next_at",
            "next_at",
            "id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_deliveries_order_group",
            "order_group",
            "id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_deliveries_state", "state", "id"),
        CheckConstraint("channel IN ('slack', 'email', 'webhook', 'linear')", name="channel"),
        CheckConstraint(
            "state IN ('due', 'claimed', 'sent', 'uncertain', 'dead', 'cancelled')", name="state"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        # A number is never given twice, not even after the newest row was forgotten.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    address: Mapped[str]
    workspace: Mapped[str] = mapped_column(server_default=text("''"))
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    order_group: Mapped[str | None]
    digest: Mapped[str]
    state: Mapped[str]
    may_be_sent: Mapped[bool]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    remote_id: Mapped[str | None]
    last_error: Mapped[str]
    created_at: Mapped[datetime]
