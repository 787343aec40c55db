"""Levels: how much of a limit is spent, in the words in which people are alerted."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from functools import total_ordering

HYSTERESIS = Decimal("0.02")
"""Share of the limit by which spend has to fall below a mark before that mark counts as left.

Late corrections move spend by fractions of a per cent; without it, each would be a recovery and
a new alert.
"""


@total_ordering
class Level(Enum):
    """How far spend has come, from least to most. The order is that of the list."""

    UNKNOWN = "unknown"
    """Nothing is known, or what is known is too old or too little to call it ok."""
    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    EXCEEDED = "exceeded"
    """From 100 % of the limit on; at exactly 100 % the word for it is "reached"."""

    def __lt__(self, other: Level) -> bool:
        return _ORDER[self] < _ORDER[other]


_ORDER = {level: place for place, level in enumerate(Level)}


def level_at(spend: Decimal, limit: Decimal, warning: Decimal, critical: Decimal) -> Level:
    """The level of a spend; a mark is reached by what equals it.

    Args:
        spend: USD in the period.
        limit: USD, above zero.
        warning: share of the limit.
        critical: share of the limit.
    """
    # Multiplied, never divided: a product is exact, a quotient is not.
    if spend >= limit:
        return Level.EXCEEDED
    if spend >= critical * limit:
        return Level.CRITICAL
    return Level.WARNING if spend >= warning * limit else Level.OK
