"""Burn: what is known of the daily spend, how fast it runs, and when it meets a limit.

    burn       = spend / elapsed days
    projected  = spend + burn × remaining days
    exhaustion = day + remaining / burn, in whole days

A day that is not over is in the spend, and in no average: it would always look cheap. Burn is taken
over complete days, and the days since then count with the burn or with what they have already cost,
whichever is more. At the end of a day these are the plain formulas; only where no day is complete
yet (the first day of a period) what there is of it is taken for a whole day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.complete_days import DAY

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class KnownDays:
    """What is known of the daily spend: the span of the source's data, not of the budget's.

    Attributes:
        first: the first day whose cost is known; a day after it without a cost cost nothing.
        last: the last day of which anything is known, often today.
        complete: the last day that is over and whose data is all there, often yesterday.
    """

    first: date
    last: date
    complete: date


def spend_between(daily_spend: Mapping[date, Decimal], first: date, last: date) -> Decimal:
    """USD of some days, both ends included; a day that is not there cost nothing."""
    return sum((cost for day, cost in daily_spend.items() if first <= day <= last), _NOTHING)


@dataclass(frozen=True, slots=True)
class Burn:
    """How fast spend runs in the days of a period that are known.

    Attributes:
        first: the first day that is known of the period.
        until: the last day that is counted.
        spend: USD of these days.
        whole: USD of the days that burn is taken over.
        whole_days: how many these are, at least one.
        open_days: days behind them that are not complete.
    """

    first: date
    until: date
    spend: Decimal
    whole: Decimal
    whole_days: int
    open_days: int

    @property
    def per_day(self) -> Decimal:
        """USD a day."""
        return self.whole / self.whole_days

    @property
    def by_now(self) -> Decimal:
        """USD at the end of the last day that is counted, as far as it can be told."""
        if not self.open_days:
            return self.spend
        return max(self.spend, self.whole + self.whole * self.open_days / self.whole_days)

    def projected(self, days: int) -> Decimal:
        """USD so many days later at the same burn; refunds are not projected."""
        # Multiplied first: a product is exact, a quotient is not.
        return self.by_now + max(self.whole, _NOTHING) * days / self.whole_days

    def lasts_to(self, limit: Decimal, remaining_days: int) -> date | None:
        """The last day that a limit pays for whole, at this burn.

        Args:
            limit: USD, more than is spent.
            remaining_days: of the period; None is returned where the limit outlasts them.
        """
        if self.whole <= 0:
            return None
        rest = max(limit - self.by_now, _NOTHING)
        # In days rest / burn, with burn = whole / whole_days.
        if rest * self.whole_days > self.whole * remaining_days:
            return None
        return self.until + int(rest * self.whole_days // self.whole) * DAY


def burn_between(
    daily_spend: Mapping[date, Decimal], first: date, until: date, complete: date
) -> Burn:
    """Adds up what is known of a period.

    Args:
        daily_spend: USD by local day.
        first: the first day that counts.
        until: the last day that counts, not before the first.
        complete: the last day that is over and whose data is all there.
    """
    spend = spend_between(daily_spend, first, until)
    days = (until - first).days + 1
    whole_days = (min(until, complete) - first).days + 1
    if whole_days <= 0 or whole_days == days:
        return Burn(first, until, spend, spend, days, 0)
    whole = spend_between(daily_spend, first, complete)
    return Burn(first, until, spend, whole, whole_days, days - whole_days)


def reached_on(
    daily_spend: Mapping[date, Decimal], first: date, until: date, limit: Decimal
) -> date | None:
    """The day since which spend has not been below a limit; None while it is below.

    Args:
        daily_spend: USD by local day.
        first: the first day that counts.
        until: the last day that counts.
        limit: USD.
    """
    total, day = spend_between(daily_spend, first, until), until
    if total < limit:
        return None
    while day > first and total - daily_spend.get(day, _NOTHING) >= limit:
        total -= daily_spend.get(day, _NOTHING)
        day -= DAY
    return day
