"""Which series are judged on which days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from analysis.series import SeriesKey
from handlers.anomalies.known import Known
from queries.dimensions import Source
from queries.series import SeriesFacts

DAY = timedelta(days=1)


def days_to_judge(
    facts: SeriesFacts, known: Known, gap: int = 0
) -> list[tuple[date, set[SeriesKey]]]:
    """The days on which something can be judged, and the series; oldest first.

    A series is judged on the last day that all of its sources have. One of a stale source is not
    judged at all: what was last known of it has been.

    Args:
        facts: the series.
        known: of the sources.
        gap: days before the last one that nobody has looked at.
    """
    table = facts.table
    last_of: dict[frozenset[Source], date | None] = {}
    found: dict[date, set[SeriesKey]] = {}
    there = ~np.isnan(table.values)
    for row, key in enumerate(table.keys):
        sources = sources_of(facts, key)
        if sources not in last_of:
            last_of[sources] = _last_of(sources, known)
        last = last_of[sources]
        if last is None:
            continue
        for day in (last - back * DAY for back in range(gap + 1)):
            place = (day - table.first).days
            if 0 <= place < there.shape[1] and there[row, place]:
                found.setdefault(day, set()).add(key)
    return sorted(found.items(), key=lambda one: one[0])


def sources_of(facts: SeriesFacts, key: SeriesKey) -> frozenset[Source]:
    """Where the rows of a series come from."""
    sole = facts.sole.get((key.organization, key.dimension, key.member))
    return frozenset() if sole is None else sole.sources


def _last_of(sources: frozenset[Source], known: Known) -> date | None:
    if not sources or sources & known.stale or sources - known.days.keys():
        return None
    return min(known.days[source].last for source in sources)
