"""Budgets in the playground, as somebody meets them: a form filled in, previewed and saved."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import chromium_path
from tests.browser.test_costbot import ask, home, playground

__all__ = ["home", "playground"]

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="No browser: no Chromium is installed, COSTBOT_CHROMIUM is none"
)


async def test_a_budget_is_filled_in_previewed_saved_and_shown(playground: Page):
    page = playground
    await page.locator("#composer").fill("/budget create")
    await page.keyboard.press("Enter")
    modal = page.get_by_role("dialog")
    await expect(modal).to_contain_text("Begins anew")
    await modal.get_by_label("Name", exact=True).fill("Prod & LLM")
    await modal.get_by_label("Amount in US dollars").fill("5000")
    await modal.get_by_label("Time zone").fill("Mars/Base")
    await modal.get_by_role("button", name="Preview").click()
    await expect(modal).to_contain_text("There is no time zone")
    await modal.get_by_label("Time zone").fill("Europe/Berlin")
    await modal.get_by_role("button", name="Preview").click()
    await expect(modal).to_contain_text("It would stand at")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_contain_text("Created: Prod & LLM")
    await page.keyboard.press("Escape")
    answer = await ask(page, "/budget list")
    await expect(answer).to_contain_text("Prod & LLM")
    await answer.get_by_role("button", name="Prod & LLM").click()
    await expect(answer).to_contain_text("$5,000.00")
    await expect(answer.get_by_role("button", name="Ask for a raise")).to_be_visible()
