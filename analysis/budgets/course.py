"""The course of a period, day by day: what a burn-down chart and a history are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.budgets.burn import KnownDays
from analysis.budgets.terms import BudgetPeriod
from analysis.complete_days import DAY


@dataclass(frozen=True, slots=True)
class CourseDay:
    """A day of a period that is known.

    Attributes:
        day: local.
        cost: USD of the day.
        cumulative: USD from the first known day of the period to this one.
        utilization: these as a share of the limit.
        pace: share of the period's days that have passed at the end of this one: the utilization
            of an even burn that ends at exactly the limit.
        is_provisional: the day is not complete: its cost still grows.
    """

    day: date
    cost: Decimal
    cumulative: Decimal
    utilization: Decimal
    pace: Decimal
    is_provisional: bool


def course_of(
    period: BudgetPeriod,
    limit: Decimal,
    daily_spend: Mapping[date, Decimal],
    as_of: date,
    known: KnownDays,
) -> tuple[CourseDay, ...]:
    """The days of a period from its first known one to `as_of`, or to where the data ends.

    Args:
        period: whose days are told.
        limit: USD, above zero: the one in force as of `as_of`, for all days alike.
        daily_spend: USD by local day of the budget's zone.
        as_of: the last local day that is looked at.
        known: which days of `daily_spend` are known.
    """
    day = max(period.first, known.first)
    until = min(as_of, period.last, known.last)
    total = Decimal(0)
    days: list[CourseDay] = []
    while day <= until:
        cost = daily_spend.get(day, Decimal(0))
        total += cost
        passed = (day - period.first).days + 1
        pace = Decimal(passed) / len(period)
        days.append(CourseDay(day, cost, total, total / limit, pace, day > known.complete))
        day += DAY
    return tuple(days)
