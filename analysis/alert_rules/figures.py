"""What a series came to day by day: all that rules are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of a day, or of several.

    Attributes:
        cost: USD, fully loaded; what is unpriced is not in it.
        infrastructure: USD: direct cost of every category.
        inference: USD: of that, of requests.
        requests: that were made.
        unpriced: of these, without a price.
        failed: of these, failed or timed out.
        wasted: USD, fully loaded: what the failed ones cost.
    """

    cost: Decimal = _NOTHING
    infrastructure: Decimal = _NOTHING
    inference: Decimal = _NOTHING
    requests: int = 0
    unpriced: int = 0
    failed: int = 0
    wasted: Decimal = _NOTHING

    def __add__(self, more: Figures) -> Figures:
        return Figures(
            self.cost + more.cost,
            self.infrastructure + more.infrastructure,
            self.inference + more.inference,
            self.requests + more.requests,
            self.unpriced + more.unpriced,
            self.failed + more.failed,
            self.wasted + more.wasted,
        )

    @property
    def priced(self) -> int:
        """Requests that have a price."""
        return self.requests - self.unpriced


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class DailySeries:
    """A series by day of its zone.

    Attributes:
        days: the days that have facts; a complete day that is not among them came to nothing.
        first: the first complete day that is known.
        last: the last complete day.
    """

    days: Mapping[date, Figures] = field(default_factory=dict[date, Figures])
    first: date = date.max
    last: date = date.min

    def on(self, day: date) -> Figures:
        """What a day came to."""
        return self.days.get(day, NOTHING)

    def knows(self, day: date) -> bool:
        """Whether a day is complete and lies within what is known."""
        return self.first <= day <= self.last
