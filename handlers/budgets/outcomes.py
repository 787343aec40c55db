"""The periods of a budget, from its spend by day: limits in force, statuses, days of the marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from analysis.budgets.burn import KnownDays, reached_on, spend_between
from analysis.budgets.levels import Level
from analysis.budgets.rollover import Raise, carry, limit_in_force
from analysis.budgets.status import status_of
from analysis.budgets.terms import BudgetPeriod, Kind, Terms, periods_between, previous_period
from analysis.complete_days import DAY
from analysis.periods import EARLIEST
from handlers.budgets.results import PeriodOutcome
from handlers.budgets.spend import Spend
from storage.records.budget import BudgetDraft
from storage.records.raise_ import BudgetRaise

NOTHING_KNOWN = KnownDays(EARLIEST, EARLIEST, EARLIEST)
"""Of no day of any budget anything is known: its level is unknown then, and not ok."""

_NOTHING = Decimal(0)


def terms_of(budget: BudgetDraft) -> Terms:
    """A budget as arithmetic takes it.

    Raises:
        BadInput: no budget can be held with these terms.
    """
    return Terms(
        limit=budget.limit,
        kind=Kind(budget.kind),
        zone=budget.zone,
        start=budget.start,
        end=budget.end,
        warning=budget.warning,
        critical=budget.critical,
        forecast=budget.forecast,
        rollover=budget.rollover,
    )


def raises_of(stored: Sequence[BudgetRaise]) -> list[Raise]:
    """The approved ones, as arithmetic takes them."""
    return [
        Raise(one.amount, one.first_day, one.last_day) for one in stored if one.state == "approved"
    ]


def earlier_periods(terms: Terms, period: BudgetPeriod, count: int) -> list[BudgetPeriod]:
    """Up to so many periods before one, the latest first."""
    periods: list[BudgetPeriod] = []
    before = previous_period(terms, period)
    while before is not None and len(periods) < count:
        periods.append(before)
        before = previous_period(terms, before)
    return periods


def carried_by_period(
    terms: Terms, until: BudgetPeriod, spend: Spend, known: KnownDays
) -> Mapping[BudgetPeriod, Decimal]:
    """USD that are carried into each period that there is data for, up to and with `until`.

    Of a period of which a day is missing or not complete nothing is carried.
    """
    carried, by_period = _NOTHING, dict[BudgetPeriod, Decimal]()
    if terms.rollover is None:
        return by_period
    for period in periods_between(terms, max(terms.start, known.first), until.last):
        by_period[period] = carried
        is_known = known.first <= period.first and period.last <= known.complete
        spent = spend_between(spend.costs, period.first, period.last) if is_known else None
        carried = carry(terms.rollover, terms.limit, carried, spent)
    return by_period


def outcome_of(
    terms: Terms,
    period: BudgetPeriod,
    day: date,
    spend: Spend,
    known: KnownDays,
    *,
    carried: Decimal = _NOTHING,
    raises: Sequence[Raise] = (),
) -> PeriodOutcome:
    """A period as of a local day, or at its end where that lies before.

    Args:
        terms: of the budget.
        period: that is looked at.
        day: as of which.
        spend: by day.
        known: the days that are known.
        carried: USD, into the period.
        raises: approved ones.
    """
    within = min(max(day, period.first), period.last)
    limit = limit_in_force(terms.limit, carried, raises, within)
    first, until = max(period.first, known.first), min(within, known.last)
    status = status_of(
        terms,
        limit.total,
        spend.costs,
        day,
        known=known,
        period=period,
        unpriced_requests=spend.unpriced_between(first, until),
    )
    marks = {
        Level.WARNING: terms.warning,
        Level.CRITICAL: terms.critical,
        Level.EXCEEDED: Decimal(1),
    }
    reached = {
        level: reached_on(spend.costs, first, until, mark * limit.total)
        for level, mark in marks.items()
        if status.as_of is not None
    }
    return PeriodOutcome(
        status, limit, {level: since for level, since in reached.items() if since is not None}
    )


def span_of(terms: Terms, oldest: BudgetPeriod, known: KnownDays, history_days: int) -> date:
    """The first day whose spend is needed: for the periods, the forecast and what is carried."""
    first = max(oldest.first, EARLIEST + history_days * DAY) - history_days * DAY
    return first if terms.rollover is None else min(first, max(terms.start, known.first))
