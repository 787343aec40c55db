"""`digests` and `digest_slots`: what is sent when, and what became of each time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class DigestRow(Base):
    """One digest; see `storage.records.digest`."""

    __tablename__ = "digests"
    __table_args__ = (
        Index("ix_digests_owner", "team_id", "owner"),
        Index("ix_digests_organization", "organization"),
        CheckConstraint("frequency IN ('daily', 'weekly', 'monthly')", name="frequency"),
        CheckConstraint("role IN ('user', 'org_admin', 'admin')", name="role"),
        CheckConstraint("theme IN ('light', 'dark')", name="theme"),
        CheckConstraint("day BETWEEN 0 AND 31", name="day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[str]
    owner: Mapped[str]
    owner_name: Mapped[str]
    organization: Mapped[str | None]
    role: Mapped[str]
    address: Mapped[str]
    frequency: Mapped[str]
    at_time: Mapped[str]
    zone: Mapped[str]
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    day: Mapped[int]
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    customers_only: Mapped[bool]
    skip_quiet: Mapped[bool]
    theme: Mapped[str]
    paused: Mapped[bool]
    since: Mapped[datetime]
    stopped: Mapped[str]
    last_slot: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int]


class DigestSlotRow(Base):
    """One slot: its row is the claim, whoever adds it sends."""

    __tablename__ = "digest_slots"
    __table_args__ = (
        Index("ix_digest_slots_due_at", "due_at"),
        CheckConstraint("outcome IN ('sent', 'skipped', 'refused')", name="outcome"),
        CheckConstraint("(outcome = 'sent') = (reason = '')", name="reason"),
    )

    digest_id: Mapped[UUID] = mapped_column(ForeignKey("digests.id"), primary_key=True)
    local_date: Mapped[date] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
