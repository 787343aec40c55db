"""`people`: who a Slack user is to costbot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class PersonRow(Base):
    """One person in one Slack workspace; see `storage.records.person`."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'org_admin', 'admin')", name="role"),
        # Without an organization a person sees all of them: that is an admin's view alone.
        CheckConstraint("(role = 'admin') = (organization IS NULL)", name="reach"),
    )

    team_id: Mapped[str] = mapped_column(primary_key=True)
    slack_user_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    organization: Mapped[str | None]
    role: Mapped[str]
    zone: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
