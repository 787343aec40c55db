"""Digests, and the slots in which they were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("at_time", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("customers_only", sa.Boolean(), nullable=False),
        sa.Column("skip_quiet", sa.Boolean(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("stopped", sa.Text(), nullable=False),
        sa.Column("last_slot", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('daily', 'weekly', 'monthly')", name=op.f("ck_digests_frequency")
        ),
        sa.CheckConstraint("role IN ('user', 'org_admin', 'admin')", name=op.f("ck_digests_role")),
        sa.CheckConstraint("theme IN ('light', 'dark')", name=op.f("ck_digests_theme")),
        sa.CheckConstraint("day BETWEEN 0 AND 31", name=op.f("ck_digests_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
    )
    op.create_index("ix_digests_owner", "digests", ["team_id", "owner"])
    op.create_index("ix_digests_organization", "digests", ["organization"])
    op.create_table(
        "digest_slots",
        sa.Column("digest_id", sa.Uuid(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'skipped', 'refused')", name=op.f("ck_digest_slots_outcome")
        ),
        sa.CheckConstraint(
            "(outcome = 'sent') = (reason = '')", name=op.f("ck_digest_slots_reason")
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_digest_slots_digest_id")
        ),
        sa.PrimaryKeyConstraint("digest_id", "local_date", name=op.f("pk_digest_slots")),
    )
    op.create_index("ix_digest_slots_due_at", "digest_slots", ["due_at"])


def downgrade() -> None:
    op.drop_table("digest_slots")
    op.drop_table("digests")
