"""Money and shares as text of plain digits: how they stand in evidence and actions."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_MONEY = Decimal("0.000001")
_SHARE = Decimal("0.0001")


def dollars(amount: Decimal) -> str:
    """USD with six digits after the point at most: "12.5"."""
    return _plain(amount, _MONEY)


def share(ratio: Decimal) -> str:
    """A ratio with four digits after the point at most: "0.4"."""
    return _plain(ratio, _SHARE)


def _plain(value: Decimal, last: Decimal) -> str:
    text = f"{value.quantize(last, ROUND_HALF_EVEN):f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text
