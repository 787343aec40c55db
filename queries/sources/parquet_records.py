"""Parquet files: every column is brought to text first, so that one road reads all formats."""
# ruff: noqa: S608 - what is pasted are positions and names of our own making

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import duckdb

from analysis.errors import BadInput
from queries.sources.records import Reject, Relation

_NESTED = ("STRUCT", "MAP", "JSON")


class ParquetRecords:
    """An opened Parquet file.

    Args:
        path: the file.
        digest: SHA-256 of its bytes, hexadecimal.

    Raises:
        BadInput: it is damaged.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path = path
        self.digest = digest
        with duckdb.connect(":memory:") as connection:
            try:
                shape = connection.execute(
                    "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "
                    "read_parquet($path, binary_as_string = true))",
                    {"path": str(path)},
                ).fetchall()
            except (duckdb.IOException, duckdb.InvalidInputException) as error:
                raise BadInput(
                    f"The Parquet file cannot be read: {str(error).splitlines()[0]}",
                    "Write it again.",
                ) from error
        self.columns: Sequence[str] = tuple(name for name, _ in shape)
        self._types: Sequence[str] = tuple(kind for _, kind in shape)

    def relation(self, positions: Collection[int]) -> Relation:
        """See `Records.relation`."""
        names = ", ".join(f"p{at}" for at in range(len(self.columns)))
        cells = ", ".join(f"{self._text(at)} AS c{at}" for at in sorted(positions))
        return Relation(
            f"SELECT {cells}, NULL::VARCHAR AS broken "
            f"FROM read_parquet($path, binary_as_string = true) AS t({names})",
            {"path": str(self._path)},
        )

    def mend(self, connection: duckdb.DuckDBPyConnection, read: int) -> bool:
        """See `Records.mend`: there is nothing that could be mended."""
        return False

    def unreadable(self, connection: duckdb.DuckDBPyConnection) -> list[Reject]:
        """See `Records.unreadable`: every row is read."""
        return []

    def rows(
        self, connection: duckdb.DuckDBPyConnection, records: Mapping[int, str]
    ) -> Iterator[Reject]:
        """See `Records.rows`."""
        names = ", ".join(f"p{at}" for at in range(len(self.columns)))
        found = connection.execute(
            f"SELECT number, {names} FROM read_parquet($path, binary_as_string = true, "
            f"file_row_number = true) AS t({names}, number) "
            "WHERE number IN (SELECT unnest($numbers::BIGINT[])) ORDER BY number",
            {"path": str(self._path), "numbers": list(records)},
        )
        while some := cast("list[tuple[int, object]]", found.fetchmany(1000)):
            for number, *values in some:
                row = dict(zip(self.columns, values, strict=True))
                yield Reject(number + 1, records[number], json.dumps(row, default=str))

    def _text(self, at: int) -> str:
        if self._types[at].startswith(_NESTED):
            return f"to_json(p{at})::VARCHAR"
        return f"p{at}::VARCHAR"
