"""SQL expressions that read a text cell, all of which give NULL where the cell does not fit.

Nothing here throws, whatever the cell holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from queries.sources import words

MOST_COUNT = 10**12
"""The largest count of tokens or milliseconds of one row: what is beyond is a typing error."""

MOST_REQUESTS = 10**9
"""The most requests that one row may stand for."""

MOST_MONEY = 10**15
"""The largest cost of one row in USD."""

MOST_SECONDS = 10**12
"""The most GPU seconds of one row."""

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""What lies outside is a wrong unit or a typing error."""

_CENTURY = timedelta(days=36_525)


def literal(text: str) -> str:
    """`text` as an SQL literal; only for words of our declared lists."""
    return "'" + text.replace("'", "''") + "'"


def one_of(expression: str, among: Sequence[str]) -> str:
    """Whether the expression is one of some declared words."""
    return f"{expression} IN ({', '.join(map(literal, among))})"


def whole_number(cell: str, most: int = MOST_COUNT) -> str:
    """A whole number from 0 to `most` as BIGINT: "12" and "12.0", but not "12.7"."""
    quick = f"TRY_CAST({cell} AS BIGINT)"
    exact = f"TRY_CAST({cell} AS DECIMAL(38,9))"
    return (
        # DuckDB rounds "12.7" to 13, so what is not spelled as a whole number is looked at twice.
        f"CASE WHEN {quick}::VARCHAR = {cell} "
        f"THEN CASE WHEN {quick} BETWEEN 0 AND {most} THEN {quick} END "
        f"WHEN {exact} BETWEEN 0 AND {most} AND {exact} = floor({exact}) "
        f"THEN TRY_CAST({exact} AS BIGINT) END"
    )


def rounded_number(cell: str, most: int = MOST_COUNT) -> str:
    """A number from 0 to `most`, rounded to a BIGINT."""
    exact = f"TRY_CAST({cell} AS DECIMAL(38,9))"
    return f"CASE WHEN {exact} BETWEEN 0 AND {most} THEN TRY_CAST(round({exact}) AS BIGINT) END"


def amount(cell: str, kind: str, most: int) -> str:
    """A decimal from 0 to `most` of DuckDB's type `kind`; "nan" and "inf" do not fit."""
    exact = f"TRY_CAST({cell} AS {kind})"
    return f"CASE WHEN {exact} BETWEEN 0 AND {most} THEN {exact} END"


def signed_amount(cell: str, kind: str, most: int) -> str:
    """A decimal from -`most` to `most` of DuckDB's type `kind`; "nan" and "inf" do not fit."""
    exact = f"TRY_CAST({cell} AS {kind})"
    return f"CASE WHEN {exact} BETWEEN -{most} AND {most} THEN {exact} END"


def instant(cell: str) -> str:
    """A TIMESTAMPTZ: ISO 8601, UTC where no offset is named, or seconds or milliseconds of 1970."""
    written = f"TRY_CAST({cell} AS TIMESTAMPTZ)"
    number = f"TRY_CAST({cell} AS DECIMAL(24,6))"
    micros = (
        f"CASE WHEN {number} BETWEEN 0 AND 99999999999 THEN TRY_CAST({number} * 1000000 AS BIGINT) "
        f"WHEN {number} BETWEEN 0 AND 99999999999999 THEN TRY_CAST({number} * 1000 AS BIGINT) END"
    )
    return f"CASE WHEN {written} IS NOT NULL THEN {written} ELSE make_timestamptz({micros}) END"


def instant_since(cell: str, start: datetime, unit: timedelta) -> str:
    """A TIMESTAMPTZ: so many units after an instant.

    Args:
        cell: holds a number from 0 on.
        start: aware; what the numbers count from.
        unit: of the numbers.
    """
    number = f"TRY_CAST({cell} AS DECIMAL(24,6))"
    micros = unit // timedelta(microseconds=1)
    begin = f"TIMESTAMPTZ {literal(start.astimezone(UTC).isoformat())}"
    return (
        f"CASE WHEN {number} BETWEEN 0 AND {_CENTURY // unit} THEN "
        f"{begin} + to_microseconds(TRY_CAST({number} * {micros} AS BIGINT)) END"
    )


def plausible(moment: str) -> str:
    """Whether a TIMESTAMPTZ lies in the years that can be meant."""
    return (
        f"{moment} >= TIMESTAMPTZ '{FIRST_YEAR}-01-01 00:00:00+00' "
        f"AND {moment} < TIMESTAMPTZ '{LAST_YEAR}-01-01 00:00:00+00'"
    )


def truth(cell: str) -> str:
    """A BOOLEAN."""
    low = f"lower({cell})"
    return (
        f"CASE WHEN {one_of(low, words.TRUE)} THEN true "
        f"WHEN {one_of(low, words.FALSE)} THEN false END"
    )


def result(cell: str) -> str:
    """`success`, `timeout` or `failed` for the words and codes that mean it, others as given."""
    low = f"lower({cell})"
    code = f"TRY_CAST({cell} AS SMALLINT)"
    return (
        f"CASE WHEN {cell} IS NULL THEN NULL "
        f"WHEN {one_of(low, words.SUCCESS)} OR {code} BETWEEN 100 AND 399 THEN 'success' "
        f"WHEN {one_of(low, words.TIMEOUT)} OR {one_of(low, words.TIMEOUT_CODES)} THEN 'timeout' "
        f"WHEN {one_of(low, words.FAILED)} OR {code} BETWEEN 400 AND 599 THEN 'failed' "
        f"ELSE {cell} END"
    )


def has_failed(told: str) -> str:
    """Whether what `result` gives counts as failed; a result that is not known does not."""
    undecided = one_of(f"lower({told})", words.UNDECIDED)
    return f"COALESCE({told} <> 'success' AND NOT {undecided}, false)"


def json_object(cell: str) -> str:
    """A JSON object as VARCHAR."""
    return (
        f"CASE WHEN json_valid({cell}) THEN "
        f"CASE WHEN json_type({cell}) = 'OBJECT' THEN {cell} END END"
    )
