"""Roles by Slack user group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "user_groups",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("slack_group_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('user', 'org_admin', 'admin')", name=op.f("ck_user_groups_role")
        ),
        sa.CheckConstraint(
            "(role = 'admin') = (organization IS NULL)", name=op.f("ck_user_groups_reach")
        ),
        sa.PrimaryKeyConstraint("team_id", "slack_group_id", name=op.f("pk_user_groups")),
    )


def downgrade() -> None:
    op.drop_table("user_groups")
