"""The REST surface, served to all tests of a module: they only read."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.api.world import Api, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Api]:
    async with opened(tmp_path_factory.mktemp("api")) as served:
        yield served
