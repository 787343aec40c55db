"""The terms of a budget: how much, for which days, and from where on it alerts.

A period is a stretch of local days of the budget's zone, both ends included: a month, a quarter or
a year of the calendar, or two dates. A budget counts from its start on and never before: one that
begins on the 10th has a first period from the 10th to the end of that month, with its whole limit.
In the same way an end cuts the last period. A budget without an end renews itself for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from analysis.complete_days import DAY, window_of
from analysis.errors import BadInput
from analysis.periods import EARLIEST, LONGEST_DAYS, Dates, Window

SMALLEST_LIMIT = Decimal("0.01")
"""USD: a cent. A limit of nothing would be reached before anything is spent."""

LARGEST_LIMIT = Decimal(10) ** 12
"""USD: beyond a trillion it is a typing error."""

LARGEST_FORECAST_MARK = Decimal(10)
"""1,000 % of the limit, the highest mark that Azure and Google Cloud take as well."""

LATEST = date(9000, 12, 31)
"""No budget reaches further: behind it the calendar itself comes to its end."""


class Kind(StrEnum):
    """After which stretch of days a budget begins anew."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    CUSTOM = "custom"
    """Never: it runs once, from one date to another."""

    @property
    def months(self) -> int:
        """Calendar months of a period; 0 where it does not renew."""
        return {"monthly": 1, "quarterly": 3, "annual": 12, "custom": 0}[self.value]


@dataclass(frozen=True, slots=True)
class BudgetPeriod:
    """The days that are added up and held against one limit.

    Attributes:
        first: the first local day, included.
        last: the last local day, included.
    """

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return str(Dates(self.first, self.last))

    def window(self, zone: ZoneInfo) -> Window:
        """Its instants, UTC: from the first local midnight to the one after the last day."""
        return window_of(Dates(self.first, self.last), zone)


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed on for a budget.

    Attributes:
        limit: USD for each period.
        kind: after which stretch of days it begins anew.
        zone: in which its days begin and end.
        start: the first day that counts.
        end: the last day that counts; None: it renews for good. A custom budget has one.
        warning: share of the limit from which on spend is a warning.
        critical: share of the limit from which on spend is critical.
        forecast: share of the limit from which on the forecast alerts; None: it never does.
        rollover: USD of what is left unspent that are carried into the next period at most;
            None: nothing is carried.

    Raises:
        BadInput: no budget can be held with these terms.
    """

    limit: Decimal
    kind: Kind
    zone: ZoneInfo
    start: date
    end: date | None = None
    warning: Decimal = Decimal("0.80")
    critical: Decimal = Decimal("0.95")
    forecast: Decimal | None = Decimal("1.10")
    rollover: Decimal | None = None

    def __post_init__(self) -> None:
        _check_limit(self.limit)
        _check_dates(self)
        _check_marks(self)
        _check_rollover(self)

    def today(self, now: datetime) -> date:
        """The local day of the budget's zone.

        Args:
            now: the present instant, UTC.
        """
        return now.astimezone(self.zone).date()


def period_at(terms: Terms, day: date) -> BudgetPeriod | None:
    """The period that a local day lies in; None before the start and after the end."""
    if day < terms.start or day > _end(terms):
        return None
    if terms.kind is Kind.CUSTOM:
        return BudgetPeriod(terms.start, _end(terms))
    first, last = _calendar_stretch(day, terms.kind.months)
    return BudgetPeriod(max(first, terms.start), min(last, _end(terms)))


def current_period(terms: Terms, day: date) -> BudgetPeriod:
    """The period of a local day: the first one before the start, the last one after the end."""
    within = min(max(day, terms.start), _end(terms))
    period = period_at(terms, within)
    if period is None:
        message = f"{within} lies within {terms.start} to {terms.end}, and in no period"
        raise AssertionError(message)
    return period


def previous_period(terms: Terms, period: BudgetPeriod) -> BudgetPeriod | None:
    """The period before another one; None before the first."""
    return period_at(terms, period.first - DAY)


def periods_between(terms: Terms, first: date, last: date) -> Iterator[BudgetPeriod]:
    """The periods that touch some local days, the earliest first.

    Args:
        terms: of the budget.
        first: the first of the days.
        last: the last of the days, included.
    """
    period = period_at(terms, max(first, terms.start))
    while period is not None and period.first <= last:
        yield period
        period = period_at(terms, period.last + DAY)


def is_cut(terms: Terms, period: BudgetPeriod) -> bool:
    """Whether a period is shorter than the calendar's, by the budget's start or end.

    It has the whole limit nevertheless.
    """
    if terms.kind is Kind.CUSTOM:
        return False
    return (period.first, period.last) != _calendar_stretch(period.first, terms.kind.months)


def _end(terms: Terms) -> date:
    return terms.end or LATEST


def _calendar_stretch(day: date, months: int) -> tuple[date, date]:
    """The months of the calendar that a day lies in, `months` of them from January on."""
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = first.month + months
    year, month = (first.year + 1, 1) if following > 12 else (first.year, following)
    return first, date(year, month, 1) - DAY


def _check_limit(limit: Decimal) -> None:
    if not limit.is_finite() or not SMALLEST_LIMIT <= limit <= LARGEST_LIMIT:
        sentence = f"A limit of {limit} can not be held: it has to be a cent at least."
        if limit.is_finite() and limit > LARGEST_LIMIT:
            sentence = f"A limit of {limit:,f} is beyond a trillion dollars."
        raise BadInput(sentence, "Give the limit of one period in US dollars, such as `5000`.")


def _check_dates(terms: Terms) -> None:
    if not EARLIEST <= terms.start <= LATEST:
        sentence = f"A budget can not begin on {terms.start}."
        raise BadInput(sentence, f"Give a day from {EARLIEST} on.")
    if terms.end is None:
        if terms.kind is Kind.CUSTOM:
            sentence = "A custom budget needs the day on which it ends."
            raise BadInput(sentence, "Give two dates, or a monthly, quarterly or annual period.")
        return
    if terms.end < terms.start:
        sentence = f"The budget would end on {terms.end}, before it begins on {terms.start}."
        raise BadInput(sentence, f"Give `{terms.end}..{terms.start}`, or a later end.")
    if terms.end > LATEST:
        raise BadInput(f"A budget can not end on {terms.end}.", "Leave the end away: it renews.")
    if terms.kind is Kind.CUSTOM and (terms.end - terms.start).days >= LONGEST_DAYS:
        sentence = f"{terms.start} to {terms.end} is longer than ten years."
        raise BadInput(sentence, "Give two dates that lie closer together, or an annual period.")


def _check_marks(terms: Terms) -> None:
    marks = (terms.warning, terms.critical)
    if not all(mark.is_finite() for mark in marks) or not 0 < terms.warning < terms.critical < 1:
        sentence = (
            f"The marks {_percent(terms.warning)} and {_percent(terms.critical)} do not rise"
            " towards 100 %, which is always the last one."
        )
        raise BadInput(sentence, "Give a warning below the critical mark, such as 80 % and 95 %.")
    forecast = terms.forecast
    if forecast is None:
        return
    if not forecast.is_finite() or not 0 < forecast <= LARGEST_FORECAST_MARK:
        sentence = f"No forecast can be held against {_percent(forecast)} of the limit."
        raise BadInput(sentence, "Give a mark such as 110 %, or turn the forecast's alert off.")


def _check_rollover(terms: Terms) -> None:
    cap = terms.rollover
    if cap is None:
        return
    if terms.kind is Kind.CUSTOM:
        sentence = "A custom budget has no next period that something could be carried into."
        raise BadInput(sentence, "Leave the rollover away, or let the budget renew.")
    if not cap.is_finite() or not 0 < cap <= LARGEST_LIMIT:
        sentence = f"A rollover of {cap} can not be carried."
        raise BadInput(sentence, "Give what is carried at most in US dollars, such as `500`.")


def _percent(share: Decimal) -> str:
    return f"{share * 100:f} %" if share.is_finite() else str(share)
