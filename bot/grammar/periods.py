"""How a period is written: `today`, `7d`, `2024-12`, `2024-12-02..2024-12-06`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from analysis.errors import NotUnderstood
from analysis.periods import Calendar, Dates, Last, Period

_LAST = re.compile(r"([0-9]{1,9})([hd])", re.ASCII)
_DATES = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.\.\.?([0-9]{4}-[0-9]{2}-[0-9]{2}))?", re.ASCII
)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)


def parse_period(word: str) -> Period | None:
    """The period that `word` writes; None where it writes none.

    Raises:
        NotUnderstood: it looks like a period, but the calendar has no such day.
    """
    if word in tuple(Calendar):
        return Calendar(word)
    if match := _LAST.fullmatch(word):
        return Last(int(match[1]), "h" if match[2] == "h" else "d")
    if match := _DATES.fullmatch(word):
        return Dates(_day(match[1]), _day(match[2] or match[1]))
    if match := _MONTH.fullmatch(word):
        first = _day(f"{match[1]}-{match[2]}-01")
        return Dates(first, first.replace(day=monthrange(first.year, first.month)[1]))
    return None


def write_period(period: Period) -> str:
    """The word that `parse_period` reads as `period`."""
    return str(period)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        sentence = f"The calendar has no {text}."
        raise NotUnderstood(sentence, "Write days as in `2024-12-02..2024-12-06`.") from None
