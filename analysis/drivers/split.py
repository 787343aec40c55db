"""The split of a change of cost into volume, mix and rate, which add up to it exactly.

The price-volume-mix analysis of cost accounting (the sales volume, sales mix and price variances
of Horngren, Datar and Rajan, "Cost Accounting"), with cost per request as the price. With
requests q and cost c of a cell, r = c / q, the sums Q and C over all cells, R = C / Q, 0 for
before and 1 for now:

    volume = (Q1 - Q0) R0                          as many requests more, of the mix of before
    mix    = sum of (q1/Q1 - q0/Q0) Q1 (r0 - R0)   requests moved to dearer or cheaper cells
    rate   = sum of q1 (r1 - r0)                   a request of the same cell costs more

What is not there in both periods has conventions: a new cell's rate before is its rate now, so
that it costs no rate and shows in volume and mix; a vanished cell has no requests that could
have another rate. Where there were no requests at all before, all is volume. A cost without
requests (idle machines, a fee) belongs to rate, as all that makes the same requests dearer does;
`Split.fixed` tells how much of rate that is.

The sums of fractions are rounded to 15 digits, once each, before the parts are made of their
differences: so the parts are right to 15 digits, and their sum is the change to the last one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from analysis.drivers.cells import Cell

_EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
_LAST_DIGIT = Decimal(1).scaleb(-15)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Split:
    """A change of cost and its parts, USD; `volume + mix + rate == change`.

    Attributes:
        before: cost before.
        now: cost now.
        requests_before: requests that have a price.
        requests_now: requests that have a price.
        volume: by more or fewer requests.
        mix: by requests moved to dearer or cheaper cells.
        rate: by what a request of the same cell costs.
        fixed: the part of `rate` that costs without requests have.
    """

    before: Decimal
    now: Decimal
    requests_before: int
    requests_now: int
    volume: Decimal
    mix: Decimal
    rate: Decimal
    fixed: Decimal

    @property
    def change(self) -> Decimal:
        """USD more than before."""
        return _EXACT.subtract(self.now, self.before)

    @property
    def ratio(self) -> Decimal | None:
        """The change as a share of before; None where before was nothing."""
        return self.change / self.before if self.before else None

    @property
    def requests_ratio(self) -> Decimal | None:
        """The change of requests as a share of those before; None where there were none."""
        if not self.requests_before:
            return None
        return Decimal(self.requests_now - self.requests_before) / self.requests_before

    @property
    def rate_before(self) -> Decimal | None:
        """USD per request before; None without requests."""
        return self.before / self.requests_before if self.requests_before else None

    @property
    def rate_now(self) -> Decimal | None:
        """USD per request now; None without requests."""
        return self.now / self.requests_now if self.requests_now else None


@dataclass(slots=True)
class _Sums:
    requests_before: int = 0
    requests_now: int = 0
    cost_before: Decimal = _NOTHING
    cost_now: Decimal = _NOTHING
    fixed_before: Decimal = _NOTHING
    fixed_now: Decimal = _NOTHING
    new: Decimal = _NOTHING
    matched_now: Decimal = _NOTHING
    at_old_rates: Decimal = _NOTHING

    def add(self, cell: Cell) -> None:
        self.requests_before += cell.requests_before
        self.requests_now += cell.requests_now
        if cell.requests_before:
            self.cost_before += cell.cost_before
        else:
            self.fixed_before += cell.cost_before
        if not cell.requests_now:
            self.fixed_now += cell.cost_now
            return
        self.cost_now += cell.cost_now
        if cell.requests_before:
            self.matched_now += cell.cost_now
            self.at_old_rates += cell.cost_before * cell.requests_now / cell.requests_before
        else:
            self.new += cell.cost_now


def split(cells: Iterable[Cell]) -> Split:
    """The change over `cells` and its parts; see the module for the formulas."""
    with localcontext(_EXACT):
        sums = _Sums()
        for cell in cells:
            sums.add(cell)
        at_old_rates = sums.at_old_rates.quantize(_LAST_DIGIT)
        if sums.requests_before:
            scaled = sums.cost_before * sums.requests_now / sums.requests_before
            scaled = scaled.quantize(_LAST_DIGIT)
        else:
            scaled = sums.cost_now
        fixed = sums.fixed_now - sums.fixed_before
        return Split(
            before=sums.cost_before + sums.fixed_before,
            now=sums.cost_now + sums.fixed_now,
            requests_before=sums.requests_before,
            requests_now=sums.requests_now,
            volume=scaled - sums.cost_before,
            mix=at_old_rates + sums.new - scaled,
            rate=sums.matched_now - at_old_rates + fixed,
            fixed=fixed,
        )
