"""Newer models: `storage/seeds/newer_models.toml`, and prices of caches in batches.

What a deployment has on its list already stays as it is: a model that it gave a list price to is
left out with all its dates.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.seeds import newer_facts, newer_prices
from storage.types import ExactDecimal, UtcDateTime

revision = "0007"
down_revision = "0006"

_CACHES_IN_BATCHES = ("batch_cached_input", "batch_cache_write")

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
    sa.column("batch_cached_input", ExactDecimal()),
    sa.column("batch_cache_write", ExactDecimal()),
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
    for name in _CACHES_IN_BATCHES:
        op.add_column("model_pricing", sa.Column(name, ExactDecimal(), nullable=True))
    listed = sa.select(_PRICING.c.provider, _PRICING.c.model).where(
        _PRICING.c.organization.is_(None)
    )
    there = {(row.provider, row.model) for row in op.get_bind().execute(listed)}
    rows = [row for row in newer_prices() if (row["provider"], row["model"]) not in there]
    op.bulk_insert(_PRICING, rows)
    for facts in newer_facts():
        _rewrite(facts.key, facts.before, facts.after)


def downgrade() -> None:
    for facts in newer_facts():
        _rewrite(facts.key, facts.after, facts.before)
    keys = [row["id"] for row in newer_prices()]
    op.execute(sa.delete(_PRICING).where(_PRICING.c.id.in_(keys)))
    for name in _CACHES_IN_BATCHES:
        op.drop_column("model_pricing", name)


def _rewrite(key: object, before: dict[str, object], after: dict[str, object]) -> None:
    """Tells a row what is known by now, unless somebody wrote something else there."""
    as_it_was = (_PRICING.c[name].is_not_distinct_from(value) for name, value in before.items())
    op.execute(sa.update(_PRICING).where(_PRICING.c.id == key, *as_it_was).values(after))
