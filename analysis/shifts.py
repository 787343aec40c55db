"""Shifts: how far a cost moved, and whether it is worth flagging."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

BEYOND = Decimal("0.15")
"""A change of more than this share is worth flagging, if it is worth money.

The practice that costbot carries on flags shifts beyond 15 to 20 %; the lower end, as in the
queries `day_over_day` and `week_over_week`, since here a flag is a mark and wakes nobody.
"""

LEAST_USD = Decimal(1)
"""What moves less money than this repays nobody's look at it."""

LEAST_SHARE = Decimal("0.001")
"""Of the cost of everything that is asked about: a shift that moves less of it is none of its news.

On the sample (60 days, three tenths of its traffic), over 20 days, 10 weeks and 2 months, this and
`LEAST_USD` took 79 of the 181 marks of models, and with them 0.7 % of the marked dollars; no mark
of a product, an organization or an endpoint. With 1 % of the whole, 129 marks and 5 % of the
dollars had gone.
"""


def least_worth(whole: Decimal) -> Decimal:
    """USD that a shift has to move to be worth flagging.

    Args:
        whole: USD of everything that is asked about, in the same stretch.
    """
    return max(LEAST_USD, LEAST_SHARE * abs(whole))


@dataclass(frozen=True, slots=True)
class Shift:
    """A cost beside the one that it is compared with.

    Attributes:
        now: USD.
        before: USD: in a stretch as long, or on an average day.
        whole: USD now of everything that is asked about, of which this may be a part.
    """

    now: Decimal
    before: Decimal
    whole: Decimal = Decimal(0)

    @property
    def change(self) -> Decimal:
        """USD more than before."""
        return self.now - self.before

    @property
    def ratio(self) -> Decimal | None:
        """The change as a share of before; None where before was nothing, or less."""
        return self.change / self.before if self.before > 0 else None

    @property
    def is_beyond(self) -> bool:
        """Whether it is worth flagging; what appeared out of nothing is, if it costs enough."""
        ratio = self.ratio
        is_large = ratio is None or abs(ratio) > BEYOND
        return is_large and abs(self.change) >= least_worth(self.whole)
