"""One world for the tests of a module: they look at it, or count what they add."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.observation.world import World, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with opened(tmp_path_factory.mktemp("observed")) as served:
        yield served
