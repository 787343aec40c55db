"""The REST surface, served once to all tests: they only read."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.api.world import Api, opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Api]:
    async with opened(tmp_path_factory.mktemp("api")) as served:
        yield served
