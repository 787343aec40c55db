"""Tokens that send usage and do nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_CHECK = "ck_api_tokens_scope"


def upgrade() -> None:
    with op.batch_alter_table("api_tokens") as table:
        table.add_column(sa.Column("scope", sa.Text(), nullable=False, server_default="all"))
        table.create_check_constraint(op.f(_CHECK), "scope IN ('all', 'ingest')")


def downgrade() -> None:
    # What was made to send usage alone must not come to reach more.
    op.execute("DELETE FROM api_tokens WHERE scope = 'ingest'")
    with op.batch_alter_table("api_tokens") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.drop_column("scope")
