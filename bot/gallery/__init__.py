"""The gallery: every message template with typical, empty and extreme data, to be looked at."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from bot.gallery.entry import Entry

NOUNS: tuple[str, ...] = (
    "digests",
    "home",
    "questions",
    "forecast",
    "trends",
    "incidents",
    "anomalies",
    "alert_rules",
    "showback",
    "budgets",
    "recommendations",
    "told",
    "notices",
    "api_tokens",
    "setup",
)
"""The modules beside this one that make entries (`def entries() -> list[Entry]`), as shown."""


class _Makes(Protocol):
    def entries(self) -> list[Entry]: ...


def entries_of(noun: str) -> list[Entry]:
    """The entries of one noun; it is loaded when it is asked for."""
    return cast("_Makes", import_module(f"{__name__}.{noun}")).entries()


def entries() -> list[Entry]:
    """The entries of all nouns."""
    return [entry for noun in NOUNS for entry in entries_of(noun)]
