"""The command line as people use it: a process of its own, with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.road.forked import Files, costbot_process

COSTBOT = str(Path(sys.executable).with_name("costbot"))
PATIENCE = 60.0
"""Seconds: a process that takes longer hangs."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """The machine's variables without a deployment's, and the home folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COSTBOT_")}
    return {**kept, "COSTBOT_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "200", **more}


def costbot(
    home: Path, *arguments: str, typed: bytes | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Runs `costbot` to its end, in the folder that its home lies in.

    Args:
        home: COSTBOT_HOME.
        arguments: of the command.
        typed: its standard input.
        more: environment variables.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = Files(*(Path(folder) / name for name in ("typed", "out", "err")))
        files.typed.write_bytes(typed or b"")
        process = costbot_process(arguments, home.parent, environment(home, **more), files)
        process.start()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
        out, err = files.out.read_bytes().decode(), files.err.read_bytes().decode()
    code = process.exitcode
    process.close()
    assert code is not None
    return subprocess.CompletedProcess(["costbot", *arguments], code, out, err)


def costbot_from_the_start(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `costbot` as a shell does: it loads everything itself, which takes a second or two."""
    return subprocess.run(
        [COSTBOT, *arguments],
        capture_output=True,
        cwd=home.parent,
        env=environment(home),
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
