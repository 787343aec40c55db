"""What is wrong with a deployment: everything that is looked at, and the cure of each fault."""

from __future__ import annotations

import asyncio
import platform
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from analysis.checks import Check, Level, failed, failed_with, passed, warned
from analysis.clock import Clock
from analysis.errors import Unavailable
from analysis.written import count, plural, size
from analysis.zones import known_zones
from handlers.freshness import Freshness, freshness_of
from handlers.own_cost import OwnCostHandler
from queries.dimensions import Source
from queries.mart import Mart
from queries.mart.snapshot import Snapshot
from storage.store import Store

Inspection = Callable[[], Awaitable[Sequence[Check]]]
"""Looks at one part of a deployment; raises nothing that it expects."""

_LABELS = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}

LITTLE_DISK = 2**30
"""Below this an import may not fit: the mart writes a day anew before it leaves the old one."""
NO_DISK = 64 * 2**20
"""Below this SQLite and the mart's manifest are at risk."""


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found, in the order in which it was looked at."""

    checks: tuple[Check, ...]

    def of(self, level: Level) -> int:
        """How many checks ended so."""
        return sum(check.level is level for check in self.checks)

    @property
    def is_well(self) -> bool:
        """Whether nothing is at fault; warnings do not count."""
        return not self.of(Level.FAULT)


@dataclass(frozen=True, slots=True)
class DoctorHandler:
    """Examines a deployment; makes its home folder and changes nothing else.

    Attributes:
        home: costbot's folder.
        store: where decisions are kept, which may be of another revision or not there yet; or
            what is wrong with its address.
        mart: from which questions are answered.
        clock: the present.
        stale_after_hours: age from which a source is stale.
        zone: IANA name of the default zone.
        refills_by: the command that loads the newest facts of each source.
        further: what else is looked at, such as Slack and BigQuery.
    """

    home: Path
    store: Store | Check
    mart: Mart
    clock: Clock
    stale_after_hours: float
    zone: str
    refills_by: Mapping[Source, str]
    further: Sequence[Inspection] = ()

    async def examine(self) -> Examination:
        """Looks at everything, whatever is at fault before it."""
        checks = [_python(), *await asyncio.to_thread(_home, self.home), _zones(self.zone)]
        checks.append(self.store if isinstance(self.store, Check) else await _store(self.store))
        checks += await asyncio.to_thread(self._mart)
        for inspect in self.further:
            checks += await inspect()
        return Examination(tuple(checks))

    def _mart(self) -> list[Check]:
        try:
            snapshot = self.mart.snapshot()
            files = _files(snapshot)
        except Unavailable as error:
            return [failed_with("mart", error)]
        except OSError as error:
            sentence = f"The mart in {self.mart.folder} cannot be read: {error.strerror}."
            cure = "Give costbot's user the right to, or set COSTBOT_HOME to another folder."
            return [failed("mart", sentence, cure)]
        if snapshot.is_empty:
            cure = "Load some: `costbot sample`, `costbot import` or `costbot sync`."
            return [warned("mart", "The mart is empty: there is no data to answer from.", cure)]
        freshness = freshness_of(snapshot, self.clock(), self.stale_after_hours)
        return [files, *self._sources(freshness)]

    def _sources(self, freshness: Freshness) -> list[Check]:
        checks: list[Check] = []
        for source in freshness.sources:
            name = f"{_LABELS[source.source]} data"
            hours = (freshness.now - source.data_until).total_seconds() / 3600
            until = f"to {_written(source.data_until)}, loaded {_written(source.loaded_at)}"
            if source.is_stale:
                sentence = f"It is stale: it goes {until}, {hours:,.0f} hours ago."
                cure = f"Load what is newer: {self.refills_by[source.source]}."
                checks.append(warned(name, sentence, cure))
            else:
                checks.append(passed(name, f"It goes {until}."))
        return checks


@dataclass(frozen=True, slots=True)
class RefreshInspection:
    """Looks at how the last refresh of the mart went.

    Attributes:
        store: which remembers it; may not be there yet.
        own_cost: reads it there.
        clock: the present.
    """

    store: Store
    own_cost: OwnCostHandler
    clock: Clock

    async def inspect(self) -> list[Check]:
        """One check, or none where the store has a fault that was told already."""
        try:
            at, needed = await self.store.revisions()
            syncs = await self.own_cost.syncs() if at == needed else None
        except Unavailable:
            return []  # told by the check of the store
        run = syncs.latest if syncs else None
        if run is None:
            cure = "Run `costbot sync`; `costbot serve` does it by itself."
            return [warned("refresh", "The mart was never refreshed from BigQuery.", cure)]
        begun = _written(run.begun_at)
        match run.outcome:
            case "done":
                return [passed("refresh", f"The last one, begun {begun}, went well.")]
            case "running":
                return [passed("refresh", f"The last one was begun {begun} and has not ended.")]
            case "cancelled":
                sentence = f"The last one, begun {begun}, was interrupted."
                return [warned("refresh", sentence, "Run `costbot sync`: it goes on from there.")]
            case "failed":
                sentence = f"The last one, begun {begun}, failed: {run.error}"
                cure = "Mend what it says, then run `costbot sync`."
                return [warned("refresh", sentence, cure)]


def _written(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _python() -> Check:
    return passed("costbot", f"{version('costbot')}, on Python {platform.python_version()}.")


def _home(home: Path) -> list[Check]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
        free = shutil.disk_usage(home).free
    except OSError as error:
        sentence = f"The home folder {home} cannot be written: {error.strerror}."
        return [failed("home", sentence, "Set COSTBOT_HOME to a folder that can be written.")]
    left = f"{size(free)} of its disk are free."
    cure = "Make room on the disk, or set COSTBOT_HOME to a folder on another."
    if free < NO_DISK:
        disk = failed("disk", f"The disk of the home folder is full: {left}", cure)
    elif free < LITTLE_DISK:
        disk = warned("disk", f"The disk of the home folder is nearly full: {left}", cure)
    else:
        disk = passed("disk", left)
    return [passed("home", f"{home} can be written."), disk]


def _zones(zone: str) -> Check:
    known = known_zones()
    if zone not in known:
        sentence = f"The zone {zone} is not known: there is no zone data ({len(known)} zones)."
        return failed("zones", sentence, "Install the Python package tzdata.")
    return passed("zones", f"{plural(len(known), 'zone')} known; days begin in {zone}.")


async def _store(store: Store) -> Check:
    name = f"store ({store.kind})"
    try:
        at, needed = await store.revisions()
    except Unavailable as error:
        cure = "See that it runs, and that COSTBOT_STORE_URL and its password are right."
        return failed_with(name, error, cure)
    if at == needed:
        return passed(name, f"It answers, at revision {at}.")
    if at is None:
        return passed(name, "There is none yet: the first start makes it.")
    if at < needed:
        cure = "Nothing is to be done: the next start of costbot brings it up to date."
        return warned(name, f"It is at revision {at}, this version needs {needed}.", cure)
    sentence = f"It is at revision {at}, which this version does not know."
    return failed(name, sentence, "A newer costbot made it: use that one, or another store.")


def _files(snapshot: Snapshot) -> Check:
    first, last = snapshot.first_day, snapshot.last_day
    if first is None or last is None:
        return passed("mart", "It has no day.")
    named = [
        *snapshot.files("requests", first, last),
        *(rollup.path for rollup in snapshot.rollups().values()),
    ]
    missing = [name for name in named if not Path(name).exists()]
    if missing:
        sentence = f"{plural(len(missing), 'file')} of the mart are gone, {missing[0]} first."
        cure = "Restore its folder, or move it away and load the data again."
        return failed("mart", sentence, cure)
    rows = sum(state.rows for state in snapshot.sources.values())
    return passed("mart", f"{count(rows)} rows from {first} to {last}, in {len(named)} files.")
