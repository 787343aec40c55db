"""Periods: what `today`, `week` or two dates mean in a zone, and what they are compared with.

Days begin at local midnight, whatever daylight saving does; instants are UTC. What is not over
yet is provisional: it is compared over its complete hours, with the same hours before. Those of a
single day are held against the same weekday a week ago: half as much is asked for at a weekend, so
against a Friday every Saturday would be news.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from analysis.errors import NotUnderstood

LONGEST_DAYS = 3660
"""Ten years: what is longer is a typing error."""

EARLIEST = date(1970, 1, 1)
"""No fact is older; and the period before one that begins here is still in the calendar."""


class Calendar(StrEnum):
    """A stretch that the calendar names."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Last:
    """The last so many hours or days, the present one included: `24h`, `7d`."""

    amount: int
    unit: Literal["h", "d"]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Dates:
    """From one day to another, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


Period = Calendar | Last | Dates


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, half open.

    Attributes:
        start: first instant, UTC.
        end: first instant after it, UTC.
        zone: in which its days are counted.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def first_day(self) -> date:
        """The local day of the first instant."""
        return self.start.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The local day of the last instant."""
        return (self.end - timedelta(microseconds=1)).astimezone(self.zone).date()

    @property
    def is_empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.end <= self.start


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two windows of like length: what is complete of the period, and the one before it."""

    now: Window
    before: Window
    before_label: str


@dataclass(frozen=True, slots=True)
class ResolvedPeriod:
    """A period, pinned to instants.

    Attributes:
        window: what is added up.
        label: how a sentence names it: "today", "the last 7 days".
        provisional: it is not over yet, so its figures still grow.
        comparison: what its delta is taken of; None while none of it is complete.
    """

    window: Window
    label: str
    provisional: bool
    comparison: Comparison | None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which `day` begins in `zone`."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def resolve(
    period: Period, now: datetime, zone: ZoneInfo, *, data_until: datetime | None = None
) -> ResolvedPeriod:
    """Pins `period` to instants.

    Args:
        period: what was asked for.
        now: the present instant, UTC.
        zone: in which days begin.
        data_until: the newest fact's instant; what lies behind it is not compared.

    Raises:
        NotUnderstood: the period is backwards, in the future, longer than ten years or before 1970.
    """
    today = now.astimezone(zone).date()
    first, last, label, back = _bounds(period, today)
    if isinstance(period, Last) and period.unit == "h":
        end = _whole_hour(now) + timedelta(hours=1)
        window = Window(end - timedelta(hours=period.amount), end, zone)
    else:
        window = Window(midnight(first, zone), midnight(last + timedelta(days=1), zone), zone)
    provisional = window.end > now
    complete = window.end
    if provisional:
        complete = min(complete, _whole_hour(min(now, data_until or now)))
    comparison = _comparison(window, complete, back, provisional=provisional)
    return ResolvedPeriod(window, label, provisional, comparison)


@dataclass(frozen=True, slots=True)
class _Back:
    """How far back the period before lies: in hours, in local days, or one month."""

    hours: int = 0
    days: int = 0
    month: bool = False
    label: str = ""
    same_label: str = ""


def _bounds(period: Period, today: date) -> tuple[date, date, str, _Back]:
    match period:
        case Calendar.TODAY:
            return today, today, "today", _a_week_ago(today)
        case Calendar.YESTERDAY:
            day = today - timedelta(days=1)
            return day, day, "yesterday", _Back(days=1, label="the day before")
        case Calendar.WEEK:
            first = today - timedelta(days=today.weekday())
            back = _Back(days=7, label="last week", same_label="the same hours last week")
            return first, first + timedelta(days=6), "this week", back
        case Calendar.MONTH:
            first = today.replace(day=1)
            last = _next_month(first) - timedelta(days=1)
            back = _Back(month=True, label="last month", same_label="the same days last month")
            return first, last, "this month", back
        case Last(amount, unit):
            return _last(amount, unit, today)
        case Dates(first, last):
            return _dates(first, last, today)


def _last(amount: int, unit: Literal["h", "d"], today: date) -> tuple[date, date, str, _Back]:
    days = amount if unit == "d" else -(-amount // 24)
    if amount < 1 or days > LONGEST_DAYS:
        sentence = f"`{amount}{unit}` is no period that can be added up."
        raise NotUnderstood(sentence, "Try `24h`, `7d` or `30d`.")
    if unit == "h":
        name = "hour" if amount == 1 else f"{amount} hours"
        back = _Back(hours=amount, label=f"the {name} before", same_label=f"the {name} before")
        return today, today, f"the last {name}", back
    if amount == 1:
        return today, today, "the last day", _a_week_ago(today)
    before = f"the {amount} days before"
    back = _Back(days=amount, label=before, same_label=f"the same hours of {before}")
    return today - timedelta(days=amount - 1), today, f"the last {amount} days", back


def _dates(first: date, last: date, today: date) -> tuple[date, date, str, _Back]:
    if last < first:
        sentence = f"{first} to {last} runs backwards."
        raise NotUnderstood(sentence, f"Try `{last}..{first}`.")
    if first > today:
        sentence = f"{first} has not happened yet: today is {today}."
        raise NotUnderstood(sentence, "Try `today`, `7d` or two dates that lie behind us.")
    if first < EARLIEST:
        sentence = f"{first} lies before everything that can have cost anything here."
        raise NotUnderstood(sentence, f"Try `30d`, or dates from {EARLIEST} on.")
    days = (last - first).days + 1
    if days > LONGEST_DAYS:
        sentence = f"{first} to {last} is longer than ten years."
        raise NotUnderstood(sentence, "Try `30d`, or two dates that lie closer together.")
    if days == 1:
        back = _a_week_ago(today) if first == today else _Back(days=1, label="the day before")
        return first, last, f"on {first}", back
    label = f"{first} to {last}"
    before = f"the {days} days before"
    back = _Back(days=days, label=before, same_label=f"the same hours of {before}")
    return first, last, label, back


def _a_week_ago(today: date) -> _Back:
    """What the hours of a day that is not over are held against."""
    weekday = f"last {today:%A}"
    return _Back(days=7, label=weekday, same_label=f"the same hours {weekday}")


def _comparison(
    window: Window, complete: datetime, back: _Back, *, provisional: bool
) -> Comparison | None:
    now = Window(window.start, complete, window.zone)
    if now.is_empty:
        return None
    before = Window(_shift(now.start, back, now.zone), _shift(now.end, back, now.zone), now.zone)
    if before.is_empty:  # the hour that a clock change leaves out, compared alone
        return None
    label = back.same_label if provisional and back.same_label else back.label
    return Comparison(now, before, label)


def _shift(instant: datetime, back: _Back, zone: ZoneInfo) -> datetime:
    """The same clock time earlier: in absolute hours, in local days, or a month before.

    A month's days that the month before does not have end where that month ends.
    """
    if back.hours:
        return instant - timedelta(hours=back.hours)
    local = instant.astimezone(zone)
    if back.month:
        this_month = local.date().replace(day=1)
        last_month = (this_month - timedelta(days=1)).replace(day=1)
        day = last_month + timedelta(days=local.day - 1)
        if day >= this_month:
            return midnight(this_month, zone)
    else:
        day = local.date() - timedelta(days=back.days)
    moved = datetime.combine(day, local.time(), tzinfo=zone)
    return moved.astimezone(UTC)


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _whole_hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
