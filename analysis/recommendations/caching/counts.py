"""What providers' own counters say of their caches, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.recommendations.cells import Route


@dataclass(frozen=True, slots=True)
class CacheDay:
    """The input of one route on one UTC day, without batches.

    Attributes:
        day: the day.
        requests: made on it.
        fresh, cached, written: tokens of input, by class.
    """

    day: date
    requests: int
    fresh: int
    cached: int
    written: int

    @property
    def input(self) -> int:
        """All input tokens."""
        return self.fresh + self.cached + self.written


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """The days of one route, in order; days without requests are left out."""

    route: Route
    days: tuple[CacheDay, ...]
