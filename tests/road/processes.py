"""The command line as people use it: a process of its own, with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
    ended = subprocess.run(
        [COSTBOT, *arguments],
        input=typed,
        capture_output=True,
        cwd=home.parent,
        env=environment(home, **more),
        timeout=PATIENCE,
        check=False,
    )
    out, err = ended.stdout.decode(), ended.stderr.decode()
    return subprocess.CompletedProcess(ended.args, ended.returncode, out, err)
