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

Tokens are not alike: of LLM usage an output token costs several times a cached one. Where it is
known what the tokens of a cell are worth at list prices, v, in both periods, c0 v1 / v0 stands for
q1 r0: what changed by the shares of the token classes is mix, and the rate is the price of a token.
How many tokens a request has is neither, but said beside it.

A cost without units (the idle time of requests that have no price) is spread over all units, in
both periods, so that the first line holds; elsewhere the rate is that of the split.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
        values: what the tokens of a cell are worth at list prices, USD in the baseline and in the
            period, by the cell's key; of a cell that is not there all tokens count alike.
    """

    cells: tuple[Cell, ...]
    requests_before: int
    requests_now: int
    values: Mapping[tuple[str | None, ...], tuple[Decimal, Decimal]] = field(
        default_factory=dict[tuple[str | None, ...], tuple[Decimal, Decimal]]
    )


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
        shares_usd: USD of the period by which the shares of the token classes make as many tokens
            dearer; it is part of the mix.
    """

    unit: Unit
    split: Split
    requests_before: int
    requests_now: int
    days: Decimal
    compared: Decimal
    rate_usd: Decimal | None
    shares_usd: Decimal = Decimal(0)

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
        if self.rate_usd is None:
            return None
        return self._part(self.split.mix + self.shares_usd)

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
        return self._is_worth_telling(self.like_for_like, self.a_day)

    @property
    def tokens_now(self) -> Decimal | None:
        """Tokens of a request in the period; None where tokens are not the unit, or unknown."""
        return self._tokens(self.split.requests_now, self.requests_now)

    @property
    def tokens_before(self) -> Decimal | None:
        """The same in the baseline."""
        return self._tokens(self.split.requests_before, self.requests_before)

    @property
    def longer(self) -> Decimal | None:
        """How many more tokens a request has, as a share of the baseline's; None: not known."""
        now, before = self.tokens_now, self.tokens_before
        return now / before - 1 if now is not None and before is not None else None

    @property
    def longer_a_day(self) -> Decimal | None:
        """USD a day that the length of requests costs more, at the baseline's cost of a token."""
        now, before, rate = self.tokens_now, self.tokens_before, self.split.rate_before
        if now is None or before is None or rate is None:
            return None
        return (now - before) * self.requests_now * rate / self.days

    @property
    def is_longer(self) -> bool:
        """Whether requests became so much longer, or shorter, that it is worth telling."""
        return self._is_worth_telling(self.longer, self.longer_a_day)

    def _is_worth_telling(self, change: Decimal | None, a_day: Decimal | None) -> bool:
        if change is None or a_day is None:
            return False
        enough = min(self.requests_before, self.requests_now) >= LEAST_REQUESTS
        return enough and abs(change) > BEYOND and abs(a_day) >= LEAST_USD_A_DAY

    def _tokens(self, tokens: int, requests: int) -> Decimal | None:
        if self.unit is not Unit.THOUSAND_TOKENS or not tokens or not requests:
            return None
        return Decimal(tokens) / requests

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
    rate, shares = _rate(found), _shares(work)
    return Drift(
        unit=unit,
        split=found,
        requests_before=work.requests_before,
        requests_now=work.requests_now,
        days=days,
        compared=_compared(work.cells, found.now),
        rate_usd=None if rate is None else rate - shares,
        shares_usd=shares,
    )


def _rate(found: Split) -> Decimal | None:
    """What is left of the plain change, in USD of the period, when the mix is taken out."""
    if not (found.requests_before and found.requests_now):
        return None
    with localcontext(_EXACT):
        at_plain_rate = found.before * found.requests_now / found.requests_before
        return found.now - at_plain_rate.quantize(_LAST_DIGIT) - found.mix


def _shares(work: Work) -> Decimal:
    """What the shares of the token classes change, over the cells that both periods have."""
    with localcontext(_EXACT):
        usd = Decimal(0)
        for cell in work.cells:
            before, now = work.values.get(cell.key, (Decimal(0), Decimal(0)))
            if before and now and cell.requests_before and cell.requests_now:
                alike = Decimal(cell.requests_now) / cell.requests_before
                usd += cell.cost_before * (now / before - alike)
        return usd.quantize(_LAST_DIGIT)


def _compared(cells: Iterable[Cell], whole: Decimal) -> Decimal:
    if whole <= 0:
        return Decimal(0)
    return sum((cell.cost_now for cell in cells if cell.requests_before), Decimal(0)) / whole
