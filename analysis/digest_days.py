"""The days that a digest tells of, and those that they are compared with: complete ones alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis.periods import Dates
from analysis.schedules import Frequency

DAY = timedelta(days=1)
WEEK = 7

CURVE_DAYS = 28
"""Days of the curve: four of each weekday; a monthly one has its own days."""


@dataclass(frozen=True, slots=True)
class DigestDays:
    """Which days stand against which.

    Attributes:
        frequency: of the digest.
        now: the latest complete days that it tells of.
        before: those that they are compared with: of a day, the same weekday of the week before;
            of seven days, the seven before; of a month, the month before, and where the month is
            not over, as many of its first days.
        usual: the seven days before a single day, whose average it is held against too; None: of
            longer stretches.
        label: what they are called: "Thu 19 Nov", "13–19 Nov", "October 2026".
        before_label: what the others are.
    """

    frequency: Frequency
    now: Dates
    before: Dates
    usual: Dates | None
    label: str
    before_label: str

    @property
    def is_whole_month(self) -> bool:
        """Whether it is a month that is over."""
        return self.frequency is Frequency.MONTHLY and (self.now.last + DAY).day == 1

    @property
    def length(self) -> int:
        """How many days it tells of."""
        return (self.now.last - self.now.first).days + 1

    @property
    def length_before(self) -> int:
        """How many days it is compared with."""
        return (self.before.last - self.before.first).days + 1

    @property
    def curve(self) -> Dates:
        """The days of the curve; the last is the last that it tells of."""
        if self.frequency is Frequency.MONTHLY:
            return Dates(min(self.now.first, self.now.last - (WEEK - 1) * DAY), self.now.last)
        return Dates(self.now.last - (CURVE_DAYS - 1) * DAY, self.now.last)


def digest_days(frequency: Frequency, last: date) -> DigestDays:
    """What a digest tells of whose last complete day is `last`."""
    match frequency:
        case Frequency.DAILY:
            week_ago = last - WEEK * DAY
            return DigestDays(
                frequency,
                Dates(last, last),
                Dates(week_ago, week_ago),
                Dates(week_ago, last - DAY),
                _day(last),
                _day(week_ago),
            )
        case Frequency.WEEKLY:
            now = Dates(last - (WEEK - 1) * DAY, last)
            before = Dates(now.first - WEEK * DAY, now.first - DAY)
            return DigestDays(frequency, now, before, None, _stretch(now), "the 7 days before")
        case Frequency.MONTHLY:
            return _month(last)


def _month(last: date) -> DigestDays:
    now = Dates(last.replace(day=1), last)
    before_last = now.first - DAY
    before_first = before_last.replace(day=1)
    if (last + DAY).day == 1:
        before = Dates(before_first, before_last)
        return DigestDays(
            Frequency.MONTHLY,
            now,
            before,
            None,
            f"{last:%B %Y}",
            f"{before_last:%B}",
        )
    alike = min(before_first + (last.day - 1) * DAY, before_last)
    before = Dates(before_first, alike)
    return DigestDays(Frequency.MONTHLY, now, before, None, _stretch(now), _stretch(before))


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _stretch(days: Dates) -> str:
    first, last = days.first, days.last
    if first == last:
        return _day(last)
    if first.month == last.month:
        return f"{first.day}–{last.day} {last:%b}"
    return f"{first.day} {first:%b} – {last.day} {last:%b}"
