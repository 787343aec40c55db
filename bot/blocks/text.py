"""How figures and names are written in a message. Rounding happens here and nowhere before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

LONGEST_NAME = 60

_CENT = Decimal("0.01")
_FINEST = 6
"""Digits after the point beyond which a sum of money is only noise."""
_LARGEST_RATIO = Decimal(10_000)
"""Beyond a million per cent only that it is so matters."""

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


def short(name: str) -> str:
    """A name from data, not escaped yet, no longer than a table or a sentence bears."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def money(usd: Decimal, *, sign: bool = False) -> str:
    """US dollars: to the cent, or to two significant digits where a cent is too coarse.

    Escaped, as everything that goes into a message.
    """
    prefix = "−" if usd < 0 else "+" if sign and usd > 0 else ""
    size = abs(usd)
    if size == 0 or size >= 1:
        return f"{prefix}${size.quantize(_CENT, ROUND_HALF_EVEN):,.2f}"
    digits = min(max(2, 1 - size.adjusted()), _FINEST)
    rounded = size.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    if not rounded:
        return f"{prefix}&lt;$0.000001"
    return f"{prefix}${rounded:f}"


def percent(ratio: Decimal, *, sign: bool = False) -> str:
    """A ratio in per cent with one digit: 0.1234 as "12.3 %"; escaped, as everything here."""
    value = min(abs(ratio), _LARGEST_RATIO) * 100
    value = value.quantize(Decimal("0.1") if value < 1000 else Decimal(1), ROUND_HALF_EVEN)
    prefix = "" if not value else "−" if ratio < 0 else "+" if sign else ""
    if abs(ratio) > _LARGEST_RATIO:
        prefix += "&gt;"
    return f"{prefix}{value:,} %"


def count(number: int) -> str:
    """A count with its thousands parted: "12,345"."""
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 request", "2,000 requests"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


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
