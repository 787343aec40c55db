"""`costbot jobs`: what a serving costbot does by itself, when it did last, and how that went."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analysis.clock import system_clock
from bot.assembly import opened_store
from bot.jobs import Job, jobs_of
from bot.settings import Settings
from storage.records.job import JobState


@dataclass(frozen=True, slots=True)
class Listed:
    """A job in a place, as it is listed.

    Attributes:
        job: as declared.
        state: its last run; None: it never ran here.
        next_at: when it is due next, UTC.
    """

    job: Job
    state: JobState | None
    next_at: datetime

    @property
    def outcome(self) -> str:
        """How the last run went, in a word."""
        if self.state is None:
            return "never ran"
        return self.state.outcome or "under way"


def jobs(
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON.")] = False,
) -> None:
    """What costbot does by itself: last run, outcome, next run."""
    listed = asyncio.run(_listed())
    if as_json:
        typer.echo(json.dumps([_fields(one) for one in listed], indent=2))
        return
    console = Console()
    console.print(_table(listed))
    for one in listed:
        if one.state is not None and one.state.failures:
            console.print(_fault(one, one.state), markup=False, highlight=False)


async def _listed() -> list[Listed]:
    settings, now = Settings(), system_clock()
    async with opened_store(settings) as store:
        states: dict[str, list[JobState]] = {}
        for state in await store.jobs.find_all():
            states.setdefault(state.name, []).append(state)
    return [
        Listed(job, state, job.cadence.next_after(now))
        for job in jobs_of(settings)
        for state in states.get(job.name) or [None]
    ]


def _table(listed: Sequence[Listed]) -> Table:
    table = Table("Job", "Began (UTC)", "Took", "Outcome", "Next (UTC)", box=None, pad_edge=False)
    for one in listed:
        state = one.state
        place = f" ({state.place})" if state and state.place else ""
        table.add_row(
            f"{one.job.name}{place}",
            f"{state.started_at:%d %b %H:%M}" if state else "",
            _took(state),
            one.outcome,
            f"{one.next_at:%d %b %H:%M}",
        )
    return table


def _took(state: JobState | None) -> str:
    if state is None or state.took is None:
        return ""
    seconds = state.took.total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"


def _fault(one: Listed, state: JobState) -> str:
    begun = state.failing_since
    since = "" if begun is None else f" since {begun:%Y-%m-%d %H:%M} UTC"
    place = f" on {state.place}" if state.place else ""
    return f"{one.job.name}{place} fails{since}, {state.failures} times in a row: {state.error}"


def _fields(one: Listed) -> Mapping[str, object]:
    state = one.state
    return {
        "job": one.job.name,
        "cadence": one.job.cadence.words,
        "whose": one.job.whose.value,
        "place": state.place or None if state else None,
        "started_at": state.started_at.isoformat() if state else None,
        "took_seconds": state.took.total_seconds() if state and state.took else None,
        "outcome": one.outcome,
        "error": state.error or None if state else None,
        "failures": state.failures if state else 0,
        "next_at": one.next_at.isoformat(),
    }
