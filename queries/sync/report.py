"""What a sync did, or would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from queries.mart.restatement import DayReplacement
from queries.sync.plan import SyncPlan


@dataclass(frozen=True, slots=True)
class SyncPreview:
    """What a sync would do.

    Attributes:
        table: that it would read.
        plan: the days, and why.
        bytes: that its queries would process, by day; neighbouring days that one query reads are
            under the oldest of them.
        rows_without_day: rows of the table that no day has.
        bytes_billed: for looking.
    """

    table: str
    plan: SyncPlan
    bytes: Mapping[date, int]
    rows_without_day: int
    bytes_billed: int


@dataclass(slots=True)
class Tally:
    """What a sync has done so far; it counts on while the sync runs.

    Attributes:
        days_planned: days that are to be read.
        days_read: days that were read and are in the mart.
        days_new: of these, the mart did not have them.
        days_unchanged: of these, every row was as the mart had it.
        days_emptied: days that are gone from the mart, as their partitions are.
        days_skipped: days that were not read, because nothing has changed.
        restated: days that were over and whose figures changed, in order of time.
        table_rows: rows of the table in the days that were read.
        lines: rows of the mart that they became.
        unpriced_rows: rows of the table without a usable cost (NULL, not a number, infinite or
            negative), by cost category.
        unknown_category_rows: rows of the table without a cost category.
        rows_without_day: rows of the table that no day has.
        bytes_billed: by BigQuery, the listing of the partitions included.
    """

    days_planned: int = 0
    days_read: int = 0
    days_new: int = 0
    days_unchanged: int = 0
    days_emptied: int = 0
    days_skipped: int = 0
    restated: list[DayReplacement] = field(default_factory=list[DayReplacement])
    table_rows: int = 0
    lines: int = 0
    unpriced_rows: dict[str, int] = field(default_factory=dict[str, int])
    unknown_category_rows: int = 0
    rows_without_day: int = 0
    bytes_billed: int = 0


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync that succeeded did.

    Attributes:
        table: that was read.
        begun_at: UTC; the mart is as the table was then.
        seconds: it took.
        did: the figures.
    """

    table: str
    begun_at: datetime
    seconds: float
    did: Tally
