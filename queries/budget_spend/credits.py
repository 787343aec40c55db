"""Whose costs lie below zero here and there: credits, corrections, refunds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import cast

import duckdb

from queries.budget_spend.columns import CREDITED_DAYS
from queries.dimensions import Dimensions, Source
from queries.mart.rollup import costs_of
from queries.mart.snapshot import DayRollup
from queries.schema import FULLY_LOADED


class Credits:
    """Remembers of each rollup who has costs below zero in it; the files never change.

    Args:
        connection: to read with.
        dimensions: of the deployment.
        shape: of the rollups of these dimensions.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, dimensions: Dimensions, shape: str
    ) -> None:
        self._connection = connection
        self._dimensions = dimensions
        self._shape = shape
        self._found: dict[str, frozenset[str | None]] = {}

    def look(self, rollups: Mapping[tuple[Source, date], DayRollup]) -> frozenset[str | None]:
        """The organizations with costs below zero in the latest days of some rollups."""
        newest = max((day for _, day in rollups), default=None)
        if newest is None:
            return frozenset()
        first = newest - timedelta(days=CREDITED_DAYS)
        latest = {rollup.path: rollup for (_, day), rollup in rollups.items() if day >= first}
        self._found = {path: found for path, found in self._found.items() if path in latest}
        new = [path for path in latest if path not in self._found]
        if new:
            alike = {latest[path].shape for path in new} <= {self._shape}
            found: dict[str, set[str | None]] = {path: set() for path in new}
            for path, owner in self._owners(new, alike=alike):
                found[path].add(owner)
            self._found |= {path: frozenset(owners) for path, owners in found.items()}
        return frozenset[str | None]().union(*self._found.values())

    def _owners(self, paths: list[str], *, alike: bool) -> list[tuple[str, str | None]]:
        """Whose costs below zero lie in which file."""
        found: list[tuple[str, str | None]] = []
        # File by file only where there is any: that is seldom so.
        if not self._any(paths, alike=alike):
            return found
        for path in paths:
            rows = self._connection.execute(
                f"SELECT DISTINCT organization {self._below_zero(alike=alike)}", {"files": [path]}
            ).fetchall()
            found += [(path, owner) for (owner,) in cast("list[tuple[str | None]]", rows)]
        return found

    def _any(self, paths: list[str], *, alike: bool) -> bool:
        sql = f"SELECT 1 {self._below_zero(alike=alike)} LIMIT 1"
        return self._connection.execute(sql, {"files": paths}).fetchone() is not None

    def _below_zero(self, *, alike: bool) -> str:
        relation = costs_of(self._dimensions, "$files", alike=alike)
        return f"FROM {relation} WHERE {FULLY_LOADED.name} < 0"
