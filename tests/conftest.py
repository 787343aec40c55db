"""What holds for all tests."""

from __future__ import annotations

import gc
import os
import shutil
import sys
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
    """Keeps temporary files in memory, where there is plenty: stores and marts await the disk.

    Objects by the million are loaded and stay: to look through all of them for what is garbage took
    a tenth of the suite's time, and half of that of collecting it.
    """
    gc.set_threshold(50_000, 20, 20)
    memory = Path("/dev/shm")
    is_plenty = memory.is_dir() and shutil.disk_usage(memory).free > PLENTY
    if is_plenty and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(memory)  # of workers and of the processes of tests, too
        tempfile.tempdir = None


def pytest_collection_finish() -> None:
    """What is loaded by now is no garbage as long as the tests last."""
    gc.freeze()


def pytest_unconfigure() -> None:
    """Nothing is left behind."""
    gc.unfreeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Lets go of a module's apps: FastAPI remembers the functions of thousands of routes."""
    models = sys.modules.get("fastapi.dependencies.models")
    module = item.getparent(pytest.Module)
    if models and (nextitem is None or nextitem.getparent(pytest.Module) is not module):
        for remembered in vars(models).values():
            if clear := getattr(remembered, "cache_clear", None):
                clear()


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL for all tests of this process: starting one takes seconds."""
    from tests.stores import running_postgres  # loads the store, which few tests need alone

    with running_postgres() as server:
        yield server
