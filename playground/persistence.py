"""The workspace on disk: one JSON file, replaced whole, so that a restart loses nothing."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from pydantic import TypeAdapter

from playground.workspace import State, Workspace


def save(state: State, path: Path) -> None:
    """Write the state to `path` through a file beside it: the old or the new, never half of it."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as out:
        out.write(TypeAdapter(State).dump_json(state))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)


def load(path: Path) -> State | None:
    """The state that was saved at `path`; None where nothing has been.

    Raises:
        pydantic.ValidationError: the file is not a saved workspace.
    """
    if not path.exists():
        return None
    return TypeAdapter(State).validate_json(path.read_bytes())


async def keep_saved(workspace: Workspace, path: Path, pause: float = 0.5) -> None:
    """Save after every change, at most once in `pause` seconds of real time, until cancelled.

    Run it as a task; on cancellation it saves once more and ends. A workspace that has grown so
    large that saving takes long is saved less often: never for more than a twentieth of the time.
    """
    saved, loop = workspace.changes.version, asyncio.get_running_loop()
    try:
        while True:
            await workspace.changes.wait(saved)
            await asyncio.sleep(pause)
            saved = workspace.changes.version
            started = loop.time()
            save(workspace.state, path)
            pause = max(pause, 20 * (loop.time() - started))
    finally:
        save(workspace.state, path)
