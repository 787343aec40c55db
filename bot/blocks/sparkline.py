"""A curve in a line of text: a block a day, its height the day's share of the dearest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

LEVELS = "▁▂▃▄▅▆▇█"

WIDEST = 31
"""A month of days; more would not fit beside figures."""

WEEK = 7
"""What longer curves are drawn of: averages over other spans would beat with the week's rhythm."""


def sparkline(costs: Sequence[Decimal]) -> str:
    """The curve of daily costs, from 0 (or the least below it) to the largest.

    A block is a day, or the average of a week where there are more than `WIDEST` days; the days
    before the first whole week are left out then.
    """
    points = list(costs)
    if len(costs) > WIDEST:
        whole = costs[len(costs) % WEEK :]
        points = [_average(whole[at : at + WEEK]) for at in range(0, len(whole), WEEK)]
    low, high = min([*points, Decimal(0)]), max([*points, Decimal(0)])
    if low == high:
        return LEVELS[0] * len(points)
    top = len(LEVELS) - 1
    return "".join(LEVELS[round((point - low) / (high - low) * top)] for point in points)


def _average(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
