"""The manifest: the one file that says which files the mart consists of.

It is replaced as a whole and atomically; whoever has read it holds a consistent state, because
the files that it names are never changed, only left behind.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import Unavailable
from queries.dimensions import Dimensions, Source
from queries.mart.restatement import Restatement
from queries.schema import FULLY_LOADED_RULE, costs_columns

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
FORMAT = 1

MIXED = "mixed"

Grain = Literal["hour", "day"]

Origin = Literal["files", "bigquery"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PartitionState(_Frozen):
    """A partition of the warehouse as it was when the day was read from it.

    Attributes:
        modified: when it had last changed, UTC.
        rows: in it.
        mapping: digest of how the table was read; a day that was read otherwise is read again.
        read_at: the instant at which it was read, UTC.
        until: up to when it has facts where its rows tell only the day; None: its rows tell.
    """

    modified: datetime
    rows: int
    mapping: str
    read_at: datetime
    until: datetime | None = None


class DayFiles(_Frozen):
    """The files of one source and UTC day, relative to the mart's folder.

    Attributes:
        requests: the day's request files, oldest first.
        request_shape: of the request files, see `requests_shape_of`; MIXED where they differ.
        rows: imported rows in them.
        costs: the one file of the day's rollup.
        grain: of the rollup.
        shape: of the rollup, see `costs_shape_of`.
        origin: where the rows come from; a day has one origin.
        partition: of the warehouse that the day was read from; None: it comes from files.
    """

    requests: tuple[str, ...]
    request_shape: str
    rows: int
    costs: str
    grain: Grain
    shape: str
    origin: Origin = "files"
    partition: PartitionState | None = None


class SourceEntry(_Frozen):
    """One source's state.

    Attributes:
        first_time: instant of the oldest request, UTC.
        last_time: instant up to which there are requests, UTC: that of the newest, or the end of
            a complete day whose rows tell only the day.
        loaded_at: when requests of the source were last added, or a sync found all of it up to
            date, UTC.
        requests: what the rows stand for.
        rows: imported rows.
        days: the files by UTC day.
    """

    first_time: datetime
    last_time: datetime
    loaded_at: datetime
    requests: int
    rows: int
    days: dict[date, DayFiles]


class Manifest(_Frozen):
    """The mart's state.

    Attributes:
        format: of this file.
        version: counts the publications.
        sources: the sources that have data.
        retired: files that are no longer part of the mart, by the instant they were left behind.
        restatements: of the last 90 days, oldest first.
    """

    format: Literal[1] = FORMAT
    version: int = 0
    sources: dict[Source, SourceEntry] = Field(default_factory=dict[Source, SourceEntry])
    retired: dict[str, datetime] = Field(default_factory=dict[str, datetime])
    restatements: tuple[Restatement, ...] = ()

    def referenced(self) -> set[str]:
        """Every file that belongs to this state, relative to the mart's folder."""
        return {
            name
            for entry in self.sources.values()
            for day in entry.days.values()
            for name in (*day.requests, day.costs)
        }


def requests_shape_of(dimensions: Dimensions) -> str:
    """A short digest of what decides the columns of the requests, and what the tags fill."""
    return _digest(f"{one.column}\t{one.tag or ''}" for one in dimensions.values())


def costs_shape_of(dimensions: Dimensions) -> str:
    """A short digest of what decides the rollup: a day with another one is rolled up anew."""
    columns = (f"{one.name}\t{one.type}" for one in costs_columns(dimensions))
    return _digest((requests_shape_of(dimensions), *columns, FULLY_LOADED_RULE))


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def parse(text: bytes, path: Path) -> Manifest:
    """Reads a manifest.

    Raises:
        Unavailable: it is damaged or of another version of costbot.
    """
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        message = (
            f"The mart's manifest {path} cannot be read. "
            "Move the mart's folder away and import the files again."
        )
        raise Unavailable(message) from error


def read(folder: Path) -> Manifest:
    """The state that is published in `folder`; an empty one where there is none."""
    path = folder / MANIFEST
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Manifest()
    return parse(text, path)


def publish(folder: Path, manifest: Manifest) -> None:
    """Replaces the manifest: afterwards, and not before, readers see the new state."""
    path = folder / MANIFEST
    draft = folder / f"{MANIFEST}.new"
    with draft.open("wb") as file:
        file.write(manifest.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    log.debug("manifest drafted")
    draft.replace(path)
    sync_folders([folder])


def sync_files(paths: Iterable[Path]) -> None:
    """Makes files and the entries of their folders survive a power cut."""
    folders: set[Path] = set()
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        folders.update((path.parent, path.parent.parent, path.parent.parent.parent))
    sync_folders(folders)


def sync_folders(folders: Iterable[Path]) -> None:
    """Makes the entries of folders survive a power cut."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
