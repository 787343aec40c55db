"""The journal: what was promised to be kept, on disk, until the mart has it.

    ingest/WRITER.lock           held by the process that writes WRITER-…
    ingest/WRITER-000001.jsonl   a segment that is complete: whoever merges may import and remove it
    ingest/WRITER-000002.open    the segment that lines are appended to

Lines are appended and synced to disk before anybody is told that they are kept. A segment that is
closed is a file of JSON lines as `costbot import usage` reads them, and is never changed again: so
the same rows have the same keys however often its import is begun. What a dead process left is
taken over: a last line that was torn was promised to nobody, and goes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from threading import Lock

from filelock import FileLock, Timeout

from analysis.errors import Unavailable
from queries.mart.manifest import sync_folders

log = logging.getLogger(__name__)

FOLDER = "ingest"
"""Of the journal, in costbot's folder."""

OPEN, CLOSED, DAMAGED = ".open", ".jsonl", ".damaged"

LARGEST_SEGMENT = 64_000_000
"""Bytes after which a new segment is begun: so much is merged, and held in memory, at once."""

_LOOKED_AT = 1 << 20

STEPS = ("lines written", "lines synced", "segment closed", "segment removed")
"""What a journal goes through, in order; each is logged as it is done."""


class Journal:
    """The journal of one process; making one touches nothing.

    Its methods may be called by several threads.

    Args:
        home: costbot's folder; the journal is `ingest` in it.
        largest_segment: bytes, see `LARGEST_SEGMENT`.
    """

    def __init__(self, home: Path, largest_segment: int = LARGEST_SEGMENT) -> None:
        self.folder = home.absolute() / FOLDER
        self._largest = largest_segment
        self._writer = f"{os.getpid()}-{token_hex(4)}"
        self._owned: FileLock | None = None
        self._lock = Lock()
        self._path: Path | None = None
        self._file = -1
        self._size = 0
        self._begun = 0
        self._closed_bytes = 0

    @property
    def backlog(self) -> int:
        """Bytes that wait for the mart, as far as this process has looked."""
        return self._closed_bytes + self._size

    def append(self, lines: Sequence[str]) -> None:
        """Keeps lines: once this has returned they outlive the process, and the machine's power.

        Raises:
            Unavailable: they cannot be written; none of them is kept.
        """
        if not lines:
            return
        block = ("\n".join(lines) + "\n").encode()
        with self._lock:
            try:
                self._write(block)
            except OSError as error:
                self._cut_back()
                message = f"Usage cannot be kept at the moment: {error.strerror or error}."
                raise Unavailable(message) from error
            self._size += len(block)
            if self._size >= self._largest:
                self._close()

    def closed(self) -> list[Path]:
        """Closes the segment that is written, and gives all that are closed, oldest first.

        Those of dead processes are among them.
        """
        with self._lock:
            self._close()
        self._take_over()
        found = [*self.folder.glob(f"*{CLOSED}")] if self.folder.is_dir() else []
        states = [(path, path.stat()) for path in found]
        self._closed_bytes = sum(state.st_size for _, state in states)
        return [path for path, _ in sorted(states, key=lambda one: (one[1].st_mtime_ns, one[0]))]

    def remove(self, segment: Path) -> None:
        """Removes a segment that the mart has."""
        size = segment.stat().st_size
        segment.unlink()
        sync_folders([self.folder])
        self._closed_bytes = max(0, self._closed_bytes - size)
        log.debug("segment removed")

    def set_aside(self, segment: Path) -> Path:
        """Puts a segment that cannot be imported out of the way, so that others can."""
        self._closed_bytes = max(0, self._closed_bytes - segment.stat().st_size)
        return segment.replace(segment.with_suffix(DAMAGED))

    def close(self) -> None:
        """Closes the segment that is written; another process may merge it from now on."""
        with self._lock:
            self._close()
            if self._owned is not None:
                self._owned.release()
                with suppress(OSError):
                    Path(self._owned.lock_file).unlink()
                self._owned = None

    @contextmanager
    def merging(self) -> Generator[bool]:
        """Whether this process may merge: of several on one folder, one at a time may."""
        if not self.folder.is_dir():
            yield False
            return
        lock = _lock_at(self.folder / "merge.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _write(self, block: bytes) -> None:
        if self._path is None:
            self._begin()
        view = memoryview(block)
        while view:
            view = view[os.write(self._file, view) :]
        log.debug("lines written")
        os.fsync(self._file)
        log.debug("lines synced")

    def _begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._owned is None:
            owned = _lock_at(self.folder / f"{self._writer}.lock")
            try:
                owned.acquire(blocking=False)
            except Timeout:
                # Somebody who looked for the journals of the dead was quicker: another name, then.
                self._writer = f"{os.getpid()}-{token_hex(4)}"
                owned = _lock_at(self.folder / f"{self._writer}.lock")
                owned.acquire(blocking=False)
            self._owned = owned
        self._begun += 1
        path = self.folder / f"{self._writer}-{self._begun:06d}{OPEN}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._path, self._size = path, 0
        sync_folders([self.folder, self.folder.parent])

    def _cut_back(self) -> None:
        """Takes away what a write that failed has left; where it cannot, nothing follows on it."""
        if self._path is None:
            return
        try:
            os.ftruncate(self._file, self._size)
            os.fsync(self._file)
        except OSError as error:
            log.warning("a segment of usage ends in a line that was not kept: %s", error)
            self._close()

    def _close(self) -> None:
        if self._path is None:
            return
        os.close(self._file)
        _closed(self._path)
        self._closed_bytes += self._size
        self._path, self._file, self._size = None, -1, 0

    def _take_over(self) -> None:
        """Closes the segments of processes that are gone."""
        if not self.folder.is_dir():
            return
        for path in [*self.folder.glob(f"*{OPEN}")]:
            writer = path.name.rpartition("-")[0]
            if writer == self._writer:
                continue
            lock = _lock_at(self.folder / f"{writer}.lock")
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            try:
                if path.exists():
                    _cut_torn_line(path)
                    _closed(path)
            finally:
                with suppress(OSError):
                    Path(lock.lock_file).unlink()
                lock.release()


def _lock_at(path: Path) -> FileLock:
    # It is taken in one thread and given back in another.
    return FileLock(path, thread_local=False)


def _closed(path: Path) -> None:
    """Gives a segment the name under which it is merged; an empty one goes."""
    if path.stat().st_size == 0:
        path.unlink()
    else:
        path.replace(path.with_suffix(CLOSED))
    sync_folders([path.parent])
    log.debug("segment closed")


def _cut_torn_line(path: Path) -> None:
    """Cuts what follows the last line end, and zeros that a power cut may leave there."""
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _LOOKED_AT)
            file.seek(start)
            cut = file.read(end - start).rfind(b"\n")
            if cut >= 0:
                end = start + cut + 1
                break
            end = start
        file.truncate(end)
        file.flush()
        os.fsync(file.fileno())
