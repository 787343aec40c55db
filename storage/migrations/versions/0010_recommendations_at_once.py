"""What keeping and listing many recommendations at once needs: digests, and indexes that cover."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_PLACE = ["priority_tenths", "savings_micros"]


def upgrade() -> None:
    for table in ("recommendations", "savings_opportunities"):
        op.add_column(table, sa.Column("digest", sa.Text(), nullable=True))
    _sorted_by(["state"], ["organization", "state"], ending=["id", "audience", "kind"])
    op.create_index("ix_recommendations_version", "recommendations", ["organization", "version"])


def downgrade() -> None:
    op.drop_index("ix_recommendations_version", "recommendations")
    _sorted_by(["state"], ["organization", "state"], ending=[])
    for table in ("savings_opportunities", "recommendations"):
        op.drop_column(table, "digest")


def _sorted_by(*beginnings: list[str], ending: list[str]) -> None:
    for columns in beginnings:
        name = f"ix_recommendations_{columns[0]}"
        op.drop_index(name, "recommendations")
        op.create_index(name, "recommendations", [*columns, *_PLACE, *ending])
