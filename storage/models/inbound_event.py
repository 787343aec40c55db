"""`inbound_events`: which of Slack's events were heard already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class InboundEventRow(Base):
    """One event that Slack sent, however often it did."""

    __tablename__ = "inbound_events"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
