"""The world, and all that it shows, made once."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.tenancy.showing import Shown, all_shown
from tests.tenancy.world import World, opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with opened(tmp_path_factory.mktemp("tenancy")) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shown(world: World) -> Shown:
    return await all_shown(world)
