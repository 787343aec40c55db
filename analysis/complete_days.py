"""Complete days: which days of a source are whole, and which stretches of them are compared.

A day that is not over, or whose data has not all arrived, is never judged: it would always look
cheaper. Days are those of the asker's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analysis.periods import Dates, Window, midnight

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Span(StrEnum):
    """How long the stretches are that are compared."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some complete days in a row.

    Attributes:
        days: the first and the last of them.
        label: how a sentence names them: "the last 7 complete days".
    """

    days: Dates
    label: str

    def __len__(self) -> int:
        return (self.days.last - self.days.first).days + 1

    def window(self, zone: ZoneInfo) -> Window:
        """From the first local midnight to the one after the last day."""
        return window_of(self.days, zone)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared with what.

    Attributes:
        now: the latest complete days.
        against: the stretches that they are compared with, the most telling first; none longer
            or shorter than `now`.
        left_out: the days, of either month, that the other month has no counterpart for.
    """

    now: Stretch
    against: tuple[Stretch, ...]
    left_out: Dates | None = None

    @property
    def first(self) -> date:
        """The first day of any of the stretches."""
        return min(stretch.days.first for stretch in self.against)


def window_of(days: Dates, zone: ZoneInfo) -> Window:
    """From the local midnight of the first day to the one after the last."""
    return Window(midnight(days.first, zone), midnight(days.last + DAY, zone), zone)


def last_complete_day(newest: datetime, zone: ZoneInfo) -> date:
    """The last day of `zone` for which a source has all its facts.

    Facts are known to the hour: a day is complete where the newest fact lies in its last hour or
    behind it.

    Args:
        newest: instant of the source's newest fact, UTC.
        zone: in which days begin.
    """
    return (_hour_of(newest) + _grain(newest)).astimezone(zone).date() - DAY


def first_complete_day(oldest: datetime, zone: ZoneInfo) -> date:
    """The first day of `zone` for which a source has all its facts.

    Args:
        oldest: instant of the source's oldest fact, UTC.
        zone: in which days begin.
    """
    day = oldest.astimezone(zone).date()
    is_whole = _grain(oldest) == DAY or _hour_of(oldest) <= midnight(day, zone)
    return day if is_whole else day + DAY


def compared(span: Span, last: date, today: date) -> Compared:
    """What a span of complete days is compared with.

    A day: with the day before, and with the same weekday a week before. A week: the last seven
    complete days with the seven before. A month: its days so far with the same days of the month
    before; where one of the two months is shorter, with as many days as both have.

    Args:
        span: how long the stretches are.
        last: the last complete day.
        today: which the labels are written from.
    """
    match span:
        case Span.DAY:
            name = "yesterday" if last == today - DAY else f"{last:%A} {last}"
            return Compared(
                Stretch(Dates(last, last), name),
                (
                    Stretch(Dates(last - DAY, last - DAY), "the day before"),
                    Stretch(Dates(last - 7 * DAY, last - 7 * DAY), f"the {last:%A} before"),
                ),
            )
        case Span.WEEK:
            return Compared(
                latest(7, last, today), (Stretch(_days_to(last - 7 * DAY, 7), "the 7 before"),)
            )
        case Span.MONTH:
            return _months(last)


def latest(days: int, last: date, today: date) -> Stretch:
    """The latest complete days.

    Args:
        days: how many.
        last: the last complete day.
        today: which the label is written from.
    """
    is_current = last == today - DAY
    label = f"the last {days} complete days" if is_current else f"the {days} days to {last}"
    return Stretch(_days_to(last, days), label)


def _months(last: date) -> Compared:
    first = last.replace(day=1)
    before_last = first - DAY
    before_first = before_last.replace(day=1)
    shared = min(last.day, before_last.day)
    now = Dates(first, first.replace(day=shared))
    before = Dates(before_first, before_first.replace(day=shared))
    return Compared(
        Stretch(now, _month_label(now)),
        (Stretch(before, _month_label(before)),),
        _without_counterpart(last, now, before),
    )


def _without_counterpart(last: date, now: Dates, before: Dates) -> Dates | None:
    """The days behind the ones that both months have: of this one, or of one that is over."""
    if last > now.last:
        return Dates(now.last + DAY, last)
    month_is_over = (last + DAY).day == 1
    before_last = now.first - DAY
    if month_is_over and before_last > before.last:
        return Dates(before.last + DAY, before_last)
    return None


def _month_label(days: Dates) -> str:
    if (days.last + DAY).day == 1:
        return f"{days.first:%B %Y}"
    return (
        f"{days.first:%-d}–{days.last:%-d %B %Y}" if days.last.day > 1 else f"{days.last:%-d %B %Y}"
    )


def _days_to(last: date, days: int) -> Dates:
    return Dates(last - (days - 1) * DAY, last)


def _grain(instant: datetime) -> timedelta:
    """How long the stretch is that a fact at an instant stands for.

    A source that knows days and no times has its facts at UTC midnight sharp.
    """
    is_midnight = instant == datetime(instant.year, instant.month, instant.day, tzinfo=UTC)
    return DAY if is_midnight else HOUR


def _hour_of(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
