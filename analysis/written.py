"""How figures are written in a sentence. Rounding happens here and nowhere before."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_CENT = Decimal("0.01")
_FINEST = 6
"""Digits after the point beyond which a sum of money is only noise."""
_LARGEST_RATIO = Decimal(10_000)
"""Beyond a million per cent only that it is so matters."""
_SIZES = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def money(usd: Decimal, *, sign: bool = False) -> str:
    """US dollars: to the cent, or to two significant digits where a cent is too coarse."""
    prefix = "−" if usd < 0 else "+" if sign and usd > 0 else ""
    size = abs(usd)
    if size == 0 or size >= 1:
        return f"{prefix}${size.quantize(_CENT, ROUND_HALF_EVEN):,.2f}"
    digits = min(max(2, 1 - size.adjusted()), _FINEST)
    rounded = size.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    if not rounded:
        return f"{prefix}<$0.000001"
    return f"{prefix}${rounded:f}"


def percent(ratio: Decimal, *, sign: bool = False) -> str:
    """A ratio in per cent with one digit: 0.1234 as "12.3 %"."""
    value = min(abs(ratio), _LARGEST_RATIO) * 100
    value = value.quantize(Decimal("0.1") if value < 1000 else Decimal(1), ROUND_HALF_EVEN)
    prefix = "" if not value else "−" if ratio < 0 else "+" if sign else ""
    if abs(ratio) > _LARGEST_RATIO:
        prefix += ">"
    return f"{prefix}{value:,} %"


def count(number: int) -> str:
    """A count with its thousands parted: "12,345"."""
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 request", "2,000 requests"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Bytes in their largest binary unit, as BigQuery counts them: "10 MiB", "1.2 TiB"."""
    value, unit = Decimal(number), 0
    while True:
        # No digit after the point where it says little, and none of a whole number.
        digits = Decimal("0.1") if unit and value < 100 else Decimal(1)
        rounded = value.quantize(digits, ROUND_HALF_EVEN)
        if rounded < 1024 or unit == len(_SIZES) - 1:
            break
        value, unit = value / 1024, unit + 1
    text = f"{rounded:,}".removesuffix(".0")
    return f"{text} {'byte' if number == 1 else _SIZES[unit]}"
