"""What holds for all tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.stores import Postgres

PLENTY = 4 * 2**30

# A hiccup of a shared machine is no bug. Half of Hypothesis's examples, in CI too: the suite is run
# often, and each run tries others. Where a property deserves more, its test says so.
settings.register_profile("unhurried", settings(deadline=None, max_examples=50))
settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Keeps temporary files in memory, where there is plenty: stores and marts await the disk."""
    memory = Path("/dev/shm")
    is_plenty = memory.is_dir() and shutil.disk_usage(memory).free > PLENTY
    if is_plenty and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(memory)  # of workers and of the processes of tests, too
        tempfile.tempdir = None


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL for all tests of this process: starting one takes seconds."""
    from tests.stores import running_postgres  # loads the store, which few tests need alone

    with running_postgres() as server:
        yield server
