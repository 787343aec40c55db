"""Slack's date tokens, `{date_short} at {time}` and the like, filled in the reader's zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from playground.page.reading import Reading

TOKEN = re.compile(
    r"\{(date_num|date_slash|date_short_pretty|date_long_pretty|date_short|date_long|date_pretty"
    r"|date|time_secs|time|ago|day_divider_pretty)\}"
)


def fill(template: str, seconds: float, reading: Reading) -> str | None:
    """The template with its tokens filled; None if the instant cannot be shown."""
    moment = reading.local(seconds)
    if moment is None:
        return None
    return TOKEN.sub(lambda found: _token(found[1], moment, reading), template)


def day(moment: datetime, now: datetime) -> str:
    """`Today`, `Yesterday`, or the day in words; both instants in the same zone."""
    if moment.date() == now.date():
        return "Today"
    if moment.date() == now.date() - timedelta(days=1):
        return "Yesterday"
    words = f"{moment:%A}, {moment.day} {moment:%B}"
    return words if moment.year == now.year else f"{words} {moment.year}"


def _token(name: str, moment: datetime, reading: Reading) -> str:
    now = reading.now.astimezone(reading.zone)
    if name.endswith("pretty") and (pretty := day(moment, now)) in ("Today", "Yesterday"):
        return pretty
    written = {
        "date_num": f"{moment:%Y-%m-%d}",
        "date_slash": f"{moment:%m/%d/%Y}",
        "date_short": f"{moment.day} {moment:%b %Y}",
        "date_long": f"{moment:%A}, {moment.day} {moment:%B %Y}",
        "date": f"{moment.day} {moment:%B %Y}",
        "time": f"{moment:%H:%M}",
        "time_secs": f"{moment:%H:%M:%S}",
    }
    if name == "ago":
        return _ago((now - moment).total_seconds())
    name = name.removesuffix("_pretty")
    return written.get(name, written["date_long"])


def _ago(seconds: float) -> str:
    size = abs(seconds)
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if size >= length:
            count = int(size // length)
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"
