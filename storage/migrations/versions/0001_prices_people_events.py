"""Prices, people, and Slack's events that were heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import ExactDecimal, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "model_pricing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("above_input_tokens", sa.Integer(), nullable=False),
        sa.Column("input", ExactDecimal(), nullable=False),
        sa.Column("output", ExactDecimal(), nullable=False),
        sa.Column("cached_input", ExactDecimal(), nullable=True),
        sa.Column("cache_write", ExactDecimal(), nullable=True),
        sa.Column("reasoning", ExactDecimal(), nullable=True),
        sa.Column("batch_input", ExactDecimal(), nullable=True),
        sa.Column("batch_output", ExactDecimal(), nullable=True),
        sa.Column("context_window", sa.Integer(), nullable=True),
        sa.Column("max_output", sa.Integer(), nullable=True),
        sa.Column("capabilities", sa.JSON(), nullable=False),
        sa.Column("quality_score", ExactDecimal(), nullable=True),
        sa.Column("quality_source", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deprecated_at", UtcDateTime(), nullable=True),
        sa.Column("replacement", sa.Text(), nullable=True),
        sa.Column("effective_from", UtcDateTime(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("above_input_tokens >= 0", name=op.f("ck_model_pricing_tier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_pricing")),
    )
    listed = sa.text("organization IS NULL")
    op.create_index(
        "uq_model_pricing_listed",
        "model_pricing",
        ["provider", "model", "above_input_tokens", "effective_from"],
        unique=True,
        sqlite_where=listed,
        postgresql_where=listed,
    )
    negotiated = sa.text("organization IS NOT NULL")
    op.create_index(
        "uq_model_pricing_negotiated",
        "model_pricing",
        ["provider", "model", "organization", "above_input_tokens", "effective_from"],
        unique=True,
        sqlite_where=negotiated,
        postgresql_where=negotiated,
    )
    op.create_table(
        "people",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("slack_user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('user', 'org_admin', 'admin')", name=op.f("ck_people_role")),
        sa.CheckConstraint(
            "(role = 'admin') = (organization IS NULL)", name=op.f("ck_people_reach")
        ),
        sa.PrimaryKeyConstraint("team_id", "slack_user_id", name=op.f("pk_people")),
    )
    op.create_table(
        "inbound_events",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbound_events")),
    )
    op.create_index("ix_inbound_events_seen_at", "inbound_events", ["seen_at"])


def downgrade() -> None:
    op.drop_table("inbound_events")
    op.drop_table("people")
    op.drop_table("model_pricing")
