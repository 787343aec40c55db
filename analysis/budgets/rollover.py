"""The limit in force: what was agreed on, what was left of the period before, what was raised.

    limit in force = limit + carried + raises that are in force on that day
    carried into the next period = min(cap, max(0, limit + carried - spend))

What was carried counts as part of what could be spent, so it may be carried again, and in all never
more than the cap: ten quiet months leave no more than one does. What is overspent is not taken from
the next period. A raise is for its days: what is left of it is not carried. Of a period whose spend
is not known nothing is carried.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.budgets.terms import LARGEST_LIMIT
from analysis.errors import BadInput

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class SpentPeriod:
    """A period that is over.

    Attributes:
        limit: USD that were agreed on for it, without what was carried and raised.
        spend: USD; None where it is not known for all of its days.
    """

    limit: Decimal
    spend: Decimal | None


@dataclass(frozen=True, slots=True)
class Raise:
    """More to spend for some days, approved.

    Attributes:
        amount: USD, above zero.
        first_day: the first local day on which it is in force.
        last_day: the last one, included.

    Raises:
        BadInput: it raises nothing, or ends before it begins.
    """

    amount: Decimal
    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or not 0 < self.amount <= LARGEST_LIMIT:
            sentence = f"A raise of {self.amount} raises nothing that can be held."
            raise BadInput(sentence, "Give an amount in US dollars above zero, such as `500`.")
        if self.last_day < self.first_day:
            sentence = f"The raise would end on {self.last_day}, before it begins."
            raise BadInput(sentence, f"Give a last day from {self.first_day} on.")

    def is_in_force(self, day: date) -> bool:
        """Whether it counts on a local day."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """What may be spent in a period, as of a day, and what it is made of.

    Attributes:
        agreed: USD of the budget's terms.
        carried: USD that were left of the periods before.
        raised: USD of raises in force on that day.
    """

    agreed: Decimal
    carried: Decimal = _NOTHING
    raised: Decimal = _NOTHING

    @property
    def total(self) -> Decimal:
        """USD."""
        return self.agreed + self.carried + self.raised


def limit_in_force(
    agreed: Decimal, carried: Decimal, raises: Iterable[Raise], day: date
) -> LimitInForce:
    """What may be spent in a period, as of a local day of it.

    Args:
        agreed: USD of the budget's terms.
        carried: USD, of `carried_into`.
        raises: approved ones; those that are not in force on the day are left out.
        day: local; for a period that is over, its last one.
    """
    raised = sum((more.amount for more in raises if more.is_in_force(day)), _NOTHING)
    return LimitInForce(agreed, carried, raised)


def carry(cap: Decimal | None, limit: Decimal, carried: Decimal, spend: Decimal | None) -> Decimal:
    """USD that a period leaves to the next one.

    Args:
        cap: USD that are carried at most; None: nothing is.
        limit: USD that were agreed on for the period.
        carried: USD that were carried into it.
        spend: USD in it; None where it is not known.
    """
    if cap is None or spend is None:
        return _NOTHING
    return min(cap, max(_NOTHING, limit + carried - spend))


def carried_into(cap: Decimal | None, before: Iterable[SpentPeriod]) -> Decimal:
    """USD that are carried into a period.

    Args:
        cap: USD that are carried at most; None: nothing is.
        before: all periods before it, the budget's first one first.
    """
    carried = _NOTHING
    for period in before:
        carried = carry(cap, period.limit, carried, period.spend)
    return carried
