"""Where the public traces are that some tests run on; they are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def trace(name: str) -> Path | None:
    """A file of the traces; None: it is not on this machine."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("COSTBOT_TEST_DATA", beside)) / name
    return path if path.exists() else None


def real_data(name: str) -> Path:
    """A file of the traces; skips the test where they are not on this machine."""
    path = trace(name)
    if path is None:
        pytest.skip(f"the trace {name} is not here: set COSTBOT_TEST_DATA to its folder")
    return path
