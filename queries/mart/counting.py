"""How fresh and how large a source is, as requests are added to it and days of it are replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from queries.mart.partitions import Partitions, Written
from queries.mart.restatement import DayFigures, DayReplacement
from queries.mart.rolling import WorkingDay
from queries.mart.snapshot import SourceState


def enlarged(
    known: SourceState | None, added: Mapping[date, Written], now: datetime
) -> SourceState:
    """A source's state after requests were added at `now`.

    Args:
        known: its state until then; None: it had nothing.
        added: the new requests by day, at least one.
        now: the present.
    """
    news = SourceState(
        first_time=min(day.first_time for day in added.values()),
        last_time=max(day.last_time for day in added.values()),
        loaded_at=now,
        requests=sum(day.requests for day in added.values()),
        rows=sum(day.rows for day in added.values()),
    )
    if known is None:
        return news
    return replace(
        news,
        first_time=min(news.first_time, known.first_time),
        last_time=max(news.last_time, known.last_time),
        requests=news.requests + known.requests,
        rows=news.rows + known.rows,
    )


def recounted(
    partitions: Partitions,
    known: SourceState | None,
    changes: Iterable[DayReplacement],
    days: Mapping[date, WorkingDay],
    now: datetime,
) -> SourceState | None:
    """A source's state after days were replaced; None where no day is left.

    Args:
        partitions: of the mart.
        known: its state until then.
        changes: of its days.
        days: all of its days as they are now.
        now: the present, for a source that is new.
    """
    if not days:
        return None
    first, last = min(days), max(days)
    ends = partitions.look_over({*days[first].requests, *days[last].requests})
    until = ends[last].last_time
    partition = days[last].partition
    if partition is not None and partition.until is not None:
        until = max(until, partition.until)
    state = SourceState(ends[first].first_time, until, now, 0, 0)
    if known is not None:
        state = replace(state, loaded_at=known.loaded_at, requests=known.requests, rows=known.rows)
    for change in changes:
        if change.changed:
            before, after = change.before or DayFigures(), change.after or DayFigures()
            state = replace(
                state,
                requests=state.requests + after.requests - before.requests,
                rows=state.rows + after.rows - before.rows,
            )
    return state
