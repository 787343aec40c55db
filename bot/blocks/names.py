"""What the members of a breakdown are called in a message."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.blocks.text import day_label, short
from queries.breakdown import Key


def key_name(key: Key, zone: ZoneInfo, by: tuple[str, ...]) -> str:
    """A member by its values in all dimensions of a breakdown, shortened; not escaped."""
    parts = [value_name(value, zone, name) for value, name in zip(key, by, strict=True)]
    return " · ".join(short(part) for part in parts)


def value_name(value: str | date | datetime | None, zone: ZoneInfo, dimension: str) -> str:
    """A value of a dimension; what has none is called so. Not escaped."""
    match value:
        case None:
            return f"no {dimension.replace('_', ' ')}"
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case date():
            return day_label(value)
        case str():
            return value or f"no {dimension.replace('_', ' ')}"
