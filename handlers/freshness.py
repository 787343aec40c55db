"""How old the facts are: what every answer says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from queries.dimensions import Source
from queries.mart.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class SourceFreshness:
    """How old one source is.

    Attributes:
        source: which one.
        data_from: instant of its oldest fact, UTC.
        data_until: instant of its newest fact, UTC.
        loaded_at: when it was last loaded, UTC.
        is_stale: its newest fact is older than the deployment tolerates.
    """

    source: Source
    data_from: datetime
    data_until: datetime
    loaded_at: datetime
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old all sources are, at one instant."""

    now: datetime
    sources: tuple[SourceFreshness, ...]

    @property
    def data_until(self) -> datetime | None:
        """Up to when every source that still flows has facts; None without any.

        A source that has gone stale does not hold the others' comparison back.
        """
        flowing = [source.data_until for source in self.sources if not source.is_stale]
        if flowing:
            return min(flowing)
        return max((source.data_until for source in self.sources), default=None)

    def covered(self, zone: ZoneInfo) -> tuple[date, date] | None:
        """First and last local day that has facts; None without any."""
        if not self.sources:
            return None
        first = min(source.data_from for source in self.sources)
        last = max(source.data_until for source in self.sources)
        return first.astimezone(zone).date(), last.astimezone(zone).date()


def freshness_of(snapshot: Snapshot, now: datetime, stale_after_hours: float) -> Freshness:
    """The freshness of what `snapshot` holds."""
    oldest = now - timedelta(hours=stale_after_hours)
    return Freshness(
        now=now,
        sources=tuple(
            SourceFreshness(
                source=source,
                data_from=state.first_time,
                data_until=state.last_time,
                loaded_at=state.loaded_at,
                is_stale=state.last_time < oldest,
            )
            for source, state in snapshot.sources.items()
        ),
    )
