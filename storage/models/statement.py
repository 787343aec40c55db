"""`statement_rules`, `closed_months`, `statement_lines`, `statement_corrections`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import MoneyDecimal

_METHODS = "method IN ('proportional', 'even', 'fixed')"


class StatementRuleRow(Base):
    """One decision on the rule; see `storage.records.statement`."""

    __tablename__ = "statement_rules"
    __table_args__ = (
        CheckConstraint(_METHODS, name="method"),
        CheckConstraint("basis IN ('cost', 'requests', 'gpu_seconds')", name="basis"),
        # A number is never given twice: of two decisions the larger one holds.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    from_month: Mapped[date]
    method: Mapped[str]
    basis: Mapped[str]
    shares: Mapped[dict[str, str]] = mapped_column(JSON)
    set_by: Mapped[str]
    set_by_name: Mapped[str]
    set_at: Mapped[datetime]


class ClosedMonthRow(Base):
    """One closed month."""

    __tablename__ = "closed_months"
    __table_args__ = (
        # Two that close at once would take the same number: the second one is refused.
        Index("uq_closed_months_number", "number", unique=True),
        CheckConstraint(_METHODS, name="method"),
        CheckConstraint("number > 0", name="number"),
    )

    month: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
    zone: Mapped[str]
    method: Mapped[str]
    basis: Mapped[str]
    shares: Mapped[dict[str, str]] = mapped_column(JSON)
    infrastructure: Mapped[Decimal] = mapped_column(MoneyDecimal())
    not_charged: Mapped[Decimal] = mapped_column(MoneyDecimal())
    corrected: Mapped[Decimal] = mapped_column(MoneyDecimal())
    figures: Mapped[dict[str, object]] = mapped_column(JSON)
    requests: Mapped[int] = mapped_column(BigInteger)
    unpriced: Mapped[int] = mapped_column(BigInteger)
    data_from: Mapped[datetime]
    digest: Mapped[str]
    closed_by: Mapped[str]
    closed_by_name: Mapped[str]
    closed_at: Mapped[datetime]


class StatementLineRow(Base):
    """One statement of a closed month, or a team's part of it."""

    __tablename__ = "statement_lines"

    month: Mapped[date] = mapped_column(ForeignKey("closed_months.month"), primary_key=True)
    organization: Mapped[str] = mapped_column(primary_key=True)
    is_team: Mapped[bool] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    gpu: Mapped[Decimal] = mapped_column(MoneyDecimal())
    llm: Mapped[Decimal] = mapped_column(MoneyDecimal())
    other: Mapped[Decimal] = mapped_column(MoneyDecimal())
    idle: Mapped[Decimal] = mapped_column(MoneyDecimal())
    overhead: Mapped[Decimal] = mapped_column(MoneyDecimal())
    unattributed: Mapped[Decimal] = mapped_column(MoneyDecimal())
    shared: Mapped[Decimal] = mapped_column(MoneyDecimal())
    reference: Mapped[Decimal] = mapped_column(MoneyDecimal())
    credits: Mapped[Decimal] = mapped_column(MoneyDecimal())
    requests: Mapped[int] = mapped_column(BigInteger)
    unpriced: Mapped[int] = mapped_column(BigInteger)
    gpu_seconds: Mapped[Decimal] = mapped_column(MoneyDecimal())


class StatementCorrectionRow(Base):
    """One correction of a closed month, billed with a later one."""

    __tablename__ = "statement_corrections"
    __table_args__ = (
        Index("ix_statement_corrections_of_month", "of_month"),
        CheckConstraint("billed_in > of_month", name="order"),
    )

    billed_in: Mapped[date] = mapped_column(ForeignKey("closed_months.month"), primary_key=True)
    of_month: Mapped[date] = mapped_column(ForeignKey("closed_months.month"), primary_key=True)
    organization: Mapped[str] = mapped_column(primary_key=True)
    is_team: Mapped[bool] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    before: Mapped[Decimal] = mapped_column(MoneyDecimal())
    after: Mapped[Decimal] = mapped_column(MoneyDecimal())
