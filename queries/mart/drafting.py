"""The next manifest: what the mart consists of once a writer is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from queries.dimensions import Source
from queries.mart.manifest import DayFiles, Manifest, SourceEntry
from queries.mart.restatement import Restatement, kept
from queries.mart.rolling import SourceDay, WorkingDay
from queries.mart.snapshot import SourceState


def drafted(
    published: Manifest,
    states: Mapping[Source, SourceState],
    days: Mapping[SourceDay, WorkingDay],
    restatements: Sequence[Restatement],
    expired: set[str],
    now: datetime,
) -> Manifest:
    """The manifest that takes the place of `published`.

    Args:
        published: what is published now.
        states: of the sources.
        days: of all sources, rolled up.
        restatements: that came about since.
        expired: files that were left behind so long ago that nobody holds them.
        now: the present; what `published` names and this does not is left behind from here on.

    Raises:
        RuntimeError: a day was not rolled up.
    """
    state = Manifest(
        version=published.version + 1,
        sources=_entries(states, days),
        restatements=kept((*published.restatements, *restatements), now),
    )
    retired = {name: since for name, since in published.retired.items() if name not in expired}
    retired |= dict.fromkeys(published.referenced() - state.referenced(), now)
    return state.model_copy(update={"retired": retired})


def _entries(
    states: Mapping[Source, SourceState], days: Mapping[SourceDay, WorkingDay]
) -> dict[Source, SourceEntry]:
    files_of: dict[Source, dict[date, DayFiles]] = {source: {} for source in states}
    for (source, day), state in sorted(days.items()):
        files = state.published()
        if files is None:
            message = f"{source} {day} was not rolled up"
            raise RuntimeError(message)
        files_of[source][day] = files
    return {
        source: SourceEntry(
            first_time=state.first_time,
            last_time=state.last_time,
            loaded_at=state.loaded_at,
            requests=state.requests,
            rows=state.rows,
            days=files_of[source],
        )
        for source, state in states.items()
    }
