"""Shifts: how far a cost moved, and whether it is worth flagging."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

BEYOND = Decimal("0.15")
"""A change of more than this share is worth flagging.

The practice that costbot carries on flags shifts beyond 15 to 20 %; the lower end, as in the
queries `day_over_day` and `week_over_week`, since here a flag is a mark and wakes nobody.
"""


@dataclass(frozen=True, slots=True)
class Shift:
    """A cost beside the one that it is compared with.

    Attributes:
        now: USD.
        before: USD: in a stretch as long, or on an average day.
    """

    now: Decimal
    before: Decimal

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
        """Whether it is worth flagging; what appeared out of nothing is."""
        ratio = self.ratio
        return bool(self.change) if ratio is None else abs(ratio) > BEYOND
