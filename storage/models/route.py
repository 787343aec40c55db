"""`routes`: where incidents are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class RouteRow(Base):
    """One route; see `storage.records.route`."""

    __tablename__ = "routes"
    __table_args__ = (
        CheckConstraint("kind IS NULL OR kind IN ('anomaly', 'rule')", name="kind"),
        CheckConstraint("least IN ('notice', 'warning', 'critical')", name="least"),
        # A number is never given twice: people name routes by it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    organization: Mapped[str | None]
    kind: Mapped[str | None]
    product: Mapped[str | None]
    about_organization: Mapped[str | None]
    least: Mapped[str]
    targets: Mapped[list[list[str]]] = mapped_column(JSON)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
