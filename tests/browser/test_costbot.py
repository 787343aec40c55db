"""Costbot in the playground, as somebody meets it: typed, read and clicked in a real browser."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from analysis.clock import system_clock
from bot.blocks.text import money
from tests.browser.conftest import chromium_path
from tests.road.processes import costbot
from tests.road.serving import served

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="No browser: no Chromium is installed, COSTBOT_CHROMIUM is none"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample, and requests of this very moment: at midnight too today has two models."""
    folder = tmp_path_factory.mktemp("costbot")
    rows = [
        {
            "time": system_clock().isoformat(),
            "organization": organization,
            "model": model,
            "provider": "openai",
            "request_id": f"just-now-{organization}",
            "input_tokens": 100_000,
            "output_tokens": 0,
        }
        for organization, model in (("acme", "gpt-4"), ("globex", "gpt-4-turbo"))
    ]
    file = folder / "just-now.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    for arguments in (
        ("sample", "--days", "10", "--scale", "0.1"),
        ("import", "usage", str(file)),
    ):
        done = costbot(folder / "home", *arguments)
        assert done.returncode == 0, done.stderr
    return folder / "home"


@pytest_asyncio.fixture(loop_scope="session")
async def playground(home: Path, window: Page) -> AsyncGenerator[Page]:
    """The playground as it begins, open as Ada, who sees everything."""
    (home / "playground.json").unlink(missing_ok=True)
    async with served(home, "--playground", "--port", "0") as running:
        found = await running.says(r"playground is at\s+(http://localhost:\d+/)")
        await window.goto(found[1])
        yield window
        await window.goto("about:blank")
        assert await running.terminated() == 0
        assert "Traceback" not in running.output


async def ask(page: Page, line: str) -> Locator:
    """Types a line into the composer; the answer, wherever it stands later."""
    said = page.locator("#messages .entry[data-ts]")
    before = await said.count()
    await page.locator("#composer").fill(line)
    await page.keyboard.press("Enter")
    await expect(said).to_have_count(before + 1)
    ts = await said.last.get_attribute("data-ts")
    return page.locator(f'#messages .entry[data-ts="{ts}"]')


async def become(page: Page, name: str) -> None:
    """Looks as another person from now on."""
    await page.locator("#who summary").click()
    await page.locator("#who").get_by_role("button", name=name).click()
    await expect(page.locator("#who .who-name")).to_contain_text(name)


def today_of(home: Path) -> str:
    """Today's total as the command line gives it, written as in an answer."""
    result = json.loads(costbot(home, "cost", "--json").stdout)
    return money(Decimal(result["total_cost"]))


async def test_a_typed_question_is_answered_and_a_click_brings_the_next_answer(
    playground: Page, home: Path
):
    today = today_of(home)
    answer = await ask(playground, "/cost today by model")
    rows = answer.locator("table tr")
    await expect(answer).to_contain_text(f"{today} today so far")
    await expect(rows.first).to_contain_text("Model")
    await expect(rows.filter(has_text="gpt-4").first).to_be_visible()
    await expect(rows.last).to_contain_text("Total")
    await expect(rows.last).to_contain_text(today)
    await answer.get_by_role("button", name="By organization", exact=True).click()
    await expect(rows.first).to_contain_text("Organization")
    await expect(rows.filter(has_text="globex")).to_be_visible()
    await expect(rows.last).to_contain_text(today)
    await expect(playground.locator("#messages table")).to_have_count(1)


async def test_who_sees_one_organization_sees_less(playground: Page, home: Path):
    seen_by_all = await ask(playground, "/cost 7d by organization")
    await expect(seen_by_all.locator("table")).to_contain_text("globex")
    await become(playground, "Ute User")
    own = await ask(playground, "/cost today by organization")
    await expect(own.locator("table tr")).to_have_count(2)
    await expect(own.locator("table")).to_contain_text("acme")
    await expect(own).not_to_contain_text(today_of(home))
    await expect(own.get_by_role("button", name="By organization")).to_have_count(0)
    await expect(playground.locator("#messages")).not_to_contain_text("globex")
    refused = await ask(playground, "/cost today organization globex")
    await expect(refused).to_contain_text("There is no organization globex in your costs.")


async def test_the_home_tab_shows_today(playground: Page, home: Path):
    await playground.get_by_role("link", name="costbot", exact=True).click()
    tab = playground.locator("#home")
    await expect(tab).to_contain_text("What AI compute costs: all organizations", timeout=20_000)
    await expect(tab).to_contain_text(f"Today so far{today_of(home)}")
    await expect(tab.get_by_role("button", name="New budget")).to_be_visible()


async def test_a_file_arrives_in_the_direct_messages(playground: Page):
    answer = await ask(playground, "/cost 7d by model by day")
    await answer.get_by_role("button", name="All rows as a CSV file").click()
    await expect(playground.locator("#messages")).to_contain_text("it is in your direct messages")
    await playground.get_by_role("link", name="costbot", exact=True).click()
    await playground.get_by_role("link", name="Messages", exact=True).click()
    file = playground.locator("#messages .file")
    await expect(file).to_contain_text("cost-the-last-7-days-by-model-by-day.csv")
    await expect(file.get_by_role("link", name="Download")).to_be_visible()
