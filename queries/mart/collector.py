"""Collecting what no reader can need any more: files left behind, leftovers of a crash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from queries.mart.manifest import Manifest

TEMPORARY = "tmp"
"""DuckDB's spill folder inside the mart."""


def expired(manifest: Manifest, before: datetime) -> set[str]:
    """The files that were left behind earlier than `before`."""
    return {name for name, since in manifest.retired.items() if since < before}


def collect(folder: Path, manifest: Manifest, before: datetime, left: set[str]) -> None:
    """Deletes files that the published manifest does not name.

    Only the writer may call it: it alone knows that nobody else's new files are among them.

    Args:
        folder: of the mart.
        manifest: as it is published.
        before: leftovers of a crash stay while they are younger than this.
        left: files that were left behind long enough ago, whatever their own age.
    """
    kept = manifest.referenced() | manifest.retired.keys()
    for path in list(_files(folder)):
        name = str(path.relative_to(folder))
        if name in kept:
            continue
        if name in left or datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink()


def discard(folder: Path, names: set[str]) -> None:
    """Deletes files that no manifest has ever named."""
    for name in names:
        (folder / name).unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    for part in ("requests", "costs", TEMPORARY):
        yield from (path for path in (folder / part).rglob("*") if path.is_file())
