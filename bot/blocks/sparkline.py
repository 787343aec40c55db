"""A curve in a line of text: a block a day, or a week, its height its share of the dearest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum

LEVELS = "▁▂▃▄▅▆▇█"

WIDEST = 31
"""A month of days; more would not fit beside figures."""

WEEK = 7
"""What longer curves are drawn of: averages over other spans would beat with the week's rhythm."""


class Scale(Enum):
    """What one block of a curve stands for; the value is how many days that are."""

    DAY = 1
    WEEK = WEEK

    @property
    def heading(self) -> str:
        """What a column of such curves is called."""
        return "Days" if self is Scale.DAY else "Weeks"

    @property
    def legend(self) -> str:
        """What a block is, beside the curve."""
        return "a block a day" if self is Scale.DAY else "a block a week, its average day"


def scale_of(days: int) -> Scale:
    """The scale on which the curve of so many days has its place in a line."""
    return Scale.WEEK if days > WIDEST else Scale.DAY


def sparkline(costs: Sequence[Decimal], scale: Scale | None = None) -> str:
    """The curve of daily costs, from 0 (or the least below it) to the largest.

    Args:
        costs: of one day after the other.
        scale: what a block is; None: what `scale_of` them is. Of weeks, a block is the average
            day, and the days before the first whole week are left out.
    """
    points = list(costs)
    if (scale or scale_of(len(costs))) is Scale.WEEK:
        whole = costs[len(costs) % WEEK :]
        points = [_average(whole[at : at + WEEK]) for at in range(0, len(whole), WEEK)]
    if not points:
        return ""
    low, high = min([*points, Decimal(0)]), max([*points, Decimal(0)])
    if low == high:
        return LEVELS[0] * len(points)
    top = len(LEVELS) - 1
    return "".join(LEVELS[round((point - low) / (high - low) * top)] for point in points)


def _average(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
