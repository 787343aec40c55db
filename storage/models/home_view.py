"""`home_views`: who looks at App Home, and what was published there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class HomeViewRow(Base):
    """One person's Home tab; see `storage.records.home_view`."""

    __tablename__ = "home_views"

    team_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    mark: Mapped[str]
    content: Mapped[str]
    view_hash: Mapped[str]
    published_at: Mapped[datetime | None]
