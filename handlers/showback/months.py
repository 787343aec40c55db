"""Months of the deployment's zone, named by their first day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analysis.complete_days import window_of
from analysis.periods import Dates, Window

DAY = timedelta(days=1)


class MonthState(StrEnum):
    """How far a month is."""

    CLOSED = "closed"
    OPEN = "open"
    PROVISIONAL = "provisional"


def month_of(instant: datetime, zone: ZoneInfo) -> date:
    """The month in which an instant lies."""
    return instant.astimezone(zone).date().replace(day=1)


def after(month: date) -> date:
    """The month after it."""
    return (month.replace(day=28) + 4 * DAY).replace(day=1)


def before(month: date) -> date:
    """The month before it."""
    return (month - DAY).replace(day=1)


def last_day(month: date) -> date:
    """Its last day."""
    return after(month) - DAY


def window(month: date, zone: ZoneInfo) -> Window:
    """From its first local midnight to the one after its last day."""
    return window_of(Dates(month, last_day(month)), zone)


def utc_window(month: date) -> Window:
    """The same days of UTC: what days that are kept without their hours count for."""
    return window(month, ZoneInfo("UTC"))


def is_cut_at_utc_midnight(month: date, zone: ZoneInfo) -> bool:
    """Whether both windows are the same stretch."""
    own, utc = window(month, zone), utc_window(month)
    return (own.start, own.end) == (utc.start, utc.end)


def is_over(month: date, now: datetime, zone: ZoneInfo) -> bool:
    """Whether its last day has ended."""
    return window(month, zone).end <= now.astimezone(UTC)


def written(month: date) -> str:
    """As people write it: "2026-10"."""
    return f"{month:%Y-%m}"
