"""Which days of which source are known: what can be judged, and what a look depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from analysis.complete_days import first_complete_day, last_complete_day
from queries.dimensions import Source
from queries.mart.snapshot import Snapshot
from queries.source_days import SourceDays

ENDED_AFTER = timedelta(days=14)
"""A source without anything new for so long is left out: it has ended, and is not only late."""

RESTATED_WITHIN = timedelta(days=7)
"""Days up to the last one that make all series be looked at again when they are written anew."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the sources that still matter.

    Attributes:
        days: the complete days of each, in the deployment's zone.
        stale: those that should have had more by now.
        slot: another text whenever something that a look depends on is another.
    """

    days: Mapping[Source, SourceDays]
    stale: frozenset[Source]
    slot: str

    @property
    def first(self) -> date:
        """The first day of any source."""
        return min(span.first for span in self.days.values())

    @property
    def last(self) -> date:
        """The last complete day of any source that still flows; of all, where none does."""
        flowing = [span.last for source, span in self.days.items() if source not in self.stale]
        return max(flowing or [span.last for span in self.days.values()])


def known_days(
    snapshot: Snapshot, now: datetime, zone: ZoneInfo, stale_after_hours: float
) -> Known | None:
    """What is known at an instant; None: there is not one complete day.

    Args:
        snapshot: of the mart.
        now: UTC.
        zone: in which the deployment's days begin.
        stale_after_hours: after so long without anything new a source is stale.
    """
    days: dict[Source, SourceDays] = {}
    stale: set[Source] = set()
    yesterday = now.astimezone(zone).date() - DAY
    for source, state in snapshot.sources.items():
        if state.last_time < now - ENDED_AFTER:
            continue
        last = min(last_complete_day(state.last_time, zone), yesterday)
        first = first_complete_day(state.first_time, zone)
        if first > last:
            continue
        days[source] = SourceDays(first, last)
        if state.last_time < now - timedelta(hours=stale_after_hours):
            stale.add(source)
    if not days:
        return None
    return Known(days, frozenset(stale), _slot(snapshot, days, stale))


def _slot(snapshot: Snapshot, days: Mapping[Source, SourceDays], stale: set[Source]) -> str:
    parts = [
        f"{source.value} {span.last}{' stale' if source in stale else ''}"
        for source, span in sorted(days.items())
    ]
    last = max(span.last for span in days.values())
    files = [
        f"{source.value} {day} {rollup.path}"
        for (source, day), rollup in snapshot.rollups().items()
        if source in days and last - RESTATED_WITHIN <= day <= last
    ]
    # Files never change: where a day was written anew, its rows may be others.
    digest = hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()
    return f"{', '.join(parts)}|{digest[:16]}"
