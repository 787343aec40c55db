"""Statements of months, frozen when a month is closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import MoneyDecimal, UtcDateTime

revision = "0018"
down_revision = "0017"

FROZEN = ("closed_months", "statement_lines", "statement_corrections")
_MESSAGE = "a closed month does not change"
_METHODS = "method IN ('proportional', 'even', 'fixed')"


def upgrade() -> None:
    op.create_table(
        "statement_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(_METHODS, name=op.f("ck_statement_rules_method")),
        sa.CheckConstraint(
            "basis IN ('cost', 'requests', 'gpu_seconds')", name=op.f("ck_statement_rules_basis")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_rules")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "closed_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("infrastructure", MoneyDecimal(), nullable=False),
        sa.Column("not_charged", MoneyDecimal(), nullable=False),
        sa.Column("corrected", MoneyDecimal(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), nullable=False),
        sa.Column("data_from", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_by_name", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(_METHODS, name=op.f("ck_closed_months_method")),
        sa.CheckConstraint("number > 0", name=op.f("ck_closed_months_number")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_closed_months")),
    )
    op.create_index("uq_closed_months_number", "closed_months", ["number"], unique=True)
    op.create_table(
        "statement_lines",
        sa.Column("month", sa.Date(), nullable=False),
        *_whose(),
        *(
            sa.Column(name, MoneyDecimal(), nullable=False)
            for name in ("gpu", "llm", "other", "idle", "overhead", "unattributed", "shared")
        ),
        sa.Column("reference", MoneyDecimal(), nullable=False),
        sa.Column("credits", MoneyDecimal(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), nullable=False),
        sa.Column("gpu_seconds", MoneyDecimal(), nullable=False),
        sa.ForeignKeyConstraint(
            ["month"], ["closed_months.month"], name=op.f("fk_statement_lines_month")
        ),
        sa.PrimaryKeyConstraint(
            "month", "organization", "is_team", "team", name=op.f("pk_statement_lines")
        ),
    )
    op.create_table(
        "statement_corrections",
        sa.Column("billed_in", sa.Date(), nullable=False),
        sa.Column("of_month", sa.Date(), nullable=False),
        *_whose(),
        sa.Column("before", MoneyDecimal(), nullable=False),
        sa.Column("after", MoneyDecimal(), nullable=False),
        sa.CheckConstraint("billed_in > of_month", name=op.f("ck_statement_corrections_order")),
        sa.ForeignKeyConstraint(
            ["billed_in"], ["closed_months.month"], name=op.f("fk_statement_corrections_billed_in")
        ),
        sa.ForeignKeyConstraint(
            ["of_month"], ["closed_months.month"], name=op.f("fk_statement_corrections_of_month")
        ),
        sa.PrimaryKeyConstraint(
            *("billed_in", "of_month", "organization", "is_team", "team"),
            name=op.f("pk_statement_corrections"),
        ),
    )
    op.create_index("ix_statement_corrections_of_month", "statement_corrections", ["of_month"])
    for statement in _frozen(op.get_bind().dialect.name):
        op.execute(statement)


def _whose() -> list[sa.Column[object]]:
    return [
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("is_team", sa.Boolean(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
    ]


def _frozen(dialect: str) -> list[str]:
    """What makes the database itself refuse to change or remove a row."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            for table in FROZEN
            for action in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION closed_month_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$",
        *(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION closed_month_frozen()"
            for table in FROZEN
        ),
    ]


def downgrade() -> None:
    for table in ("statement_corrections", "statement_lines", "closed_months"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION closed_month_frozen()")
    op.drop_table("statement_rules")
