"""Recommendations, what they have saved, opportunities, and when they were drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import ExactDecimal, MoneyDecimal, UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _recommendations()
    _measurements()
    _opportunities()
    _runs()


def _recommendations() -> None:
    op.create_table(
        "recommendations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("current_cost", MoneyDecimal(), nullable=False),
        sa.Column("projected_cost", MoneyDecimal(), nullable=False),
        sa.Column("savings_low", MoneyDecimal(), nullable=False),
        sa.Column("savings_likely", MoneyDecimal(), nullable=False),
        sa.Column("savings_high", MoneyDecimal(), nullable=False),
        sa.Column("savings_micros", sa.BigInteger(), nullable=False),
        sa.Column("priority_tenths", sa.Integer(), nullable=False),
        sa.Column("savings_percent", ExactDecimal(), nullable=False),
        sa.Column("confidence", ExactDecimal(), nullable=False),
        sa.Column("difficulty", sa.Text(), nullable=False),
        sa.Column("quality_impact", sa.Text(), nullable=False),
        sa.Column("quality_change", ExactDecimal(), nullable=True),
        sa.Column("action", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("evidence_first", sa.Date(), nullable=False),
        sa.Column("evidence_last", sa.Date(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("dismissed_until", UtcDateTime(), nullable=True),
        sa.Column("assigned_to", sa.Text(), nullable=True),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("implemented_at", UtcDateTime(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("verified_savings", MoneyDecimal(), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("cards", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'accepted', 'rejected', 'snoozed', 'implemented', 'verified', "
            "'archived', 'expired')",
            name=op.f("ck_recommendations_state"),
        ),
        sa.CheckConstraint(
            "audience IN ('user', 'org_admin', 'admin')", name=op.f("ck_recommendations_audience")
        ),
        sa.CheckConstraint(
            "difficulty IN ('easy', 'medium', 'hard')", name=op.f("ck_recommendations_difficulty")
        ),
        sa.CheckConstraint(
            "quality_impact IN ('none', 'low', 'medium', 'high')",
            name=op.f("ck_recommendations_quality_impact"),
        ),
        *(
            sa.CheckConstraint(
                f"state <> '{state}' OR {column} IS NOT NULL",
                name=op.f(f"ck_recommendations_{name}"),
            )
            for state, column, name in (
                ("snoozed", "snoozed_until", "snoozed"),
                ("rejected", "dismissed_until", "dismissed"),
                ("accepted", "accepted_at", "accepted"),
                ("implemented", "implemented_at", "implemented"),
                ("verified", "verified_savings", "verified"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendations")),
    )
    live = sa.text("state <> 'archived'")
    op.create_index(
        "uq_recommendations_key",
        "recommendations",
        ["key"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    sorted_by = ["state", "priority_tenths", "savings_micros"]
    op.create_index(
        "ix_recommendations_organization", "recommendations", ["organization", *sorted_by]
    )
    op.create_index("ix_recommendations_state", "recommendations", sorted_by)


def _measurements() -> None:
    op.create_table(
        "savings_measurements",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("promised", MoneyDecimal(), nullable=False),
        sa.Column("measured_low", MoneyDecimal(), nullable=True),
        sa.Column("measured_likely", MoneyDecimal(), nullable=True),
        sa.Column("measured_high", MoneyDecimal(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("measured_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('not_seen_yet', 'seen', 'not_measurable')",
            name=op.f("ck_savings_measurements_state"),
        ),
        sa.CheckConstraint(
            "state <> 'seen' OR measured_likely IS NOT NULL",
            name=op.f("ck_savings_measurements_measured"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendations.id"],
            name=op.f("fk_savings_measurements_recommendation_id"),
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "as_of", name=op.f("pk_savings_measurements")),
    )


def _opportunities() -> None:
    op.create_table(
        "savings_opportunities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("affected", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("current_cost", MoneyDecimal(), nullable=False),
        sa.Column("potential_savings", MoneyDecimal(), nullable=False),
        sa.Column("savings_micros", sa.BigInteger(), nullable=False),
        sa.Column("confidence", ExactDecimal(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("hours_to_implement", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("assigned_to", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("verified_savings", MoneyDecimal(), nullable=True),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'investigating', 'planned', 'implemented', 'dismissed', 'expired')",
            name=op.f("ck_savings_opportunities_state"),
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_savings_opportunities_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_opportunities")),
    )
    live = sa.text("state IN ('open', 'investigating', 'planned')")
    op.create_index(
        "uq_savings_opportunities_key",
        "savings_opportunities",
        ["key"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index(
        "ix_savings_opportunities_key_since", "savings_opportunities", ["key", "state_since"]
    )
    op.create_index(
        "ix_savings_opportunities_organization",
        "savings_opportunities",
        ["organization", "state", "savings_micros"],
    )


def _runs() -> None:
    op.create_table(
        "recommendation_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_recommendation_runs_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_runs")),
        sa.UniqueConstraint("slot", name=op.f("uq_recommendation_runs_slot")),
    )
    op.create_index("ix_recommendation_runs_finished_at", "recommendation_runs", ["finished_at"])


def downgrade() -> None:
    op.drop_table("recommendation_runs")
    op.drop_table("savings_opportunities")
    op.drop_table("savings_measurements")
    op.drop_table("recommendations")
