"""`workspaces` and `oauth_states`: where costbot is installed, and installations under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class WorkspaceRow(Base):
    """One workspace; see `storage.records.workspace`."""

    __tablename__ = "workspaces"
    __table_args__ = (
        CheckConstraint("role IS NULL OR role IN ('user', 'org_admin')", name="role"),
        # What was removed keeps no token.
        CheckConstraint("removed_at IS NULL OR sealed IS NULL", name="removed"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    enterprise_id: Mapped[str | None]
    sealed: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    bot_user_id: Mapped[str]
    bot_id: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    installed_by: Mapped[str]
    installed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_why: Mapped[str]
    organization: Mapped[str | None]
    role: Mapped[str | None]
    version: Mapped[int]


class OAuthStateRow(Base):
    """A state that was given to a browser and has not come back."""

    __tablename__ = "oauth_states"
    __table_args__ = (Index("ix_oauth_states_expires_at", "expires_at"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
