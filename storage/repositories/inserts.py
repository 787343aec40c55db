"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells per database."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage.database import Sessions
from storage.models import Base


def insert_into(database: Sessions, table: type[Base] | Table) -> PostgresqlInsert | SqliteInsert:
    """An INSERT into `table` that can say what to do on a conflict."""
    return sqlite_insert(table) if database.is_sqlite else postgresql_insert(table)
