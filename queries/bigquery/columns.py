"""Whether the request-level table has the columns that it is mapped to, in types that fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from queries.request_table import RequestTable

_SCALARS = frozenset(
    {
        "STRING",
        "INT64",
        "FLOAT64",
        "NUMERIC",
        "BIGNUMERIC",
        "BOOL",
        "DATE",
        "DATETIME",
        "TIME",
        "TIMESTAMP",
    }
)
"""What becomes text: `CAST(… AS STRING)` takes them all."""

_NUMBERS = frozenset({"FLOAT64", "NUMERIC", "BIGNUMERIC", "INT64", "STRING"})
"""What becomes an amount: `SAFE_CAST(… AS BIGNUMERIC)` takes them all."""

_ACCEPTED: Mapping[str, frozenset[str]] = {
    "dt": frozenset({"DATE"}),
    "time": frozenset({"TIMESTAMP"}),
    "is_lt_team": frozenset({"BOOL"}),
    "row_cost": _NUMBERS,
    "attributed_idle_cost": _NUMBERS,
    "attributed_overhead_cost": _NUMBERS,
    "request_inference_time_ms": _NUMBERS,
    "request_processing_time_ms": _NUMBERS,
}
"""As what `queries.request_table` reads each column; every other one as text."""

_OTHER_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "DECIMAL": "NUMERIC"}

NEEDED = frozenset({"dt", "cost_category", "row_cost"})

Nearest = Callable[[str, Iterable[str]], list[str]]
"""The names most like a word, best first."""


@dataclass(frozen=True, slots=True)
class ColumnFault:
    """A mapped column that cannot be used.

    Attributes:
        name: what it is called here.
        sentence: what is wrong with it.
        cure: what to map in its place.
    """

    name: str
    sentence: str
    cure: str


def column_faults(
    table: RequestTable, fields: Mapping[str, str], nearest: Nearest
) -> list[ColumnFault]:
    """Every mapped column that the table lacks, or has in a type that does not fit.

    Args:
        table: with its mapping.
        fields: type by column, as BigQuery tells them; names in any case, as in BigQuery.
        nearest: finds what may have been meant.
    """
    types = {name.lower(): (name, kind) for name, kind in fields.items()}
    mapped = {column.lower() for column in table.mapping.values() if column}
    free = [name for lower, (name, _) in types.items() if lower not in mapped]
    faults: list[ColumnFault] = []
    for name, column in table.mapping.items():
        if not column:
            continue
        found = types.get(column.lower())
        if found is None:
            faults.append(_missing(name, column, _like(column, free, nearest)))
        elif not _fits(name, found[1]):
            faults.append(_unfit(name, *found))
    return faults


def _like(column: str, free: list[str], nearest: Nearest) -> list[str]:
    """First what has all of its words (`org`, `org_name`), then what is spelled alike."""
    words = _words(column)
    same = [one for one in free if words <= _words(one) or _words(one) <= words]
    return list(dict.fromkeys((*same, *nearest(column, free))))[:3]


def _words(column: str) -> set[str]:
    return set(column.lower().split("_"))


def _fits(name: str, kind: str) -> bool:
    plain = kind.upper().partition("(")[0]
    return _OTHER_NAMES.get(plain, plain) in _ACCEPTED.get(name, _SCALARS)


def _missing(name: str, column: str, like: list[str]) -> ColumnFault:
    sentence = f"The table has no column `{column}`."
    meant = f"It may be {' or '.join(f'`{one}`' for one in like)}: s" if like else "S"
    another = like[0] if like else "…"
    cure = f"{meant}et COSTBOT_BIGQUERY_COLUMNS='{_mapping(name, another)}'"
    if name not in NEEDED:
        cure += f", or '{_mapping(name, '')}' where the table has none"
    return ColumnFault(name, sentence, f"{cure}.")


def _unfit(name: str, column: str, kind: str) -> ColumnFault:
    accepted = sorted(_ACCEPTED.get(name, _SCALARS))
    either = accepted[0] if len(accepted) == 1 else f"one of {', '.join(accepted)}"
    cure = f"It has to be {either}: map another column in COSTBOT_BIGQUERY_COLUMNS"
    if name not in NEEDED:
        cure += f", or none: '{_mapping(name, '')}'"
    return ColumnFault(name, f"The column `{column}` is of the type {kind}.", f"{cure}.")


def _mapping(name: str, column: str) -> str:
    return json.dumps({name: column}, ensure_ascii=False)
