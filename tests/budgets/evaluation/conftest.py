"""Worlds to evaluate budgets in: most tests on SQLite, those of several processes on both."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from storage import Store
from tests.budgets.evaluation.world import START, World, mart_before, opened
from tests.budgets.slack.conftest import act
from tests.slack.conftest import play
from tests.storage.conftest import address, clock, store
from tests.stores import TestClock, sqlite_store

__all__ = ["act", "address", "clock", "play", "shared", "store", "world"]


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    mart_before(folder, lambda: START)
    return folder


@pytest.fixture
def home(before: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(before, tmp_path / "home"))


@pytest.fixture
async def world(home: Path, clock: TestClock) -> AsyncGenerator[World]:
    clock.now = START
    async with sqlite_store(home, clock) as store, opened(store, home, clock) as world:
        yield world


@pytest.fixture
async def shared(store: Store, home: Path, clock: TestClock) -> AsyncGenerator[World]:
    """A world on a store of either kind."""
    async with opened(store, home, clock) as world:
        yield world
