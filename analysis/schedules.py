"""Schedules: when something is sent, by the clock on a wall somewhere.

A slot is a local date: whatever clocks do, there is one a day at most, and who claims it by its
date never claims it twice. Its instant follows from the zone's rules:

- a time that a clock change leaves out (02:30 in the spring night) becomes the first instant after
  the gap, so that day has its slot;
- a time that comes twice (02:30 in the autumn night) is its first occurrence;
- a date that a zone leaves out whole (Samoa, 30 December 2011) has no slot.

Nothing is kept here: which slot is due follows from the schedule and the present alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analysis.errors import BadInput

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

LAST_DAY = 0
"""Stands for the last day of a month."""

LONGEST_APART = 40
"""Days: no two slots of a schedule lie further apart, missing dates included."""

EVERY_DAY = tuple(range(7))
WORKING_DAYS = tuple(range(5))


class Frequency(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


CAUGHT_UP_WITHIN = {
    Frequency.DAILY: timedelta(hours=6),
    Frequency.WEEKLY: timedelta(hours=24),
    Frequency.MONTHLY: timedelta(hours=24),
}
"""How long after its instant a slot that was missed is still worth doing."""

LATE_AFTER = timedelta(minutes=10)
"""From when on what is done counts as late; before that nobody would notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When something is sent.

    Attributes:
        frequency: how often.
        at: the wall clock's time in `zone`, to the minute.
        zone: IANA.
        weekdays: 0 is Monday; those on which a daily one is sent, and the one of a weekly one.
        day: of a monthly one, 1 to 31, or `LAST_DAY`; a month that is shorter has it on its last.

    Raises:
        BadInput: no day fits, or too many.
    """

    frequency: Frequency
    at: time
    zone: ZoneInfo
    weekdays: tuple[int, ...] = EVERY_DAY
    day: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        object.__setattr__(self, "at", self.at.replace(second=0, microsecond=0, tzinfo=None))
        if not self.weekdays or not set(self.weekdays) <= set(EVERY_DAY):
            raise BadInput("There is no weekday to send on.", "Give some, such as mon,wed,fri.")
        if self.frequency is Frequency.WEEKLY and len(self.weekdays) != 1:
            sentence = "A weekly one is sent on one weekday."
            raise BadInput(sentence, "Give one, such as monday; or `daily` on several weekdays.")
        if not (self.day == LAST_DAY or 1 <= self.day <= 31):
            raise BadInput(f"No month has a day {self.day}.", "Give 1 to 31, or last.")

    def is_on(self, day: date) -> bool:
        """Whether a local date is one of its days."""
        if self.frequency is not Frequency.MONTHLY:
            return day.weekday() in self.weekdays
        wanted = _days_of_month(day) if self.day == LAST_DAY else self.day
        return day.day == min(wanted, _days_of_month(day))


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time at which something is due.

    Attributes:
        local_date: in the schedule's zone: the name of the slot.
        at: its instant, UTC.
    """

    local_date: date
    at: datetime


def slot(schedule: Schedule, now: datetime) -> Slot | None:
    """The latest slot that is due; None: the calendar has none yet.

    Args:
        schedule: when.
        now: the present, aware.
    """
    for found in _backwards(schedule, now):
        return found
    return None


def next_after(schedule: Schedule, now: datetime) -> Slot:
    """The first slot after an instant."""
    day = now.astimezone(schedule.zone).date() - DAY
    for _ in range(2 * LONGEST_APART):
        if schedule.is_on(day):
            at = instant_of(day, schedule.at, schedule.zone)
            if at is not None and at > now:
                return Slot(day, at)
        day += DAY
    message = f"{schedule} has no slot after {now}"
    raise AssertionError(message)


def slots_between(schedule: Schedule, after: datetime, until: datetime, most: int) -> list[Slot]:
    """The slots behind `after` and not behind `until`, oldest first; the latest `most` of them."""
    found: list[Slot] = []
    bound = until
    while len(found) < most:
        latest = slot(schedule, bound)
        if latest is None or latest.at <= after:
            break
        found.append(latest)
        bound = latest.at - SECOND
    return found[::-1]


def is_worth_doing(schedule: Schedule, due: Slot, now: datetime) -> bool:
    """Whether a slot that is due is not too old: what is older than that is left out."""
    return now - due.at <= CAUGHT_UP_WITHIN[schedule.frequency]


def is_late(due: Slot, now: datetime) -> bool:
    """Whether a slot that is done now is done late."""
    return now - due.at > LATE_AFTER


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The instant, UTC, of a wall clock's time on a local date; None: there is no such date.

    A time that is not there is the first instant after the gap; one that is twice, the first.
    """
    wall = datetime.combine(day, at)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    after = _end_of_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)
    edges = after.astimezone(zone).date(), (after - SECOND).astimezone(zone).date()
    return after if day in edges else None


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, between two others at which the zone's clocks were changed."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while low < high - 1:
        middle = (low + high) // 2
        if (before + middle * SECOND).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + high * SECOND


def _backwards(schedule: Schedule, now: datetime) -> Iterator[Slot]:
    day = now.astimezone(schedule.zone).date() + DAY
    for _ in range(2 * LONGEST_APART):
        if schedule.is_on(day):
            at = instant_of(day, schedule.at, schedule.zone)
            if at is not None and at <= now:
                yield Slot(day, at)
        if day <= date.min + DAY:
            return
        day -= DAY


def _days_of_month(day: date) -> int:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - DAY).day
