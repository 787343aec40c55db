"""BigQuery's types: their names, their sizes, and how their values are written in JSON.

NUMERIC is DuckDB's DECIMAL(38, 9), which is exactly BigQuery's. BIGNUMERIC has up to 76 digits
there, 38 of them after the point; DuckDB ends at 38 altogether: it is DECIMAL(38, 15) here, so that
sums of money up to 10^23 fit, and the digits beyond the 15th are rounded away.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import cast

Value = str | int | float | bool | bytes | date | datetime | time | Decimal | None
"""A cell of a row, as Python has it: TIMESTAMP is an aware datetime, DATETIME a naive one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_NAMES: Mapping[str, str] = {
    "INT64": "INTEGER",
    "INT": "INTEGER",
    "BIGINT": "INTEGER",
    "FLOAT64": "FLOAT",
    "BOOL": "BOOLEAN",
    "DECIMAL": "NUMERIC",
    "BIGDECIMAL": "BIGNUMERIC",
}

DUCKDB_TYPES: Mapping[str, str] = {
    "INTEGER": "BIGINT",
    "FLOAT": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "STRING": "VARCHAR",
    "BYTES": "BLOB",
    "DATE": "DATE",
    "TIME": "TIME",
    "DATETIME": "TIMESTAMP",
    "TIMESTAMP": "TIMESTAMPTZ",
    "NUMERIC": "DECIMAL(38, 9)",
    "BIGNUMERIC": "DECIMAL(38, 15)",
}
"""What DuckDB calls each type."""

GOOGLESQL_TYPES: Mapping[str, str] = {
    name: {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}.get(name, name)
    for name in DUCKDB_TYPES
}
"""What GoogleSQL calls each type; the REST interface says INTEGER, FLOAT and BOOLEAN."""

_SIZES: Mapping[str, int] = {
    "INTEGER": 8,
    "FLOAT": 8,
    "BOOLEAN": 1,
    "DATE": 8,
    "TIME": 8,
    "DATETIME": 8,
    "TIMESTAMP": 8,
    "NUMERIC": 16,
    "BIGNUMERIC": 32,
}


def type_name(name: str) -> str:
    """The name of a type in the REST interface, from either of its names.

    Raises:
        ValueError: no type that is imitated.
    """
    known = _NAMES.get(name.upper(), name.upper())
    if known not in DUCKDB_TYPES:
        raise ValueError(f"{name!r} is no type that is imitated: {', '.join(DUCKDB_TYPES)}")
    return known


def size(value: Value, kind: str) -> int:
    """Logical bytes of a value, as BigQuery bills them; NULL has none."""
    if value is None:
        return 0
    if kind == "STRING":
        return 2 + len(str(value).encode())
    if kind == "BYTES":
        return 2 + len(cast("bytes", value))
    return _SIZES[kind]


def encode(value: object, kind: str, *, int64_timestamps: bool) -> object:
    """A value as it stands in `{"v": …}`; a list for an ARRAY."""
    if value is None:
        return None
    if isinstance(value, list):
        some = cast("list[object]", value)
        return [{"v": encode(one, kind, int64_timestamps=int64_timestamps)} for one in some]
    if kind == "TIMESTAMP":
        return _timestamp(cast("datetime", value), int64_timestamps=int64_timestamps)
    return _WRITERS.get(kind, str)(value)


def _timestamp(value: datetime, *, int64_timestamps: bool) -> str:
    micros = (value.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
    return str(micros) if int64_timestamps else repr(micros / 1_000_000)


def _float(value: object) -> str:
    number = float(cast("float", value))
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return repr(number)


def _decimal(value: object) -> str:
    number = Decimal(cast("Decimal", value))
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


_WRITERS: Mapping[str, Callable[[object], str]] = {
    "BOOLEAN": lambda value: "true" if value else "false",
    "INTEGER": lambda value: str(int(cast("int", value))),
    "FLOAT": _float,
    "NUMERIC": _decimal,
    "BIGNUMERIC": _decimal,
    "DATE": lambda value: cast("date", value).isoformat(),
    "TIME": lambda value: cast("time", value).isoformat(),
    "DATETIME": lambda value: cast("datetime", value).isoformat(),
    "BYTES": lambda value: base64.b64encode(cast("bytes", value)).decode(),
}


def decode(text: str, kind: str) -> Value:
    """The value of a parameter: it arrives as text, whatever its type.

    Raises:
        ValueError: the text is no such value.
    """
    return _READERS[kind](text)


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def _instant(text: str) -> datetime:
    # "2024-12-01 00:00:00+00:00" as well as RFC 3339.
    read = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    return number


_READERS: Mapping[str, Callable[[str], Value]] = {
    "INTEGER": int,
    "FLOAT": float,
    "BOOLEAN": _boolean,
    "STRING": str,
    "BYTES": base64.b64decode,
    "DATE": date.fromisoformat,
    "TIME": time.fromisoformat,
    "DATETIME": datetime.fromisoformat,
    "TIMESTAMP": _instant,
    "NUMERIC": _number,
    "BIGNUMERIC": _number,
}
