"""What all answers have in common, and how their figures are written.

Money and prices are JSON strings of plain digits: a JSON number is a binary fraction to most
readers, in which 0.1 dollars have no exact value, and what was rounded cannot be added up to the
cent. Counts are JSON integers. Percentages, ratios and scores are for reading, and JSON numbers.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_LAST = Decimal("1E-9")

_PLAIN = r"^-?\d+(\.\d+)?$"

Money = Annotated[str, Field(pattern=_PLAIN, description="US dollars, unrounded, as plain digits.")]

Figure = Annotated[str, Field(pattern=_PLAIN, description="A decimal, unrounded, as plain digits.")]


class Answer(BaseModel):
    """The body of a response, or a part of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Page(Answer):
    """A page of a list."""

    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null: this is the last one."
    )


def plain(value: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def plain_or_none(value: Decimal | None) -> str | None:
    """The same; None where nothing is known."""
    return None if value is None else plain(value)


def quotient(value: Decimal | None) -> str | None:
    """What was divided, and so has no last digit: to the ninth one behind the point."""
    return None if value is None else rounded(value)


def rounded(value: Decimal) -> str:
    """The same, of what is known."""
    return plain(value.quantize(_LAST, ROUND_HALF_EVEN, Context(prec=60)))


def percentage(share: Decimal | None) -> float | None:
    """A share as a percentage, to the sixth digit behind the point."""
    return None if share is None else float(round(share * 100, 6))
