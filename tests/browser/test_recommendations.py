"""Recommendations in the playground, as somebody meets them: accepted, rejected, taken back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import chromium_path
from tests.browser.test_costbot import ask, become
from tests.road.processes import costbot
from tests.road.serving import served

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="No browser: no Chromium is installed, COSTBOT_CHROMIUM is none"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample, with what is recommended of it."""
    folder = tmp_path_factory.mktemp("recommended") / "home"
    for arguments in (
        ("sample", "--days", "20", "--scale", "0.1"),
        ("recs", "generate", "--days", "14"),
    ):
        done = costbot(folder, *arguments)
        assert done.returncode == 0, done.stderr
    return folder


@pytest_asyncio.fixture(loop_scope="session")
async def playground(home: Path, window: Page) -> AsyncGenerator[Page]:
    """The playground as it begins, open as Otto, who leads acme."""
    async with served(home, "--playground", "--port", "0") as running:
        found = await running.says(r"playground is at\s+(http://localhost:\d+/)")
        await window.goto(found[1])
        await become(window, "Otto")
        yield window
        await window.goto("about:blank")
        assert await running.terminated() == 0
        assert "Traceback" not in running.output


async def test_recommendations_are_accepted_rejected_and_taken_back(playground: Page):
    page = playground
    answer = await ask(page, "/recs")
    await expect(answer).to_contain_text("pending")
    await answer.get_by_role("button", name="Accept").first.click()
    await expect(answer).to_contain_text("Accepted by Otto Owner")
    await answer.get_by_role("button", name="Undo").click()
    await expect(answer).to_contain_text("Taken back by Otto Owner")
    await answer.get_by_role("button", name="Details").first.click()
    await expect(answer).to_contain_text("What to do")
    await expect(answer).to_contain_text("How it was reckoned")
    await answer.get_by_role("button", name="Reject …").click()
    modal = page.get_by_role("dialog")
    await expect(modal).to_contain_text("Do not propose it again before")
    await modal.get_by_label("Why not").fill("the contract names <that> model")
    await modal.get_by_role("button", name="Reject").click()
    await expect(modal).to_contain_text("Rejected by Otto Owner")
    await page.keyboard.press("Escape")
    await expect(answer).to_contain_text("the contract names <that> model")
    await expect(answer.get_by_role("button", name="Undo")).to_be_visible()
    await answer.get_by_role("button", name="Show it to everybody").click()
    said = page.locator("#messages .entry[data-ts]").last
    await expect(said).to_contain_text("Rejected by Otto Owner")
