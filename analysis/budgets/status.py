"""Where a budget stands: spent, left, how fast, how it ends.

    utilization = spend / limit                     both ends of the period count
    burn        = spend / elapsed days              the days elapsed include the one looked at
    projected   = spend + burn × remaining days     = burn × length, the plain reading
    exhaustion  = day looked at + remaining / burn  in whole days, never past the end

Days of a source that lie behind its newest fact are not known, which is not 0: a status is always
as of a day, the last that is known, and says so. Within what is known, a day without a cost is 0.

How a day counts that is not over: see `analysis.budgets.burn`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from analysis.budgets.burn import KnownDays, burn_between, reached_on
from analysis.budgets.forecast import Forecast, forecast_of
from analysis.budgets.levels import Level, level_at
from analysis.budgets.terms import BudgetPeriod, Terms, current_period
from analysis.errors import BadInput

STALE_AFTER_DAYS = 2
"""Days without any data after which "ok" is not said any more. Billing data comes up to 1.6 days
late: today's and yesterday's may be missing on a day on which nothing is wrong."""

EXACT_DIGITS = 60
"""Sums and products of money (38 digits) and days are exact within these."""

_NOTHING = Decimal(0)


class State(StrEnum):
    """Whether the period lies ahead, is on, or is over."""

    NOT_BEGUN = "not begun"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Status:
    """A budget in one of its periods, as of a day.

    Attributes:
        terms: of the budget.
        period: the days that count.
        state: whether it lies ahead, is on, or is over.
        as_of: the last day that is counted; None where no day of the period is known.
        is_provisional: that day is not complete: its spend still grows.
        days_behind: days of the period that have begun and of which nothing is known yet.
        days_before_data: days at its beginning that lie before the data; their cost is missing.
        limit: USD in force: with what was carried and raised.
        spend: USD from the first day to `as_of`.
        unpriced_requests: without a price: their cost is in none of the figures.
        elapsed_days: from the first day to `as_of`, both included.
        remaining_days: behind `as_of`, the last one included.
        burn: USD a day; None where nothing is known.
        projected: USD at the end at that burn, the plain reading; None where nothing is known.
        forecast: the same by weekday, with a range; None where `forecast_of` is silent.
        exhaustion: the day on which the limit was reached; else the last day that the rest pays
            for whole at that burn; None where the limit outlasts the period.
        level: how much of the limit is spent; `UNKNOWN` in place of ok where data is missing.
    """

    terms: Terms
    period: BudgetPeriod
    state: State
    as_of: date | None
    is_provisional: bool
    days_behind: int
    days_before_data: int
    limit: Decimal
    spend: Decimal
    unpriced_requests: int
    elapsed_days: int
    remaining_days: int
    burn: Decimal | None
    projected: Decimal | None
    forecast: Forecast | None
    exhaustion: date | None
    level: Level

    @property
    def utilization(self) -> Decimal:
        """Spend as a share of the limit."""
        return self.spend / self.limit

    @property
    def remaining(self) -> Decimal:
        """USD that are left; below zero, that much is spent beyond the limit."""
        return self.limit - self.spend

    @property
    def is_on_track(self) -> bool | None:
        """Whether the plain projection stays within the limit; None where there is none."""
        return None if self.projected is None else self.projected <= self.limit

    @property
    def is_exceeded(self) -> bool:
        """Whether more than the limit is spent: exactly the limit is reached, not exceeded."""
        return self.spend > self.limit

    @property
    def word(self) -> str:
        """The level in a word: at exactly 100 % "reached", above it "exceeded"."""
        if self.level is Level.EXCEEDED and not self.is_exceeded:
            return "reached"
        return self.level.value


def status_of(
    terms: Terms,
    limit: Decimal,
    daily_spend: Mapping[date, Decimal],
    as_of: date,
    *,
    known: KnownDays | None = None,
    period: BudgetPeriod | None = None,
    unpriced_requests: int = 0,
) -> Status:
    """Where a budget stands at the end of a day, or so far on it.

    Args:
        terms: of the budget.
        limit: USD in force, above zero: see `analysis.budgets.rollover`.
        daily_spend: USD by local day of the budget's zone; days before the period count for the
            forecast alone, negative corrections as they are.
        as_of: the local day that is looked at, today or one behind us.
        known: which days of `daily_spend` are known; all of them up to the end of `as_of` if left
            out.
        period: the one that is looked at; if left out, the one that `as_of` lies in, the first one
            before the budget's start, the last one after its end.
        unpriced_requests: in the scope and the period.

    Raises:
        BadInput: the limit is not above zero.
    """
    if not limit.is_finite() or limit <= 0:
        sentence = f"A limit of {limit} can not be held: nothing could be spent of it."
        raise BadInput(sentence, "Give a limit above zero.")
    period = period or current_period(terms, as_of)
    known = known or _all_known(daily_spend, period, as_of)
    begun_until = min(as_of, period.last)
    first = max(period.first, known.first)
    until = min(begun_until, known.last)
    if until < first:
        is_before_data = begun_until < known.first
        return _nothing_known(
            terms, period, limit, as_of, unpriced_requests, is_before_data=is_before_data
        )
    with localcontext(prec=EXACT_DIGITS):
        burn = burn_between(daily_spend, first, until, known.complete)
        remaining_days = (period.last - until).days
        is_running = as_of <= period.last
        days_behind = (begun_until - until).days
        return Status(
            terms=terms,
            period=period,
            state=State.RUNNING if is_running else State.ENDED,
            as_of=until,
            is_provisional=until > known.complete,
            days_behind=days_behind,
            days_before_data=(first - period.first).days,
            limit=limit,
            spend=burn.spend,
            unpriced_requests=unpriced_requests,
            elapsed_days=(until - period.first).days + 1,
            remaining_days=remaining_days,
            burn=burn.per_day,
            projected=burn.projected(remaining_days),
            forecast=forecast_of(period, daily_spend, until, known) if is_running else None,
            exhaustion=reached_on(daily_spend, first, until, limit)
            or burn.lasts_to(limit, remaining_days),
            level=_level(terms, limit, burn.spend, days_behind, unpriced_requests),
        )


def _level(
    terms: Terms, limit: Decimal, spend: Decimal, days_behind: int, unpriced_requests: int
) -> Level:
    level = level_at(spend, limit, terms.warning, terms.critical)
    is_nothing_priced = spend <= 0 and unpriced_requests > 0
    if level is Level.OK and (days_behind > STALE_AFTER_DAYS or is_nothing_priced):
        return Level.UNKNOWN
    return level


def _nothing_known(
    terms: Terms,
    period: BudgetPeriod,
    limit: Decimal,
    as_of: date,
    unpriced_requests: int,
    *,
    is_before_data: bool,
) -> Status:
    """The status of a period that has not begun, or of which there is no data, or none yet."""
    begun_days = max((min(as_of, period.last) - period.first).days + 1, 0)
    if not begun_days:
        state = State.NOT_BEGUN
    else:
        state = State.RUNNING if as_of <= period.last else State.ENDED
    return Status(
        terms=terms,
        period=period,
        state=state,
        as_of=None,
        is_provisional=False,
        days_behind=0 if is_before_data else begun_days,
        days_before_data=begun_days if is_before_data else 0,
        limit=limit,
        spend=_NOTHING,
        unpriced_requests=unpriced_requests,
        elapsed_days=0,
        remaining_days=len(period),
        burn=None,
        projected=None,
        forecast=None,
        exhaustion=None,
        level=Level.UNKNOWN if begun_days else Level.OK,
    )


def _all_known(daily_spend: Mapping[date, Decimal], period: BudgetPeriod, as_of: date) -> KnownDays:
    first = min(daily_spend, default=period.first)
    return KnownDays(min(first, period.first), as_of, as_of)
