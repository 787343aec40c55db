"""Efficiency: what a unit of work costs against its baseline, with the mix of the work taken out.

The split of `analysis.drivers.split`, over the finest cells of a member, brought to one unit. With
q units and cost c of a cell, r = c / q, Q, C and R = C / Q of the whole member, 0 for the
baseline and 1 for the period:

    R1 - R0       = (mix + rate) / Q1           the plain change of the cost per unit
    mix           = sum of (q1/Q1 - q0/Q0) Q1 (r0 - R0)    other work is asked for
    rate          = sum of q1 (r1 - r0)                    the same work costs more
    like for like = sum of q1 r1 / sum of q1 r0 - 1 = rate / (C1 - rate)

Like for like is Paasche's price index less one (H. Paasche, 1874; "Consumer Price Index Manual",
IMF and others, 2020, chapter 2): today's work at today's rates against the same work at the
baseline's. A cell that the baseline does not have counts at its own rate, so it moves the mix only.
A cost without units (the idle time of requests that have no price) is spread over all units, in
both periods, so that the first line holds; elsewhere the rate is that of the split.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from enum import Enum

from analysis.drivers.cells import Cell
from analysis.drivers.split import Split, split
from analysis.shifts import BEYOND

LEAST_REQUESTS = 100
"""With fewer requests, now or in the baseline, one large one makes a drift: where the cost of a
request varies as much as it is high, the mean of 100 is known to 10 %."""

LEAST_USD_A_DAY = Decimal(1)
"""What moves less money than this a day repays nobody's look at it."""

_EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
_LAST_DIGIT = Decimal(1).scaleb(-15)


class Unit(Enum):
    """What a cost is divided by; the value is how many make one unit."""

    REQUEST = 1
    """GPU requests: they differ in kind, and the kinds are the cells."""
    THOUSAND_TOKENS = 1000
    """LLM usage: requests differ in length, and a longer one is no drift."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one cell of a member did and cost; unpriced requests are not in it.

    Attributes:
        cells: the combinations of members, with quantities in place of requests: requests, or
            tokens.
        requests_before: requests that have a price, in the baseline.
        requests_now: requests that have a price, in the period.
    """

    cells: tuple[Cell, ...]
    requests_before: int
    requests_now: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What a unit costs, before and now, and what the change comes from.

    Attributes:
        unit: of work.
        split: of the member's cost; its requests are requests or single tokens, see `unit`.
        requests_before: requests that have a price, in the baseline.
        requests_now: requests that have a price, in the period.
        days: how long the period is.
        compared: the share of the cost now whose cells are in the baseline too; 0 to 1.
        rate_usd: USD of the period by which the same work has become dearer; None without a
            baseline.
    """

    unit: Unit
    split: Split
    requests_before: int
    requests_now: int
    days: Decimal
    compared: Decimal
    rate_usd: Decimal | None

    @property
    def cost_now(self) -> Decimal | None:
        """USD per unit in the period; None where nothing was done, or nothing has a price."""
        return self._per_unit(self.split.rate_now)

    @property
    def cost_before(self) -> Decimal | None:
        """USD per unit in the baseline; None where it has none."""
        return self._per_unit(self.split.rate_before)

    @property
    def plain(self) -> Decimal | None:
        """The change of the cost per unit as a share of the baseline's; the mix is in it."""
        if self.cost_now is None or not self.cost_before:
            return None
        return self.cost_now / self.cost_before - 1

    @property
    def mix(self) -> Decimal | None:
        """USD per unit by which other work makes it dearer; None without a baseline."""
        return self._part(self.split.mix if self.rate_usd is not None else None)

    @property
    def rate(self) -> Decimal | None:
        """USD per unit by which the same work has become dearer; None without a baseline."""
        return self._part(self.rate_usd)

    @property
    def like_for_like(self) -> Decimal | None:
        """The change with the mix taken out, as a share; None without a baseline."""
        if self.rate_usd is None:
            return None
        at_old_rates = self.split.now - self.rate_usd
        return self.rate_usd / at_old_rates if at_old_rates > 0 else None

    @property
    def a_day(self) -> Decimal | None:
        """USD a day that the same work costs more than at the baseline's rates."""
        return None if self.rate_usd is None else self.rate_usd / self.days

    @property
    def is_beyond(self) -> bool:
        """Whether the drift is worth flagging: large, on enough requests, and worth money."""
        drift, usd = self.like_for_like, self.a_day
        if drift is None or usd is None:
            return False
        enough = min(self.requests_before, self.requests_now) >= LEAST_REQUESTS
        return enough and abs(drift) > BEYOND and abs(usd) >= LEAST_USD_A_DAY

    def _part(self, usd: Decimal | None) -> Decimal | None:
        return None if usd is None else self._per_unit(usd / self.split.requests_now)

    def _per_unit(self, usd: Decimal | None) -> Decimal | None:
        return None if usd is None else usd * self.unit.value


def drift(work: Work, unit: Unit, days: Decimal) -> Drift:
    """The drift of a member.

    Args:
        work: its cells, in single requests or tokens.
        unit: of work.
        days: how long the period is.
    """
    found = split(work.cells)
    return Drift(
        unit=unit,
        split=found,
        requests_before=work.requests_before,
        requests_now=work.requests_now,
        days=days,
        compared=_compared(work.cells, found.now),
        rate_usd=_rate(found),
    )


def _rate(found: Split) -> Decimal | None:
    """What is left of the plain change, in USD of the period, when the mix is taken out."""
    if not (found.requests_before and found.requests_now):
        return None
    with localcontext(_EXACT):
        at_plain_rate = found.before * found.requests_now / found.requests_before
        return found.now - at_plain_rate.quantize(_LAST_DIGIT) - found.mix


def _compared(cells: Iterable[Cell], whole: Decimal) -> Decimal:
    if whole <= 0:
        return Decimal(0)
    return sum((cell.cost_now for cell in cells if cell.requests_before), Decimal(0)) / whole
