"""A curve in a line of text: a block a day, its height the day's share of the dearest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

LEVELS = "▁▂▃▄▅▆▇█"

WIDEST = 31
"""A month of days; more would not fit beside figures."""


def sparkline(values: Sequence[Decimal], most: int = WIDEST) -> str:
    """The curve of `values`, from 0 (or the least below it) to the largest.

    Args:
        values: in order of time.
        most: how many blocks there may be; where there are more values, each block is the average
            of as many neighbours, the oldest block of what is over.
    """
    size = max(1, -(-len(values) // most))
    over = len(values) % size
    starts = [*([0] if over else []), *range(over, len(values), size)]
    points = [_average(values[at : (over if over and at == 0 else at + size)]) for at in starts]
    low, high = min(0, *points, 0), max(0, *points, 0)
    if low == high:
        return LEVELS[0] * len(points)
    top = len(LEVELS) - 1
    return "".join(LEVELS[round((point - low) / (high - low) * top)] for point in points)


def _average(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
