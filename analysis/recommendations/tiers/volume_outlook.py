"""What a month's volume may be, from that of each day: how low it may fall, how far it may rise.

The likely volume is the days' mean. A promise that is paid for whether it is used or not has to
hold at the low end too, which is the least of three: the 90 % range of a further month (see
`analysis.recommendations.weekly_draws`), the last week as it was, and where a fall would lead that
goes on: with b the mean of the w days of the last whole weeks and a of the w before, b < a,
a month m months after these d days comes to

    mean x (b / a) ^ ((d / 2 + 30 m - 15) / w)

of which the likely volume takes half: some falls go on, some do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.recommendations.cells import MONTH
from analysis.recommendations.confidence import stability
from analysis.recommendations.weekly_draws import monthly_half_width

LEAST_DAYS = 14
"""Two of each weekday: before that there is no spread of weeks."""

MOST_MONTHS = 3
"""Further ahead no fall of a month leads anywhere that is known."""

_WEEK = 7
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """USD of a further month.

    Attributes:
        low, likely, high: with 90 %.
        alike: how alike the last whole weeks are to as many before, 0 to 1.
        falls: by which share they are below those, 0 to 1; 0: they are not.
    """

    low: Decimal
    likely: Decimal
    high: Decimal
    alike: Decimal
    falls: Decimal


def outlook(daily: Sequence[Decimal], months: int = 1) -> Outlook | None:
    """What a month may come to.

    Args:
        daily: USD of every day of the evidence, in order, 0 or more.
        months: the month that is meant, 1 for the next one; at most `MOST_MONTHS` are looked ahead.

    Returns:
        None: there are too few days, or nothing was spent.
    """
    whole = sum(daily, _ZERO)
    if len(daily) < LEAST_DAYS or whole <= 0:
        return None
    mean = whole * MONTH / len(daily)
    half = monthly_half_width(daily)
    last = sum(daily[-_WEEK:], _ZERO) * MONTH / _WEEK
    # Whole weeks: halves that differ in their weekends differ in that alone.
    width = len(daily) // (2 * _WEEK) * _WEEK
    first = sum(daily[-2 * width : -width], _ZERO) / width
    rest = sum(daily[-width:], _ZERO) / width
    falling = mean
    if rest < first:
        ahead = len(daily) // 2 + MONTH * min(months, MOST_MONTHS) - MONTH // 2
        falling = mean * (rest / first) ** (Decimal(ahead) / width)
    likely = (mean + falling) / 2
    return Outlook(
        low=max(_ZERO, min(likely, mean - half, last, falling)),
        likely=likely,
        high=max(mean + half, last),
        alike=stability(first, rest),
        falls=1 - rest / first if rest < first else _ZERO,
    )


def added_by_day(several: Sequence[Sequence[Decimal]], days: int) -> list[Decimal]:
    """The sum of several daily series of the same days."""
    return [sum((one[day] for one in several), _ZERO) for day in range(days)]
