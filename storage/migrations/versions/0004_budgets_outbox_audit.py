"""Budgets, what was told about them, the outbox, and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import ExactDecimal, MoneyDecimal, UtcDateTime

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _budgets()
    _raises()
    _alert_states()
    _deliveries()
    _audit_trail()


def _budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("total_limit", MoneyDecimal(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("start_day", sa.Date(), nullable=False),
        sa.Column("end_day", sa.Date(), nullable=True),
        sa.Column("warning", ExactDecimal(), nullable=False),
        sa.Column("critical", ExactDecimal(), nullable=False),
        sa.Column("forecast", ExactDecimal(), nullable=True),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("when_unknown", sa.Text(), nullable=False),
        sa.Column("rollover", MoneyDecimal(), nullable=True),
        sa.Column("emails", sa.JSON(), nullable=False),
        sa.Column("slack_channels", sa.JSON(), nullable=False),
        sa.Column("slack_users", sa.JSON(), nullable=False),
        sa.Column("webhooks", sa.JSON(), nullable=False),
        sa.Column("alerts_enabled", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('monthly', 'quarterly', 'annual', 'custom')", name=op.f("ck_budgets_kind")
        ),
        sa.CheckConstraint("kind <> 'custom' OR end_day IS NOT NULL", name=op.f("ck_budgets_end")),
        sa.CheckConstraint("end_day IS NULL OR end_day >= start_day", name=op.f("ck_budgets_days")),
        sa.CheckConstraint(
            "when_unknown IN ('allow', 'deny')", name=op.f("ck_budgets_when_unknown")
        ),
        sa.CheckConstraint("paused OR paused_until IS NULL", name=op.f("ck_budgets_pause")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
    )
    own = sa.text("organization IS NULL AND deleted_at IS NULL")
    op.create_index(
        "uq_budgets_own_name",
        "budgets",
        ["name_key"],
        unique=True,
        sqlite_where=own,
        postgresql_where=own,
    )
    of_one = sa.text("organization IS NOT NULL AND deleted_at IS NULL")
    op.create_index(
        "uq_budgets_organization_name",
        "budgets",
        ["organization", "name_key"],
        unique=True,
        sqlite_where=of_one,
        postgresql_where=of_one,
    )
    there = sa.text("deleted_at IS NULL")
    op.create_index(
        "ix_budgets_name",
        "budgets",
        ["name_key", "id"],
        sqlite_where=there,
        postgresql_where=there,
    )
    op.create_index("ix_budgets_updated_at", "budgets", ["updated_at"])


def _raises() -> None:
    op.create_table(
        "budget_raises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("amount", MoneyDecimal(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'rejected', 'expired', 'withdrawn')",
            name=op.f("ck_budget_raises_state"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_budget_raises_decision")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_budget_raises_days")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_budget_raises_budget_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_raises")),
    )
    op.create_index("ix_budget_raises_budget_id", "budget_raises", ["budget_id", "asked_at"])
    op.create_index("ix_budget_raises_state", "budget_raises", ["state", "last_day"])


def _alert_states() -> None:
    op.create_table(
        "budget_alert_states",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("period_first", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("level_told", sa.Text(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("forecast_told", sa.Boolean(), nullable=False),
        sa.Column("forecast_told_at", UtcDateTime(), nullable=True),
        sa.Column("limit_told", MoneyDecimal(), nullable=True),
        sa.Column("roots", sa.JSON(), nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("muted_by", sa.Text(), nullable=True),
        sa.Column("muted_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "level_told IN ('ok', 'warning', 'critical', 'exceeded')",
            name=op.f("ck_budget_alert_states_level"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_budget_alert_states_budget_id")
        ),
        sa.PrimaryKeyConstraint("budget_id", "period_first", name=op.f("pk_budget_alert_states")),
    )
    op.create_index("ix_budget_alert_states_period_first", "budget_alert_states", ["period_first"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("order_group", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("may_be_sent", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('slack', 'email', 'webhook')", name=op.f("ck_deliveries_channel")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'claimed', 'sent', 'uncertain', 'dead', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_deliveries_sent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("state IN ('due', 'claimed', 'uncertain')")
    op.create_index(
        "ix_deliveries_next_at",
        "deliveries",
        ["next_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index(
        "ix_deliveries_order_group",
        "deliveries",
        ["order_group", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state", "id"])


def _audit_trail() -> None:
    op.create_table(
        "audit_trail",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "surface IN ('slack', 'cli', 'rest', 'system')", name=op.f("ck_audit_trail_surface")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_trail")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_trail_object", "audit_trail", ["object_kind", "object_id", "id"])
    op.create_index("ix_audit_trail_organization", "audit_trail", ["organization", "id"])
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def _append_only(dialect: str) -> list[str]:
    """What was decided stays decided: the database itself refuses to change or remove it."""
    message = "the audit trail is never changed"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER audit_trail_no_{action} BEFORE {action} ON audit_trail "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for action in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION audit_trail_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$",
        "CREATE TRIGGER audit_trail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_trail FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_append_only()",
    ]


def downgrade() -> None:
    op.drop_table("audit_trail")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_trail_append_only()")
    op.drop_table("deliveries")
    op.drop_table("budget_alert_states")
    op.drop_table("budget_raises")
    op.drop_table("budgets")
