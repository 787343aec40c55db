"""Time as `costs` has it: rows of an hour, and rows of a whole UTC day.

A row of a whole day counts, wherever the asker is, for the local day of the same date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analysis.periods import Window

_INSTANT = timedelta(microseconds=1)


def utc_days(window: Window) -> tuple[date, date]:
    """The first and last UTC day of `costs` that can hold something of a window."""
    first = min(window.start.date(), window.first_day)
    return first, max((window.end - _INSTANT).date(), window.last_day)


def start_of(day: date) -> datetime:
    """The UTC midnight with which a day begins."""
    return datetime.combine(day, time(), UTC)


def same_date(instant: datetime, zone: ZoneInfo) -> datetime:
    """The UTC midnight of the local date of an instant."""
    return start_of(instant.astimezone(zone).date())


@dataclass(frozen=True, slots=True)
class Moments:
    """Writes conditions on time in GoogleSQL over `costs`.

    Attributes:
        zone: of the asker.
        parameters: gets the values that the conditions refer to.
    """

    zone: ZoneInfo
    parameters: dict[str, object] = field(default_factory=dict[str, object])

    def since(self, instant: datetime, name: str) -> str:
        """Whether a row's charge period begins at `instant` or later.

        Args:
            instant: UTC.
            name: of the parameter; `name_day` may be another one.
        """
        self.parameters[name] = instant
        midnight = same_date(instant, self.zone)
        if midnight == instant:
            return f"charge_period_start >= @{name}"
        self.parameters[f"{name}_day"] = midnight
        return f"charge_period_start >= IF(grain = 'hour', @{name}, @{name}_day)"
