"""Incidents, the routes by which they are told, and Linear as a way out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import MoneyDecimal, UtcDateTime

revision = "0012"
down_revision = "0011"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _incidents()
    _routes()
    _let_deliveries_leave_through("slack", "email", "webhook", "linear")


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("about_organization", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("worst", sa.Text(), nullable=False),
        sa.Column("level_told", sa.Text(), nullable=False),
        sa.Column("no_data_told", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.Column("good_looks", sa.Integer(), nullable=False),
        sa.Column("calm_looks", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("usd", MoneyDecimal(), nullable=False),
        sa.Column("usd_in_all", MoneyDecimal(), nullable=False),
        sa.Column("story", sa.JSON(), nullable=False),
        sa.Column("last_word", sa.Text(), nullable=False),
        sa.Column("telling", sa.JSON(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("labelled_by", sa.Text(), nullable=True),
        sa.Column("labelled_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("muted_by", sa.Text(), nullable=True),
        sa.Column("muted_until", UtcDateTime(), nullable=True),
        sa.Column("roots", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_incidents_{name}"))
            for name, condition in (
                ("kind", "kind IN ('anomaly', 'rule')"),
                ("level", "level IN ('ok', 'notice', 'warning', 'critical', 'no data')"),
                ("worst", "worst IN ('ok', 'notice', 'warning', 'critical')"),
                ("level_told", "level_told IN ('ok', 'notice', 'warning', 'critical')"),
                (
                    "label",
                    "label IS NULL OR label IN ('real', 'expected', 'planned', 'too_small')",
                ),
                ("labelled", "(label IS NULL) = (labelled_at IS NULL)"),
                ("seen", "(acknowledged_by IS NULL) = (acknowledged_at IS NULL)"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    is_open = sa.text("closed_at IS NULL")
    for name, column, is_unique in (
        ("uq_incidents_open_subject", "subject", True),
        ("ix_incidents_open_kind", "kind", False),
        ("ix_incidents_rule_id", "rule_id", False),
    ):
        op.create_index(
            name,
            "incidents",
            [column],
            unique=is_unique,
            sqlite_where=is_open,
            postgresql_where=is_open,
        )
    op.create_index("ix_incidents_closed_at", "incidents", ["closed_at"])


def _routes() -> None:
    op.create_table(
        "routes",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("about_organization", sa.Text(), nullable=True),
        sa.Column("least", sa.Text(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('anomaly', 'rule')", name=op.f("ck_routes_kind")
        ),
        sa.CheckConstraint(
            "least IN ('notice', 'warning', 'critical')", name=op.f("ck_routes_least")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
        sqlite_autoincrement=True,
    )


def _let_deliveries_leave_through(*channels: str) -> None:
    condition = f"channel IN ({', '.join(repr(channel) for channel in channels)})"
    name = op.f("ck_deliveries_channel")
    if op.get_bind().dialect.name == "sqlite":
        _make_deliveries_anew(sa.CheckConstraint(condition, name=name))
        return
    op.drop_constraint(name, "deliveries", type_="check")
    op.create_check_constraint(name, "deliveries", condition)


def _make_deliveries_anew(channel: sa.CheckConstraint) -> None:
    """SQLite changes no constraint: the table is made anew, and keeps its rows and its count."""
    columns = [
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
    ]
    names = [column.name for column in columns]
    op.create_table(
        "deliveries_anew",
        *columns,
        channel,
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
    before = sa.select(*(sa.column(name, sa.Text()) for name in names))
    anew = sa.table("deliveries_anew", *(sa.column(name, sa.Text()) for name in names))
    op.execute(sa.insert(anew).from_select(names, before.select_from(sa.table("deliveries"))))
    # A number is never given twice, not even after the newest row was forgotten.
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries_anew'")
    op.execute(
        "INSERT INTO sqlite_sequence (name, seq) "
        "SELECT 'deliveries_anew', seq FROM sqlite_sequence WHERE name = 'deliveries'"
    )
    op.drop_table("deliveries")
    op.rename_table("deliveries_anew", "deliveries")
    waiting = sa.text("state IN ('due', 'claimed', 'uncertain')")
    op.create_index("ix_deliveries_next_at", "deliveries", ["next_at", "id"], sqlite_where=waiting)
    op.create_index(
        "ix_deliveries_order_group", "deliveries", ["order_group", "id"], sqlite_where=waiting
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state", "id"])


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE channel = 'linear'")
    _let_deliveries_leave_through("slack", "email", "webhook")
    op.drop_table("routes")
    op.drop_table("incidents")
