"""How fields of requests are written: amounts, shares, days, texts.

Amounts are taken as strings of plain digits, as they are answered, and as JSON numbers too, which
are read digit by digit and never as binary fractions.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from api.questions import NO_NUL

_DIGITS = r"^[0-9]{1,15}(\.[0-9]{1,15})?$"

_MOST = Decimal(10) ** 15

_PLAIN = re.compile(_DIGITS)


def _exact(given: object) -> object:
    """A decimal from a string of plain digits, or from a number."""
    message = 'Write plain digits, such as "5000" or "0.25".'
    if isinstance(given, str):
        if not _PLAIN.fullmatch(given):
            raise ValueError(message)
        return Decimal(given)
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise ValueError(message)
    value = Decimal(given)
    # Before it is written out: 1e999999999 would fill the memory.
    exponent = value.as_tuple().exponent
    if not 0 <= value < _MOST or not isinstance(exponent, int) or exponent < -15:
        message = "Give 0 or more, at most 15 digits before the point and 15 behind it."
        raise ValueError(message)
    return value


def _whole(given: object) -> object:
    """An integer, also where it is written as 7.0."""
    if isinstance(given, Decimal) and given == given.to_integral_value() and given < _MOST:
        return int(given)
    return given


def _day(given: object) -> object:
    """A day as ISO 8601 writes it, and no other way."""
    message = "Write a day as 2026-11-20."
    if not isinstance(given, str) or len(given) != len("2026-11-20"):
        raise ValueError(message)
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError(message) from None


Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _DIGITS},
                {"type": "number", "minimum": 0, "exclusiveMaximum": 10**15},
            ]
        }
    ),
]
"""A decimal, 0 or more."""

Whole = Annotated[int, BeforeValidator(_whole)]

Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]

Line = Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]
"""A name or a reference."""

Name = Annotated[str, Field(min_length=1, max_length=80, pattern=NO_NUL)]

Prose = Annotated[str, Field(max_length=2_000, pattern=NO_NUL)]

Lines = Annotated[list[Line], Field(max_length=20)]

Scope = Annotated[
    dict[str, Annotated[list[Line], Field(min_length=1, max_length=100)]],
    Field(
        description="What it counts: dimension to accepted values; empty: everything.",
        examples=[{"model": ["gpt-4"]}],
    ),
]


def amount_text(value: Decimal | None) -> str | None:
    """An amount as forms take it, where `5.125` might mean thousands."""
    if value is None:
        return None
    text = f"{value:f}"
    _, point, fraction = text.partition(".")
    return f"{text}0" if point and len(fraction) == 3 else text


def share_text(value: Decimal | None) -> str | None:
    """A share as forms take it, where `2` would mean 2 %."""
    return None if value is None else f"{value.scaleb(2):f}%"
