"""The line under every answer: how old the data is, and in which zone days begin."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.blocks.text import moment, plural
from handlers.freshness import Freshness


def freshness_line(freshness: Freshness, zone: ZoneInfo) -> str:
    """Each source with its newest fact; a stale one is marked, never passed over."""
    if not freshness.sources:
        return f"No data loaded yet · days in {zone.key}"
    parts: list[str] = []
    for source in freshness.sources:
        name = {"gpu": "GPU", "usage": "LLM", "focus": "FOCUS"}[source.source.value]
        until = f"{name} data to {moment(source.data_until, zone)}"
        if source.is_stale:
            until = f":warning: {until} (stale: {age(freshness.now - source.data_until)} old)"
        parts.append(until)
    return " · ".join([*parts, f"days in {zone.key}"])


def age(span: timedelta) -> str:
    """A span in its largest sensible unit: "5 minutes", "26 hours", "3 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return plural(max(minutes, 0), "minute")
    if minutes < 72 * 60:
        return plural(minutes // 60, "hour")
    return plural(minutes // (24 * 60), "day")
