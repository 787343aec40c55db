"""Rates and shares over the complete days of a period: what was asked, and which days answer it.

A share of a day that is not over, or whose data has not all arrived, would be judged on half of it.
So `7d` is the last seven complete days here, and `week` this week's complete ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.complete_days import DAY, last_complete_day, latest, window_of
from analysis.errors import NotFound
from analysis.periods import Calendar, Dates, Last, Period, ResolvedPeriod, Window, resolve

A_DAY = Decimal(86_400)
"""Seconds."""

A_WEEK = 7
"""Days."""

BASELINE_DAYS = 28
"""Four whole weeks: every weekday counts as often as the others, and a bad day for little."""

WEEK = Last(7, "d")
"""What is asked about where no period is named; the queries' own default, too."""


@dataclass(frozen=True, slots=True)
class DaysRequest:
    """A question for rates or shares over complete days.

    Attributes:
        period: of which the complete days count; of today, the complete hours.
        by: names of dimensions, or `day`.
        filters: dimension name to the values that count, any of them.
        customers_only: leave internal traffic and traffic of unknown origin out.
    """

    period: Period = WEEK
    by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    customers_only: bool = False


@dataclass(frozen=True, slots=True)
class Pinned:
    """The days that answer a question.

    Attributes:
        window: what is complete of the period.
        before: as long a stretch before it: right before it, or the same weekdays a week before.
        label: how a sentence names the window: "the last 7 complete days".
        before_label: the same for the one before.
    """

    window: Window
    before: Window
    label: str
    before_label: str

    @property
    def days(self) -> Decimal:
        """How long the window is, in days; a day on which clocks change is one."""
        if self.is_whole_days:
            return Decimal((self.window.last_day - self.window.first_day).days + 1)
        return Decimal(int((self.window.end - self.window.start).total_seconds())) / A_DAY

    @property
    def is_whole_days(self) -> bool:
        """Whether it begins and ends at local midnight."""
        return self.window == window_of(self.dates, self.window.zone)

    @property
    def dates(self) -> Dates:
        """The first and the last day of the window."""
        return Dates(self.window.first_day, self.window.last_day)

    def baseline(self, first_covered: date) -> Window | None:
        """The `BASELINE_DAYS` before the window, as far as there are facts; None: none of them.

        Args:
            first_covered: the first local day that has facts.
        """
        last = self.window.first_day - DAY
        first = max(last - (BASELINE_DAYS - 1) * DAY, first_covered)
        return window_of(Dates(first, last), self.window.zone) if first <= last else None


def pinned(period: Period, now: datetime, zone: ZoneInfo, data_until: datetime | None) -> Pinned:
    """The complete days of a period, and those that they are compared with.

    Args:
        period: what was asked for.
        now: the present, UTC.
        zone: in which days begin.
        data_until: the newest fact's instant; `7d` ends with the last day that is complete by it.

    Raises:
        NotUnderstood: the period makes no sense.
        NotFound: nothing of it is complete yet.
    """
    resolved = resolve(period, now, zone, data_until=data_until)
    if period == Calendar.TODAY or (isinstance(period, Last) and period.unit == "h"):
        return _hours(resolved)
    today = now.astimezone(zone).date()
    if isinstance(period, Last):
        newest = today if data_until is None else last_complete_day(data_until, zone)
        last = min(newest, today - DAY)
        days = Dates(last - (period.amount - 1) * DAY, last)
        label = latest(period.amount, last, today).label
        if period.amount == 1:
            label = "yesterday" if last == today - DAY else f"on {last}"
        return _days(days, label, zone)
    days = Dates(resolved.window.first_day, min(resolved.window.last_day, today - DAY))
    if days.last < days.first:
        sentence = f"Nothing of {resolved.label} is complete yet."
        raise NotFound(sentence, "Try `yesterday` or `7d`.")
    return _days(days, _label(period, resolved, days), zone)


def _label(period: Period, resolved: ResolvedPeriod, days: Dates) -> str:
    if days.last == resolved.window.last_day:
        return resolved.label
    if isinstance(period, Dates):
        return f"on {days}" if days.first == days.last else f"{days.first} to {days.last}"
    return f"{resolved.label} to {days.last}"


def _hours(resolved: ResolvedPeriod) -> Pinned:
    comparison = resolved.comparison
    if comparison is None:
        sentence = f"Not an hour of {resolved.label} is complete yet."
        raise NotFound(sentence, "Try `yesterday` or `7d`.")
    end = comparison.now.end.astimezone(comparison.now.zone)
    label = f"{resolved.label} to {end:%H:%M}"
    return Pinned(comparison.now, comparison.before, label, comparison.before_label)


def _days(days: Dates, label: str, zone: ZoneInfo) -> Pinned:
    """Days and those before them; where they are no whole week, the same weekdays of the last.

    Most machines wait and few requests come at a weekend: held against a Friday, every Saturday
    would be worth a flag.
    """
    long = (days.last - days.first).days + 1
    back = timedelta(days=max(long, A_WEEK))
    before_label = f"the {long} days before"
    if long < A_WEEK:
        before_label = f"the {days.last:%A} before" if long == 1 else "the same days a week before"
    return Pinned(
        window=window_of(days, zone),
        before=window_of(Dates(days.first - back, days.last - back), zone),
        label=label,
        before_label=before_label,
    )
