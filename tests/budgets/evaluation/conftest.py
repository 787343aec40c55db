"""The same tests on both databases."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from storage import Store
from tests.budgets.evaluation.world import World, opened
from tests.storage.conftest import address, clock, postgres, store
from tests.stores import TestClock

__all__ = ["address", "clock", "postgres", "store", "world"]


@pytest.fixture
async def world(store: Store, tmp_path: Path, clock: TestClock) -> AsyncGenerator[World]:
    async with opened(store, tmp_path, clock) as world:
        yield world
