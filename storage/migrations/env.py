"""What Alembic runs: all revisions over the one connection, in its transaction."""

from __future__ import annotations

from typing import cast

from alembic import context
from sqlalchemy import Connection

from storage.models import Base

connection = cast("Connection", context.config.attributes["connection"])
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
