"""`user_groups`: who the members of a Slack user group are to costbot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class UserGroupRow(Base):
    """One user group of one Slack workspace; see `storage.records.user_group`."""

    __tablename__ = "user_groups"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'org_admin', 'admin')", name="role"),
        # As with people: without an organization its members see all of them.
        CheckConstraint("(role = 'admin') = (organization IS NULL)", name="reach"),
    )

    team_id: Mapped[str] = mapped_column(primary_key=True)
    slack_group_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    organization: Mapped[str | None]
    role: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
