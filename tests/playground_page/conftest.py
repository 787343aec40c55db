from __future__ import annotations

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from tests.playground_page.served import Served, served


@pytest.fixture
async def site() -> AsyncGenerator[Served]:
    async with served() as everything:
        yield everything


@pytest.fixture
async def browser(site: Served) -> AsyncGenerator[aiohttp.ClientSession]:
    """A browser without a script: it keeps cookies (on an IP address too) and follows redirects."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(site.url, cookie_jar=jar) as session:
        yield session
