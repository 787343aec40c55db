"""The REST surface, served twice: to all tests that only read, and to all that decide."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.api.world import Api, opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Api]:
    async with opened(tmp_path_factory.mktemp("api")) as served:
        yield served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def decided(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Api]:
    """Where things are decided upon: each test takes things of its own, see `Api.renewed`."""
    async with opened(tmp_path_factory.mktemp("decided")) as served:
        yield served
