"""Round amounts above what a finding moved."""

from __future__ import annotations

from decimal import Decimal


def floor_above(usd: Decimal) -> Decimal:
    """A round floor above what a finding moved: two digits that matter, rounded up."""
    size = abs(usd)
    if size <= 0:
        return Decimal(1)
    step = Decimal(1).scaleb(size.adjusted() - 1)
    return max(plain((size // step + 1) * step), Decimal(1))


def plain(number: Decimal) -> Decimal:
    """The same number without an exponent and without zeros at its end."""
    return Decimal(f"{number.normalize():f}")
