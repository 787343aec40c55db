"""Periods: what `today`, `week` or two dates mean in a zone, and the period to compare with.

Days begin at local midnight, whatever daylight saving does; instants are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


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
