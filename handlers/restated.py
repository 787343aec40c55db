"""Days that were over and whose figures changed lately: from what to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from queries.dimensions import Source
from queries.mart.restatement import Restatement

LATELY = timedelta(days=7)
"""How far back restatements are told."""


@dataclass(frozen=True, slots=True)
class RestatedDay:
    """All restatements of one source's UTC day within a time, as one.

    Attributes:
        source: of the costs.
        day: the UTC day.
        times: how often it was restated.
        at: when last, UTC.
        requests: how many more than before; negative: fewer.
        fully_loaded: USD more than before.
        infrastructure: USD more than before.
    """

    source: Source
    day: date
    times: int
    at: datetime
    requests: int
    fully_loaded: Decimal
    infrastructure: Decimal


def restated_since(restatements: Iterable[Restatement], since: datetime) -> tuple[RestatedDay, ...]:
    """The days restated from `since` on, each from its first figures to its last; newest first.

    A day within the lookback of a refresh may be restated many times; what counts is the sum.

    Args:
        restatements: of any source and day, oldest first.
        since: instant from which on a restatement counts.
    """
    by_day: dict[tuple[Source, date], list[Restatement]] = {}
    for one in restatements:
        if one.at >= since:
            by_day.setdefault((one.source, one.day), []).append(one)
    days = [_merged(source, day, steps) for (source, day), steps in by_day.items()]
    return tuple(sorted(days, key=lambda one: (one.day, one.source.value), reverse=True))


def _merged(source: Source, day: date, steps: list[Restatement]) -> RestatedDay:
    return RestatedDay(
        source=source,
        day=day,
        times=len(steps),
        at=steps[-1].at,
        requests=sum(step.requests_after - step.requests_before for step in steps),
        fully_loaded=sum((step.fully_loaded_change for step in steps), Decimal(0)),
        infrastructure=sum((step.infrastructure_change for step in steps), Decimal(0)),
    )
