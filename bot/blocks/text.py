"""How figures and names are written in a message: escaped, and no longer than it bears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis import written
from analysis.written import count, plural

__all__ = [
    "count",
    "day_label",
    "enumerate_names",
    "escape",
    "moment",
    "money",
    "percent",
    "plural",
    "short",
    "unescape",
]

LONGEST_NAME = 60

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
"""With them a name could begin a line of its own."""
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""With them a name could turn the writing of what follows it round."""
_WRITTEN = {
    **dict.fromkeys((*_CONTROLS, *_DIRECTIONS), "\N{REPLACEMENT CHARACTER}"),
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
}


def escape(text: str) -> str:
    """Text from data or from a person, so that Slack shows it on one line and pings nobody.

    Slack decodes exactly three entities, in mrkdwn and in plain text alike.
    """
    return text.translate(_WRITTEN)


def unescape(text: str) -> str:
    """What a person typed: Slack sends three characters as entities."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def short(name: str) -> str:
    """A name from data, not escaped yet, no longer than a table or a sentence bears."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def money(usd: Decimal, *, sign: bool = False) -> str:
    """US dollars: to the cent, or to two significant digits where a cent is too coarse.

    Escaped, as everything that goes into a message.
    """
    return escape(written.money(usd, sign=sign))


def percent(ratio: Decimal, *, sign: bool = False) -> str:
    """A ratio in per cent with one digit: 0.1234 as "12.3 %"; escaped, as everything here."""
    return escape(written.percent(ratio, sign=sign))


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """An instant in a zone, the zone named: "21 Nov 08:00 CET"."""
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b %H:%M} {local.tzname() or zone.key}"


def day_label(value: date) -> str:
    """A day with its weekday: "Fri 2026-11-20"."""
    return f"{value:%a %Y-%m-%d}"


def enumerate_names(names: Sequence[str], most: int = 3) -> str:
    """Names as a list in a sentence, escaped: "a, b and 4 more"."""
    shown = [escape(short(name)) for name in names[:most]]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {count(rest)} more"
    if len(shown) > 1:
        return f"{', '.join(shown[:-1])} and {shown[-1]}"
    return "".join(shown)
