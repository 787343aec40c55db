"""Alert rules: what people want to hear of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0014"
down_revision = "0013"

_KINDS = (
    "kind IN ('absolute', 'relative', 'request cost', 'failure cost', 'unpriced', "
    "'freshness', 'utilization')"
)


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("each_dimension", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("customers_only", sa.Boolean(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("remind_seconds", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_alert_rules_kind")),
        sa.CheckConstraint("paused OR paused_until IS NULL", name=op.f("ck_alert_rules_pause")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rules")),
    )
    _index("uq_alert_rules_own_name", ["name_key"], "organization IS NULL AND deleted_at IS NULL")
    _index(
        "uq_alert_rules_organization_name",
        ["organization", "name_key"],
        "organization IS NOT NULL AND deleted_at IS NULL",
    )
    _index("ix_alert_rules_name", ["name_key", "id"], "deleted_at IS NULL", unique=False)


def _index(name: str, columns: list[str], where: str, *, unique: bool = True) -> None:
    op.create_index(
        name,
        "alert_rules",
        columns,
        unique=unique,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def downgrade() -> None:
    op.drop_table("alert_rules")
