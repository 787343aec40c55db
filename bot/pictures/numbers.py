"""Axes' numbers: which ones stand on an axis, and how they, and single values, are written."""

from __future__ import annotations

import math
from decimal import Decimal

from bot.pictures.chart import Unit

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""What a step of an axis is, times a power of ten."""

SMALLEST = 1e-100
"""What reaches over less than this is flat: near the smallest floats nothing can be divided."""

SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))

UNIT_WORDS: dict[Unit, str] = {
    "USD": "US dollars",
    "requests": "requests",
    "%": "per cent",
    "share": "per cent",
}


def plotted(value: Decimal) -> float:
    """A figure as a place on paper: a float is exact enough for that, and for nothing else."""
    return float(value)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers from at most `low` to at least `high`, some `about` steps of them."""
    if not high > low:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < SMALLEST:
        high = low + 1.0
    step = _step((high - low) / about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _step(rough: float) -> float:
    scale = 10.0 ** math.floor(math.log10(rough))
    return next(step * scale for step in STEPS if step * scale >= rough * (1 - 1e-9))


def axis_labels(numbers: list[float], unit: Unit | None) -> list[str]:
    """The numbers of one axis, all written alike."""
    shown = [number * 100 for number in numbers] if unit == "share" else numbers
    top = max(abs(number) for number in shown)
    step = abs(shown[1] - shown[0])
    divisor, suffix = next(((d, s) for d, s in SUFFIXES if top >= d * (1 - 1e-9)), (1.0, ""))
    if suffix == "k" and top < 10_000 and not _is_whole(step / divisor):
        divisor, suffix = 1.0, ""  # $1,500 is read more easily than $1.5k
    step /= divisor
    digits = next((d for d in range(12) if _is_whole(step * 10.0**d)), 12)
    if unit == "USD" and not suffix and digits == 1:
        digits = 2  # cents are two digits
    return [_dressed(number / divisor, digits, suffix, unit) for number in shown]


def _is_whole(number: float) -> bool:
    return number > 0.5 and abs(number - round(number)) < 1e-6 * number


def value_label(value: float, unit: Unit | None, *, sign: bool = False) -> str:
    """One value, to three digits: `$1.23k`, `45.2 %`; with a plus where `sign` asks for it."""
    shown = value * 100 if unit == "share" else value
    magnitude = abs(shown)
    # 999.6 is a thousand once it is rounded.
    divisor, suffix = next(((d, s) for d, s in SUFFIXES if magnitude >= d * 0.9995), (1.0, ""))
    scaled = magnitude / divisor
    if unit == "requests" and not suffix and _is_whole(scaled + 1):
        digits = 0
    elif scaled >= 1 or not scaled:
        digits = max(0, 2 - (math.floor(math.log10(scaled)) if scaled else 2))
    else:
        digits = min(12, 1 - math.floor(math.log10(scaled)))
    if unit == "USD" and not suffix and 0 < magnitude < 99.95:
        digits = max(digits, 2)
    text = _dressed(shown / divisor, digits, suffix, unit)
    return f"+{text}" if sign and value > 0 else text


def _dressed(number: float, digits: int, suffix: str, unit: Unit | None) -> str:
    rounded = round(number, digits)
    minus = "\u2212" if rounded < 0 else ""
    text = f"{abs(rounded):,.{digits}f}"
    if not rounded:
        text, suffix = "0", ""
    match unit:
        case "USD":
            return f"{minus}${text}{suffix}"
        case "%" | "share":
            return f"{minus}{text}{suffix}\u00a0%"
        case _:
            return f"{minus}{text}{suffix}"
