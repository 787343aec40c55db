"""When two engines' answers are the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from handlers.queries import QueryRequest
from queries.template_list import ResultColumn

FLOAT_RELATIVE = 1e-9

MONEY_DIGITS = Decimal("1e-12")
"""Sums of money are exact on each engine, and the same to the last digit. A quotient is not:
BigQuery divides with 38 digits after the point, DuckDB as FLOAT64, with 15 or 16 in all. Of amounts
below a thousand dollars, as the rows here have them, 12 after the point are sure."""


def differences(
    columns: Sequence[ResultColumn],
    one: Sequence[tuple[object, ...]],
    other: Sequence[tuple[object, ...]],
) -> list[str]:
    """What two answers of a template differ in, in order; none where they are the same."""
    if len(one) != len(other):
        return [f"{len(one)} rows, {len(other)} rows"]
    return [
        f"row {place}, {column.name}: {left!r}, {right!r}"
        for place, (first, second) in enumerate(zip(one, other, strict=True))
        for column, left, right in zip(columns, first, second, strict=True)
        if not _alike(column.type, left, right)
    ]


def _alike(kind: str, left: object, right: object) -> bool:
    if left is None or right is None:
        return left is right
    match kind:
        case "BIGNUMERIC":
            if not isinstance(left, Decimal) or not isinstance(right, Decimal):
                return False
            return abs(left - right) < MONEY_DIGITS
        case "FLOAT64":
            if not isinstance(left, float) or not isinstance(right, float):
                return False
            return math.isclose(left, right, rel_tol=FLOAT_RELATIVE, abs_tol=1e-12)
        case _:
            return type(left) is type(right) and left == right


def asked_for(name: str) -> QueryRequest:
    """A template with its defaults, but for one.

    Days of few requests lie at exactly 2 standard deviations now and then, where the last bit of a
    float decides: a limit that no small numbers come to has the flags compared, too.
    """
    return QueryRequest(name, {"deviations": "1.9387"} if name == "anomaly_detection" else {})
