"""The first price list: `storage/seeds/model_pricing.toml`, with its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.seeds import first_prices
from storage.types import ExactDecimal, UtcDateTime

revision = "0002"
down_revision = "0001"

_PRICING = sa.table(
    "model_pricing",
    sa.column("id", sa.Uuid()),
    sa.column("provider", sa.Text()),
    sa.column("model", sa.Text()),
    sa.column("organization", sa.Text()),
    sa.column("above_input_tokens", sa.Integer()),
    sa.column("input", ExactDecimal()),
    sa.column("output", ExactDecimal()),
    sa.column("cached_input", ExactDecimal()),
    sa.column("cache_write", ExactDecimal()),
    sa.column("reasoning", ExactDecimal()),
    sa.column("batch_input", ExactDecimal()),
    sa.column("batch_output", ExactDecimal()),
    sa.column("context_window", sa.Integer()),
    sa.column("max_output", sa.Integer()),
    sa.column("capabilities", sa.JSON()),
    sa.column("quality_score", ExactDecimal()),
    sa.column("quality_source", sa.Text()),
    sa.column("active", sa.Boolean()),
    sa.column("deprecated_at", UtcDateTime()),
    sa.column("replacement", sa.Text()),
    sa.column("effective_from", UtcDateTime()),
    sa.column("source", sa.Text()),
    sa.column("reference", sa.Text()),
    sa.column("created_by", sa.Text()),
    sa.column("created_at", UtcDateTime()),
)


def upgrade() -> None:
    op.bulk_insert(_PRICING, first_prices())


def downgrade() -> None:
    keys = [row["id"] for row in first_prices()]
    op.execute(sa.delete(_PRICING).where(_PRICING.c.id.in_(keys)))
