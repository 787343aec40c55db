"""What a month's volume may be, from that of each day: how low it may fall, how far it may rise.

The likely volume is the days' mean. A promise that is paid for whether it is used or not has to
hold at the low end too, which is the least of three: the 90 % range of a further month (see
`analysis.recommendations.weekly_draws`), the last week as it was, and, where the second half of
the days is smaller than the first, the same fall once more.
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

_WEEK = 7
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """USD of a further month.

    Attributes:
        low, likely, high: with 90 %.
        alike: how alike both halves of the days are, 0 to 1.
    """

    low: Decimal
    likely: Decimal
    high: Decimal
    alike: Decimal


def outlook(daily: Sequence[Decimal]) -> Outlook | None:
    """What a month may come to.

    Args:
        daily: USD of every day of the evidence, in order, 0 or more.

    Returns:
        None: there are too few days, or nothing was spent.
    """
    whole = sum(daily, _ZERO)
    if len(daily) < LEAST_DAYS or whole <= 0:
        return None
    likely = whole * MONTH / len(daily)
    half = monthly_half_width(daily)
    last = sum(daily[-_WEEK:], _ZERO) * MONTH / _WEEK
    place = len(daily) // 2
    first = sum(daily[:place], _ZERO) / place
    rest = sum(daily[place:], _ZERO) / (len(daily) - place)
    falling = likely * rest / first if rest < first else likely
    return Outlook(
        low=max(_ZERO, min(likely - half, last, falling)),
        likely=likely,
        high=max(likely + half, last),
        alike=stability(first, rest),
    )


def added_by_day(several: Sequence[Sequence[Decimal]], days: int) -> list[Decimal]:
    """The sum of several daily series of the same days."""
    return [sum((one[day] for one in several), _ZERO) for day in range(days)]
