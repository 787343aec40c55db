"""For how long nothing is to be heard of an incident."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MORNING = time(9)
"""When people begin: a mute until tomorrow ends then."""


class MuteLength(StrEnum):
    """What can be chosen."""

    TOMORROW = "tomorrow"
    """Until 9:00 of the next day, where whoever mutes it is."""
    WEEK = "week"
    MONTH = "month"
    """30 days."""

    def until(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The instant at which it ends.

        Args:
            now: the present instant, UTC.
            zone: of whoever mutes.
        """
        if self is MuteLength.TOMORROW:
            tomorrow = now.astimezone(zone).date() + timedelta(days=1)
            return datetime.combine(tomorrow, MORNING, zone).astimezone(now.tzinfo)
        return now + timedelta(days=7 if self is MuteLength.WEEK else 30)
