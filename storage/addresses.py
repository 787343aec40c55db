"""The store's address: which databases there are, and how they are named."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from analysis.errors import BadInput

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

_EXAMPLES = (
    "Use `sqlite+aiosqlite:////path/to/store.sqlite3` or "
    "`postgresql+asyncpg://user:password@host/database`."
)


def parse_address(address: str | SecretStr) -> URL:
    """Reads an address of the store; `postgres://` and `postgresql://` are understood too.

    Args:
        address: as SQLAlchemy writes it.

    Raises:
        BadInput: it is none, or of another database; the address itself is never repeated, for
            it may hold a password.
    """
    text = address.get_secret_value() if isinstance(address, SecretStr) else address
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Without its cause, which quotes the address.
        raise BadInput("The store's address cannot be read.", _EXAMPLES) from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        sentence = f"The store cannot be kept in `{url.drivername}`."
        raise BadInput(sentence, _EXAMPLES)
    if driver.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise BadInput("The store's SQLite address names no file.", _EXAMPLES)
    return url.set(drivername=driver)


def sqlite_file(url: URL) -> Path | None:
    """The file behind an address; None for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)
