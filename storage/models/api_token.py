"""`api_tokens`: who may call the REST API; of their secrets only a digest is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class ApiTokenRow(Base):
    """One token; see `storage.records.api_token`."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'org_admin', 'admin')", name="role"),
        # Without an organization a token sees all of them: that is an admin's view alone.
        CheckConstraint("(role = 'admin') = (organization IS NULL)", name="reach"),
        CheckConstraint("expires_at > created_at", name="expiry"),
        CheckConstraint("scope IN ('all', 'ingest')", name="scope"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        Index("ix_api_tokens_organization", "organization", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    organization: Mapped[str | None]
    role: Mapped[str]
    scope: Mapped[str] = mapped_column(server_default="all")
    created_by: Mapped[str]
    created_by_name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
