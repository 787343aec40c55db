"""The engines: where a query over `costs` is run."""

from queries.engines.base import Engine, Table
from queries.engines.duckdb import DuckDbEngine

__all__ = ["DuckDbEngine", "Engine", "Table"]
