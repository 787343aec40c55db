"""How costbot opens DuckDB: in memory, in UTC, and without reaching for the network."""

from __future__ import annotations

from pathlib import Path

import duckdb


def connect(
    *, threads: int, memory: str, temporary: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB.

    Args:
        threads: that it may use.
        memory: that it may use, as DuckDB writes sizes ("2GB").
        temporary: where it may spill what does not fit; None: nowhere, the query fails.
    """
    connection = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory,
            # What costbot needs is built in; whatever is not would be fetched from the network.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "" if temporary is None else str(temporary),
        }
    )
    # Of all cursors: a plain SET would leave them in the machine's zone.
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection
