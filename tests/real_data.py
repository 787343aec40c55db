"""Where the public traces are that some tests run on; they are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def real_data(name: str) -> Path:
    """A file of the traces; skips the test where they are not on this machine."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("COSTBOT_TEST_DATA", beside)) / name
    if not path.exists():
        pytest.skip(f"the trace {name} is not here: set COSTBOT_TEST_DATA to its folder")
    return path
