"""A file on its way into the mart: read once into a table, then sorted into what becomes of it.

`staged` holds every row that could be read, in the order of the file; `refused` the numbers of
those with something wrong, `repeated` of those that are there already. `keyed` is what remains
without the refused.
"""
# ruff: noqa: S608 - what is pasted are declared columns and names of our own making

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import duckdb

from analysis.errors import BadInput
from queries.dimensions import Dimension, Dimensions, Source
from queries.schema import quoted
from queries.sources.cells import literal
from queries.sources.columns import InputColumn
from queries.sources.mapping import Mapped
from queries.sources.records import Records

_UNREADABLE = (
    duckdb.IOException,
    duckdb.InvalidInputException,
    duckdb.SerializationException,
    duckdb.ConversionException,
)


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold for a row to be taken.

    Attributes:
        fails: SQL: whether it does not hold; NULL counts as holding.
        reason: what is then wrong, for the rejects file.
    """

    fails: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowSql:
    """How a source reads its rows.

    Attributes:
        values: expressions over the cells (each named as our column), by name.
        results: expressions over the cells and values, by name: the columns of `staged`.
        checks: over the cells and values, the first that fails tells the reason.
    """

    values: Mapping[str, str]
    results: Mapping[str, str]
    checks: Sequence[Check]


WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Unicode calls so (White_Space=yes in PropList.txt), and GoogleSQL's TRIM takes away: a name
out of a file is the same as out of BigQuery. DuckDB's own TRIM takes blanks alone."""


def cells_of(mapped: Mapped, known: Sequence[InputColumn]) -> tuple[str, dict[str, object]]:
    """The select list that gives every one of our columns as trimmed text, and its parameters."""
    parts: list[str] = []
    parameters: dict[str, object] = {}
    for at, column in enumerate(known):
        cell = "NULL::VARCHAR"
        if column.name in mapped.positions:
            cell = _trimmed(f"c{mapped.positions[column.name]}")
        constant = mapped.constants.get(column.name)
        if constant:
            parameters[f"set_{at}"] = constant
            cell = f"COALESCE({cell}, $set_{at}::VARCHAR)"
        parts.append(f"{cell} AS {quoted(column.name)}")
    return ", ".join(parts), parameters


def _trimmed(cell: str) -> str:
    """The cell without white space around it; NULL where nothing remains."""
    # Trimming every cell takes thirty times as long as this look at its ends; hardly one needs it.
    return (
        f"CASE WHEN {cell} < '!' OR {cell}[-1] < '!' OR strlen({cell}) <> length({cell}) "
        f"THEN NULLIF(trim({cell}, {literal(WHITE_SPACE)}), '') ELSE NULLIF({cell}, '') END"
    )


def dimension_cell(dimension: Dimension) -> str:
    """The cell, or the tag, that fills one of the deployment's own dimensions."""
    if dimension.tag is None:
        return quoted(dimension.import_column or dimension.name)
    pointer = "/" + dimension.tag.replace("~", "~0").replace("/", "~1")
    return f"json_extract_string(tags_object, {literal(pointer)})"


def custom_cells(source: Source, dimensions: Dimensions) -> dict[str, str]:
    """The deployment's own dimensions of a source, by column."""
    return {one.column: dimension_cell(one) for one in dimensions.of(source) if one.custom}


def stage(
    connection: duckdb.DuckDBPyConnection,
    records: Records,
    mapped: Mapped,
    known: Sequence[InputColumn],
    row: RowSql,
) -> None:
    """Reads the file into `staged`.

    Raises:
        BadInput: the file is damaged.
    """
    cells, constants = cells_of(mapped, known)
    values = "".join(f", {sql} AS {quoted(name)}" for name, sql in row.values.items())
    results = "".join(f", {sql} AS {quoted(name)}" for name, sql in row.results.items())
    checks = " ".join(f"WHEN {one.fails} THEN {literal(one.reason)}" for one in row.checks)
    while True:
        relation = records.relation(set(mapped.positions.values()))
        connection.execute("DROP TABLE IF EXISTS reject_errors")
        connection.execute("DROP TABLE IF EXISTS reject_scans")
        try:
            connection.execute(
                "CREATE OR REPLACE TEMP TABLE staged AS "
                f"SELECT CASE WHEN broken IS NOT NULL THEN broken {checks} END AS reason{results} "
                f"FROM (SELECT *{values} FROM (SELECT broken, {cells} FROM ({relation.sql})))",
                {**relation.parameters, **constants},
            )
        except _UNREADABLE as error:
            raise BadInput(
                f"The file cannot be read: {str(error).splitlines()[0]}",
                "Write or fetch it again.",
            ) from error
        (read,) = connection.execute("SELECT count(*) FROM staged").fetchall()[0]
        if not records.mend(connection, read):
            break
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE refused AS "
        "SELECT rowid AS record, reason FROM staged WHERE reason IS NOT NULL"
    )


def key_rows(connection: duckdb.DuckDBPyConnection, source: Source, records: Records) -> None:
    """Makes the view `keyed`: rows that are not refused, with `record` and `request_key`.

    A row without a request id is told apart by the digest of its file and its place in it.
    """
    # Half of the 128 bits would do; the place in the file is added in the lower ones.
    base = int.from_bytes(sha256(f"{source}:{records.digest}".encode()).digest()[:15]) << 7
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW keyed AS SELECT rowid AS record, "
        f"COALESCE(own_key, ({base}::UHUGEINT + rowid::UHUGEINT)::UUID) AS request_key, * "
        "FROM staged WHERE reason IS NULL"
    )


def own_key_sql(source: Source, organization: str, request_id: str) -> str:
    """The key of a request with an id: a digest of source, organization and id."""
    organization = f"COALESCE({organization}, '')"
    return (
        f"CASE WHEN {request_id} IS NOT NULL THEN md5_number({literal(source.value + ':')} || "
        f"length({organization}) || ':' || {organization} || {request_id})::UUID END"
    )


def refuse(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuses rows of `keyed` too: `sql` gives `record` and `reason`."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE also_refused AS {sql}")
    connection.execute(
        "UPDATE staged SET reason = also_refused.reason FROM also_refused "
        "WHERE staged.rowid = also_refused.record"
    )
    connection.execute("INSERT INTO refused FROM also_refused ORDER BY record")


def find_repeated(connection: duckdb.DuckDBPyConnection, known_keys: str) -> None:
    """Makes the tables `doubles` and `repeated` of rows that are there already.

    Args:
        connection: with `keyed`.
        known_keys: query for the `request_key` of everything that is in the mart.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE doubles AS SELECT request_key, min(record) AS first "
        "FROM keyed WHERE own_key IS NOT NULL GROUP BY request_key HAVING count(*) > 1"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE repeated AS "
        "SELECT record FROM keyed JOIN doubles USING (request_key) WHERE record > first "
        f"UNION SELECT record FROM keyed SEMI JOIN ({known_keys}) AS known USING (request_key)"
    )
