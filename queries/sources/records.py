"""What an importer needs of an opened file, whatever its format."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import duckdb


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken.

    Attributes:
        line: its first line in the file, from 1 on; of a Parquet file, its row.
        reason: what is wrong with it.
        row: as the file has it.
    """

    line: int
    reason: str
    row: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A file as a relation.

    Attributes:
        sql: a query in the order of the file: the wanted columns as VARCHAR, named `c` and their
            position, and `broken` (VARCHAR): why a row cannot be read, else NULL.
        parameters: of the query.
    """

    sql: str
    parameters: Mapping[str, object]


class Records(Protocol):
    """An opened file of records."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of its columns, in its order."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of its (uncompressed) bytes, hexadecimal."""
        ...

    def relation(self, positions: Collection[int]) -> Relation:
        """The columns at some positions."""
        ...

    def mend(self, connection: duckdb.DuckDBPyConnection, read: int) -> bool:
        """Takes out what kept other rows from being read.

        Args:
            connection: on which `relation` has just been read.
            read: how many rows it gave.

        Returns:
            Whether the relation has to be made and read again.

        Raises:
            BadInput: too much of the file is broken.
        """
        ...

    def unreadable(self, connection: duckdb.DuckDBPyConnection) -> list[Reject]:
        """The rows that `relation` left out when it was last read on `connection`."""
        ...

    def rows(
        self, connection: duckdb.DuckDBPyConnection, records: Mapping[int, str]
    ) -> Iterator[Reject]:
        """Finds rows that were read, and then refused.

        Args:
            connection: on which `relation` was last read.
            records: the reason by the row's number in the relation, from 0 on, ascending.
        """
        ...
