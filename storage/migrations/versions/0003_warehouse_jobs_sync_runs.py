"""What costbot itself asked of the warehouse, and how its refreshes of the mart went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "warehouse_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Double[float](), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("bytes_estimated", sa.BigInteger(), nullable=True),
        sa.Column("bytes_processed", sa.BigInteger(), nullable=False),
        sa.Column("bytes_billed", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'refused', 'failed', 'cancelled')",
            name=op.f("ck_warehouse_jobs_outcome"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_jobs")),
    )
    op.create_index("ix_warehouse_jobs_started_at", "warehouse_jobs", ["started_at"])
    op.create_table(
        "sync_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("days_read", sa.Integer(), nullable=False),
        sa.Column("days_restated", sa.Integer(), nullable=False),
        sa.Column("bytes_billed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_sync_runs_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome = 'running') = (ended_at IS NULL)", name=op.f("ck_sync_runs_end")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_runs")),
    )
    op.create_index("ix_sync_runs_begun_at", "sync_runs", ["begun_at"])


def downgrade() -> None:
    op.drop_table("sync_runs")
    op.drop_table("warehouse_jobs")
