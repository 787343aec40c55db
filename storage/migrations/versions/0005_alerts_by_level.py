"""What was told of a budget is kept level by level, and numbered.

The table is made anew: nothing has written to it before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import MoneyDecimal, UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _make_anew(
        sa.Column("told_at", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    _make_anew(sa.Column("told_at", UtcDateTime(), nullable=True))


def _make_anew(*differing: sa.Column[object]) -> None:
    op.drop_index("ix_budget_alert_states_period_first", "budget_alert_states")
    op.drop_table("budget_alert_states")
    op.create_table(
        "budget_alert_states",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("period_first", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("level_told", sa.Text(), nullable=False),
        *differing,
        sa.Column("forecast_told", sa.Boolean(), nullable=False),
        sa.Column("forecast_told_at", UtcDateTime(), nullable=True),
        sa.Column("limit_told", MoneyDecimal(), nullable=True),
        sa.Column("roots", sa.JSON(), nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("muted_by", sa.Text(), nullable=True),
        sa.Column("muted_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "level_told IN ('ok', 'warning', 'critical', 'exceeded')",
            name=op.f("ck_budget_alert_states_level"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_budget_alert_states_budget_id")
        ),
        sa.PrimaryKeyConstraint("budget_id", "period_first", name=op.f("pk_budget_alert_states")),
    )
    op.create_index("ix_budget_alert_states_period_first", "budget_alert_states", ["period_first"])
