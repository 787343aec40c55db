"""What people said about anomalies, and what is muted; what was found, and when it was looked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import MoneyDecimal, UtcDateTime

revision = "0013"
down_revision = "0012"

_LIVE = "undone_at IS NULL"
_FIGURE: sa.Double[float] = sa.Double()


def upgrade() -> None:
    _labels()
    _findings()
    _looks()


def _labels() -> None:
    op.create_table(
        "anomaly_labels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("left_out_first", sa.Date(), nullable=True),
        sa.Column("left_out_last", sa.Date(), nullable=True),
        sa.Column("silent_first", sa.Date(), nullable=True),
        sa.Column("silent_last", sa.Date(), nullable=True),
        sa.Column("most_usd", MoneyDecimal(), nullable=True),
        sa.Column("rises", sa.Boolean(), nullable=True),
        sa.Column("floor_usd", MoneyDecimal(), nullable=True),
        sa.Column("muted_until", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('real', 'expected', 'planned', 'too_small', 'mute')",
            name=op.f("ck_anomaly_labels_kind"),
        ),
        sa.CheckConstraint(
            "(undone_by IS NULL) = (undone_at IS NULL)", name=op.f("ck_anomaly_labels_undone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_labels")),
    )
    # Of one anomaly there is one word that counts: of two who say something at once, one is heard.
    op.create_index(
        "uq_anomaly_labels_live",
        "anomaly_labels",
        ["subject", "day"],
        unique=True,
        sqlite_where=sa.text(_LIVE),
        postgresql_where=sa.text(_LIVE),
    )
    op.create_index("ix_anomaly_labels_made_at", "anomaly_labels", ["made_at"])


def _findings() -> None:
    op.create_table(
        "anomaly_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("dimension", sa.Text(), nullable=True),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("actual", _FIGURE, nullable=False),
        sa.Column("expected", _FIGURE, nullable=False),
        sa.Column("lower", _FIGURE, nullable=False),
        sa.Column("upper", _FIGURE, nullable=False),
        sa.Column("score", _FIGURE, nullable=False),
        sa.Column("usd", MoneyDecimal(), nullable=False),
        sa.Column("history_days", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("part_of", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('told', 'together', 'part', 'silent', 'before')",
            name=op.f("ck_anomaly_findings_outcome"),
        ),
        sa.CheckConstraint(
            "outcome <> 'part' OR part_of IS NOT NULL", name=op.f("ck_anomaly_findings_part")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_findings")),
        sa.UniqueConstraint("series", "day", name=op.f("uq_anomaly_findings_series_day")),
    )
    op.create_index("ix_anomaly_findings_day", "anomaly_findings", ["day", "organization"])


def _looks() -> None:
    op.create_table(
        "anomaly_looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_looks")),
        sa.UniqueConstraint("slot", name=op.f("uq_anomaly_looks_slot")),
    )
    op.create_index("ix_anomaly_looks_day", "anomaly_looks", ["day"])


def downgrade() -> None:
    for table in ("anomaly_looks", "anomaly_findings", "anomaly_labels"):
        op.drop_table(table)
