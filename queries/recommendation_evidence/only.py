"""Narrowing evidence down to some values of some columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from queries.recommendation_evidence.reading import Reading
from queries.schema import quoted

Only = Mapping[str, Sequence[str]]
"""Columns of `requests`, as the dimensions declare them, to the values that count, any of them."""

EVERYTHING: Only = {}


def only_sql(reading: Reading, relation: str, only: Only) -> str:
    """Conditions to be added to others; the values are the parameters of `only_parameters`.

    Files of before a dimension was declared have no column for it: where none has, nothing is
    of any of its values.

    Args:
        reading: of the mart.
        relation: the requests, as they stand after FROM.
        only: columns from our declared lists, and their values.
    """
    if not only:
        return ""
    described = reading.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608 - what is pasted is a relation of our own
    there = {str(row[0]) for row in described}
    return "".join(
        f" AND list_contains($only_{place}, {quoted(column)})" if column in there else " AND false"
        for place, column in enumerate(only)
    )


def only_parameters(conditions: str, only: Only) -> dict[str, object]:
    """The parameters of these conditions."""
    named = {f"only_{place}": list(values) for place, values in enumerate(only.values())}
    return {name: values for name, values in named.items() if f"${name}," in conditions}
