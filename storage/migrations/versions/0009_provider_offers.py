"""What providers offer beside their lists, and who has taken it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import ExactDecimal, MoneyDecimal, UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "provider_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("effective_from", UtcDateTime(), nullable=False),
        sa.Column("effective_until", UtcDateTime(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("discount", ExactDecimal(), nullable=False),
        sa.Column("from_usd", MoneyDecimal(), nullable=True),
        sa.Column("from_tokens", sa.BigInteger(), nullable=True),
        sa.Column("beyond_only", sa.Boolean(), nullable=False),
        sa.Column("unit_usd", MoneyDecimal(), nullable=True),
        sa.Column("tokens_per_minute", sa.BigInteger(), nullable=True),
        sa.Column("output_weight", ExactDecimal(), nullable=False),
        sa.Column("cached_weight", ExactDecimal(), nullable=False),
        sa.Column("least_units", sa.BigInteger(), nullable=False),
        sa.Column("term_months", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('volume_discount', 'commitment', 'provisioned_throughput', 'service_tier')",
            name=op.f("ck_provider_offers_kind"),
        ),
        sa.CheckConstraint(
            "kind <> 'provisioned_throughput' OR "
            "(unit_usd IS NOT NULL AND tokens_per_minute IS NOT NULL)",
            name=op.f("ck_provider_offers_throughput"),
        ),
        sa.CheckConstraint(
            "kind <> 'commitment' OR from_usd IS NOT NULL",
            name=op.f("ck_provider_offers_commitment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_offers")),
    )
    op.create_index("ix_provider_offers_provider", "provider_offers", ["provider"])
    op.create_table(
        "offer_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("units >= 1", name=op.f("ck_offer_subscriptions_units")),
        sa.CheckConstraint(
            "until IS NULL OR until > since", name=op.f("ck_offer_subscriptions_until")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["provider_offers.id"], name=op.f("fk_offer_subscriptions_offer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_subscriptions")),
    )
    op.create_index("ix_offer_subscriptions_offer_id", "offer_subscriptions", ["offer_id"])


def downgrade() -> None:
    op.drop_table("offer_subscriptions")
    op.drop_table("provider_offers")
