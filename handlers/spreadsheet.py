"""Values as cells of a CSV file that may be opened in a spreadsheet."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """A value as a cell: None is an empty one, and no text is taken for a formula."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case _:
            return str(value)
