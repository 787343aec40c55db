"""What every engine can do: run a GoogleSQL query over `costs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from queries.mart.snapshot import Snapshot
from queries.scope import EVERYTHING, Scope


@dataclass(frozen=True)
class Table:
    """A query's result, in plain Python values.

    Attributes:
        columns: their names.
        rows: str, int, Decimal, float, bool, date, aware datetime in UTC, or None. Not to be
            changed: an answer may be given twice.
    """

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


class Engine(Protocol):
    """Runs templates; the same ones everywhere."""

    async def query(
        self,
        sql: str,
        parameters: Mapping[str, object],
        *,
        first_day: date,
        last_day: date,
        scope: Scope = EVERYTHING,
    ) -> Table:
        """Runs a query over the `costs` of some UTC days, and no others.

        Args:
            sql: GoogleSQL over `costs`, in the subset of `queries.transpile`, with named
                parameters (@name).
            parameters: the value of each; Decimal, int, str, bool, date, aware datetime.
            first_day: first UTC day of `costs` that is read.
            last_day: last UTC day of `costs` that is read, included.
            scope: the rows that `costs` has for this query, whatever the query says.

        Raises:
            Unavailable: the engine cannot answer.
        """
        ...

    def snapshot(self) -> Snapshot:
        """The state that the next query is answered from: its version and freshness."""
        ...

    async def close(self) -> None:
        """Ends what is running and lets everything go."""
        ...
