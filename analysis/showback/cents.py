"""Rounding to cents, so that the parts add up to the whole: the largest remainder.

Everyone gets their amount rounded down, and the cents that are left go, one each, to those who
lost most by it (Hamilton's method, as for seats of a parliament). So nobody is off by a cent or
more, and whoever has nothing gets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import TypeVar

from analysis.showback.facts import EXACT

CENT = Decimal("0.01")

K = TypeVar("K", bound=str)


def to_cents(amount: Decimal) -> Decimal:
    """An amount to the nearest cent, half a cent to the even one."""
    with localcontext(EXACT):
        return amount.quantize(CENT, ROUND_HALF_EVEN)


def rounded(amounts: Mapping[K, Decimal], whole: Decimal) -> dict[K, Decimal]:
    """Amounts in cents that add up to `whole`, in the order of their names.

    Args:
        amounts: USD; may be below zero.
        whole: USD in cents: their exact sum, rounded down, up or to the nearest.
    """
    with localcontext(EXACT):
        found = {name: amounts[name].quantize(CENT, ROUND_FLOOR) for name in sorted(amounts)}
        missing = int((whole - sum(found.values(), Decimal(0))) / CENT)
        # Alike in what they lost, the first by name gets it: the same every time.
        by_loss = sorted(found, key=lambda name: (found[name] - amounts[name], name))
        for name in by_loss[:missing]:
            found[name] += CENT
        return found
