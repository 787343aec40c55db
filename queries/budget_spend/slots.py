"""Local days of many zones at once: hours that all zones count alike are one slot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from queries.mart.manifest import Grain

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Slots:
    """Which charge periods there are, and on which day each zone counts them; columns.

    As everywhere, an hour counts for the local day in which it begins, and a day that is kept
    without its hours for the local day of the same date.

    Attributes:
        starts, grains, slots: a charge period, and the slot that it belongs to.
        zones, slots_of_days, days: a zone's place, a slot, and the local day that it is in there.
    """

    starts: list[datetime] = field(default_factory=list[datetime])
    grains: list[Grain] = field(default_factory=list[Grain])
    slots: list[int] = field(default_factory=list[int])
    zones: list[int] = field(default_factory=list[int])
    slots_of_days: list[int] = field(default_factory=list[int])
    days: list[date] = field(default_factory=list[date])


def slots_of(rollups: Iterable[tuple[date, Grain]], zones: Sequence[ZoneInfo]) -> Slots:
    """The slots of some UTC days.

    Args:
        rollups: UTC days, and how finely each is kept; a day may be kept both ways.
        zones: that are in use; a zone's place here is its number.
    """
    result = Slots()
    known: dict[tuple[date, ...], int] = {}
    for day, grain in sorted(set(rollups)):
        midnight = datetime.combine(day, time(), UTC)
        for hour in range(24 if grain == "hour" else 1):
            start = midnight + hour * HOUR
            days = tuple(
                start.astimezone(zone).date() if grain == "hour" else day for zone in zones
            )
            slot = known.setdefault(days, len(known))
            result.starts.append(start)
            result.grains.append(grain)
            result.slots.append(slot)
    for days, slot in known.items():
        result.zones += range(len(days))
        result.slots_of_days += [slot] * len(days)
        result.days += days
    return result
