"""The audit trail is only ever added to, and forgotten from its beginning where that is declared.

Since 0004 the database refused to change a row. It now also refuses SQLite's `INSERT OR REPLACE`,
which removes a row without a DELETE; and it lets go of rows that are older than a declared cut.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0023"
down_revision = "0022"

LEAST_DAYS = 800
"""The same as `storage.repositories.audit.LEAST_KEPT`."""

_MESSAGE = "the audit trail is never changed"
_TOO_YOUNG = f"the audit trail is kept for {LEAST_DAYS} days at least"
_DECLARED = "EXISTS (SELECT 1 FROM audit_cuts WHERE OLD.at < audit_cuts.before)"
_NUMBERED = ("audit_trail", "audit_cuts")
_THERE = "SELECT id FROM"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _execute(_OLD_SQLITE_GONE if is_sqlite else _OLD_POSTGRESQL_GONE)
    op.add_column("audit_trail", sa.Column("request_id", sa.Text(), nullable=True))
    op.create_index("ix_audit_trail_at", "audit_trail", ["at"])
    op.create_table(
        "audit_cuts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", UtcDateTime(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_cuts")),
        sqlite_autoincrement=True,
    )
    _execute(_sqlite() if is_sqlite else _POSTGRESQL)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _execute(_sqlite_gone() if is_sqlite else _POSTGRESQL_GONE)
    op.drop_table("audit_cuts")
    op.drop_index("ix_audit_trail_at", "audit_trail")
    op.drop_column("audit_trail", "request_id")
    _execute(_OLD_SQLITE if is_sqlite else _OLD_POSTGRESQL)


def _execute(statements: list[str]) -> None:
    for statement in statements:
        op.execute(statement)


def _sqlite() -> list[str]:
    refused = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    return [
        f"CREATE TRIGGER audit_trail_no_update BEFORE UPDATE ON audit_trail {refused}",
        f"CREATE TRIGGER audit_cuts_no_update BEFORE UPDATE ON audit_cuts {refused}",
        f"CREATE TRIGGER audit_cuts_no_delete BEFORE DELETE ON audit_cuts {refused}",
        "CREATE TRIGGER audit_trail_no_delete BEFORE DELETE ON audit_trail "
        f"WHEN NOT {_DECLARED} {refused}",
        *(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN NEW.id IN ({_THERE} {table}) {refused}"
            for table in _NUMBERED
        ),
        "CREATE TRIGGER audit_cuts_old_enough BEFORE INSERT ON audit_cuts "
        f"WHEN julianday(NEW.before) IS NULL OR julianday(NEW.declared_at) IS NULL "
        f"OR julianday(NEW.before) > julianday(NEW.declared_at) - {LEAST_DAYS} "
        f"BEGIN SELECT RAISE(ABORT, '{_TOO_YOUNG}'); END",
    ]


def _sqlite_gone() -> list[str]:
    names = ("audit_trail_no_update", "audit_trail_no_delete", "audit_trail_no_replace")
    return [f"DROP TRIGGER {name}" for name in names]


_POSTGRESQL = [
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$",
    "CREATE FUNCTION audit_trail_delete() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN "
    f"IF {_DECLARED} THEN RETURN OLD; END IF; "
    f"RAISE EXCEPTION '{_MESSAGE}'; END $$",
    "CREATE FUNCTION audit_cut_insert() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN "
    f"IF NEW.before > NEW.declared_at - interval '{LEAST_DAYS} days' "
    f"THEN RAISE EXCEPTION '{_TOO_YOUNG}'; END IF; "
    "RETURN NEW; END $$",
    "CREATE TRIGGER audit_trail_no_update BEFORE UPDATE OR TRUNCATE ON audit_trail "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_trail_no_delete BEFORE DELETE ON audit_trail "
    "FOR EACH ROW EXECUTE FUNCTION audit_trail_delete()",
    "CREATE TRIGGER audit_cuts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cuts "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_cuts_old_enough BEFORE INSERT ON audit_cuts "
    "FOR EACH ROW EXECUTE FUNCTION audit_cut_insert()",
]

_POSTGRESQL_GONE = [
    "DROP TRIGGER audit_trail_no_update ON audit_trail",
    "DROP TRIGGER audit_trail_no_delete ON audit_trail",
    "DROP TRIGGER audit_cuts_append_only ON audit_cuts",
    "DROP TRIGGER audit_cuts_old_enough ON audit_cuts",
    "DROP FUNCTION audit_append_only()",
    "DROP FUNCTION audit_trail_delete()",
    "DROP FUNCTION audit_cut_insert()",
]

_OLD_SQLITE = [
    f"CREATE TRIGGER audit_trail_no_{action} BEFORE {action} ON audit_trail "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    for action in ("update", "delete")
]

_OLD_SQLITE_GONE = [f"DROP TRIGGER audit_trail_no_{action}" for action in ("update", "delete")]

_OLD_POSTGRESQL = [
    "CREATE FUNCTION audit_trail_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$",
    "CREATE TRIGGER audit_trail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
    "ON audit_trail FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_append_only()",
]

_OLD_POSTGRESQL_GONE = [
    "DROP TRIGGER audit_trail_append_only ON audit_trail",
    "DROP FUNCTION audit_trail_append_only()",
]
