"""A real browser for the tests that need one; without one they are skipped, and say why.

All of them share one event loop, because they share the browser: starting one takes seconds. Each
has a window of its own, which knows nothing of the others. A fixture that is a coroutine needs the
same loop: `@pytest_asyncio.fixture(loop_scope="session")`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """Where a Chromium is: `COSTBOT_CHROMIUM`, else the first that is installed."""
    named = os.environ.get("COSTBOT_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the tests of this folder on the browser's loop."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncGenerator[Browser]:
    """The one browser; what a test wants to itself is a context in it."""
    path = chromium_path()
    if path is None:
        pytest.skip(
            f"No browser: none of {', '.join(NAMES)} is installed, and COSTBOT_CHROMIUM names none."
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def window(chromium: Browser) -> AsyncGenerator[Page]:
    """A window of 1280×800; errors of its scripts, or against the page's policy, fail the test."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Policy" in said.text else None)
    yield page
    await context.close()
    assert wrong == []
