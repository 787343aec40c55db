"""How far the evidence of a recommendation can be trusted, from 0 to 1.

The product of four factors, each of which alone can pull it down:

- **days**: half of it for any evidence at all, the other half in proportion up to four weeks, so
  that each weekday was seen four times. 7 days: 0.625; 14: 0.75; 28 and more: 1.
- **requests**: 1 − 1/√n, since 1/√n is the half-width of the 95 % interval of a share that was
  counted in n requests (at most 0.98/√n). 4 requests: 0.5; 100: 0.9; 10,000: 0.99.
- **stability**: 0.5 + half of how alike the two halves of the days are (see `stability`).
  Unknown counts like halves that differ twofold.
- **known share**: as it is. What is not priced, and facts that are assumed, support nothing.

At most 0.95: what was so last month need not be so next month.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

FULL_DAYS = 28
"""Days from which more days add nothing: each weekday four times."""

MOST = Decimal("0.95")
"""The confidence of perfect evidence."""

UNKNOWN_STABILITY = Decimal("0.5")

_HALF = Decimal("0.5")
_DIGITS = Decimal("0.001")


def confidence(
    *, days: int, requests: int, stability: Decimal | None, known_share: Decimal
) -> Decimal:
    """The confidence that evidence supports, 0 to 0.95, with three digits after the point.

    Args:
        days: complete days on which it was seen.
        requests: that it was seen on.
        stability: 0 to 1, how alike the two halves of the days are; None: not known.
        known_share: 0 to 1, the share of the cost that is priced, times what else is known rather
            than assumed.

    Raises:
        ValueError: a count is negative, or a share is outside 0 to 1.
    """
    if days < 0 or requests < 0:
        message = f"a count is not negative: {days} days, {requests} requests"
        raise ValueError(message)
    alike = UNKNOWN_STABILITY if stability is None else stability
    for share in (alike, known_share):
        if not 0 <= share <= 1:
            message = f"a share lies between 0 and 1, not at {share}"
            raise ValueError(message)
    if not days or not requests:
        return Decimal(0)
    of_days = _HALF + _HALF * min(Decimal(1), Decimal(days) / FULL_DAYS)
    of_requests = 1 - 1 / Decimal(requests).sqrt()
    of_halves = _HALF + _HALF * alike
    whole = of_days * of_requests * of_halves * known_share
    return min(MOST, whole).quantize(_DIGITS, ROUND_HALF_EVEN)


def stability(first: Decimal, second: Decimal) -> Decimal:
    """How alike two halves are: the smaller by the larger, 0 to 1; 1 where both are nothing.

    Args:
        first: of the first half, per day where the halves differ in length; 0 or more.
        second: of the second half.
    """
    larger = max(first, second)
    return min(first, second) / larger if larger > 0 else Decimal(1)
