"""Forecasts, kept to be held against what came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import ExactDecimal, MoneyDecimal, UtcDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "cost_forecasts",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("budget_id", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("expected", MoneyDecimal(), nullable=False),
        sa.Column("lower", MoneyDecimal(), nullable=False),
        sa.Column("upper", MoneyDecimal(), nullable=False),
        sa.Column("level", ExactDecimal(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("history_days", sa.Integer(), nullable=False),
        sa.Column("accuracy", ExactDecimal(), nullable=True),
        sa.Column("seasonality", ExactDecimal(), nullable=True),
        sa.Column("trend_direction", sa.Text(), nullable=False),
        sa.Column("trend_strength", ExactDecimal(), nullable=True),
        sa.Column("exhausted_on", sa.Date(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("actual", MoneyDecimal(), nullable=True),
        sa.Column("error", ExactDecimal(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("horizon > 0", name=op.f("ck_cost_forecasts_horizon")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_cost_forecasts_days")),
        sa.CheckConstraint(
            "trend_direction IN ('rising', 'falling', 'flat', 'unknown')",
            name=op.f("ck_cost_forecasts_direction"),
        ),
        sa.CheckConstraint(
            "settled_at IS NULL OR actual IS NOT NULL", name=op.f("ck_cost_forecasts_settled")
        ),
        sa.PrimaryKeyConstraint("subject", "made_on", "horizon", name=op.f("pk_cost_forecasts")),
    )
    op.create_index("ix_cost_forecasts_last_day", "cost_forecasts", ["last_day"])
    op.create_index(
        "ix_cost_forecasts_open",
        "cost_forecasts",
        ["last_day"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_cost_forecasts_budget",
        "cost_forecasts",
        ["budget_id", "first_day"],
        sqlite_where=sa.text("budget_id IS NOT NULL"),
        postgresql_where=sa.text("budget_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("cost_forecasts")
