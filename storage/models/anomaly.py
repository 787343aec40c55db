"""What is kept of anomalies: `anomaly_labels`, `anomaly_findings`, `anomaly_looks`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Double, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal

_LIVE = text("undone_at IS NULL")


class AnomalyLabelRow(Base):
    """What somebody said; see `storage.records.anomaly`."""

    __tablename__ = "anomaly_labels"
    __table_args__ = (
        Index(
            "uq_anomaly_labels_live",
            "subject",
            "day",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_anomaly_labels_made_at", "made_at"),
        CheckConstraint(
            "kind IN ('real', 'expected', 'planned', 'too_small', 'mute')", name="kind"
        ),
        CheckConstraint("(undone_by IS NULL) = (undone_at IS NULL)", name="undone"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    series: Mapped[list[str]] = mapped_column(JSON)
    organization: Mapped[str | None]
    subject: Mapped[str]
    day: Mapped[date]
    left_out_first: Mapped[date | None]
    left_out_last: Mapped[date | None]
    silent_first: Mapped[date | None]
    silent_last: Mapped[date | None]
    most_usd: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    rises: Mapped[bool | None]
    floor_usd: Mapped[Decimal | None] = mapped_column(MoneyDecimal())
    muted_until: Mapped[datetime | None]
    note: Mapped[str]
    incident_id: Mapped[UUID | None]
    made_by: Mapped[str]
    made_by_name: Mapped[str]
    made_at: Mapped[datetime]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]


class AnomalyFindingRow(Base):
    """What was found of a series on a day; see `storage.records.anomaly`."""

    __tablename__ = "anomaly_findings"
    __table_args__ = (
        UniqueConstraint("series", "day"),
        Index("ix_anomaly_findings_day", "day", "organization"),
        CheckConstraint(
            "outcome IN ('told', 'together', 'part', 'silent', 'before')", name="outcome"
        ),
        CheckConstraint("outcome <> 'part' OR part_of IS NOT NULL", name="part"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series: Mapped[str]
    organization: Mapped[str | None]
    dimension: Mapped[str | None]
    member: Mapped[str | None]
    measure: Mapped[str]
    day: Mapped[date]
    since: Mapped[date]
    shape: Mapped[str]
    level: Mapped[str]
    actual: Mapped[float] = mapped_column(Double())
    expected: Mapped[float] = mapped_column(Double())
    lower: Mapped[float] = mapped_column(Double())
    upper: Mapped[float] = mapped_column(Double())
    score: Mapped[float] = mapped_column(Double())
    usd: Mapped[Decimal] = mapped_column(MoneyDecimal())
    history_days: Mapped[int]
    outcome: Mapped[str]
    part_of: Mapped[str | None]
    description: Mapped[str]
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class AnomalyLookRow(Base):
    """A look at all series; see `storage.repositories.anomaly_looks`."""

    __tablename__ = "anomaly_looks"
    __table_args__ = (Index("ix_anomaly_looks_day", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(unique=True)
    day: Mapped[date]
    began_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
