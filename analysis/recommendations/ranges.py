"""The range of savings: what the next month may differ by from the days that were seen.

Two things are unsure, and independent: how much will be asked for at all, and how well the method
tells what would be saved of it. Their relative standard deviations add up as squares, and the
range is 1.645 of them to either side (90 % of a normal distribution).

What will be asked for is judged by the two halves of the days: with means a and b the standard
deviation of their mean is |a - b| / 2, relative to it (1 - s) / (1 + s) for the stability
s = min / max. It is taken for at least 13 %: a month is rarely closer to the one before.
"""

from __future__ import annotations

from decimal import Decimal

from analysis.recommendations.confidence import UNKNOWN_STABILITY
from analysis.recommendations.proposal import Savings

NORMAL_90 = Decimal("1.645")

LEAST_SPREAD = Decimal("0.13")
"""Of the volume from one month to the next, relative: the standard deviation of the logarithm of
30 days beside the 30 before is 0.128 in 531 pairs of 22 series of the NN5 competition."""


def volume_spread(stability: Decimal | None) -> Decimal:
    """The relative standard deviation of next month's volume.

    Args:
        stability: 0 to 1, see `confidence.stability`; None: not known.
    """
    alike = UNKNOWN_STABILITY if stability is None else stability
    return max(LEAST_SPREAD, (1 - alike) / (1 + alike))


def savings_range(
    likely: Decimal, *, most: Decimal, stability: Decimal | None, method: Decimal
) -> Savings:
    """The range around the likely savings, cut at nothing and at what there is to save.

    Args:
        likely: USD a month, 0 to `most`.
        most: USD a month that it costs now.
        stability: of the volume, 0 to 1; None: not known.
        method: the relative standard deviation of the estimate itself.
    """
    spread = (volume_spread(stability) ** 2 + method**2).sqrt()
    width = NORMAL_90 * spread
    return Savings(
        low=likely * max(Decimal(0), 1 - width),
        likely=likely,
        high=max(likely, min(most, likely * (1 + width))),
    )


def widened(savings: Savings, low: Decimal, high: Decimal) -> Savings:
    """A range that also holds two other estimates of the same, in any order.

    Args:
        savings: the range around the likely one.
        low: what the same would save where the assumptions do worst, USD a month.
        high: where they do best.
    """
    ends = (savings.low, savings.high, low, high)
    return Savings(
        low=max(Decimal(0), min(*ends, savings.likely)),
        likely=savings.likely,
        high=max(*ends, savings.likely),
    )
