"""The page in a real browser, by keyboard, with the small sample app behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from playground.clock import ManualClock
from playground.model import Message
from tests.playground_page.sample_app import PEOPLE, answer_blocks, installed
from tests.playground_page.served import Served, served


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncGenerator[Served]:
    async with served() as everything:
        yield everything


@asynccontextmanager
async def listening_in_silence() -> AsyncGenerator[str]:
    """The URL of a server that takes requests and never answers."""
    over = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/slack/events"
    finally:
        over.set()
        server.close()
        await server.wait_closed()


async def test_a_typed_command_is_answered_and_a_button_brings_the_next_answer(
    site: Served, window: Page
):
    await window.goto(site.url)
    await window.keyboard.type("/cost today by model")
    await window.keyboard.press("Enter")
    tables = window.locator("#messages table")
    await expect(tables).to_have_count(1)
    await expect(tables.first).to_contain_text("$1,204.18")
    await window.get_by_role("button", name="By organization", exact=True).click()
    await expect(tables).to_have_count(2)
    await expect(window.locator("#messages h3").last).to_have_text("Cost today by organization")
    await expect(window.locator("[aria-busy=true]")).to_have_count(0)


async def test_an_answer_is_in_sight_wherever_the_last_one_was_read(site: Served, window: Page):
    await window.set_viewport_size({"width": 1280, "height": 500})
    await window.goto(site.url)
    composer, headings = window.locator("#composer"), window.locator("#messages h3")
    for count in (1, 2, 3):
        await composer.fill("/cost today by model")
        await composer.press("Enter")
        await expect(headings).to_have_count(count)
        await expect(headings.last).to_be_in_viewport()
        await window.locator("#scroll").evaluate("pane => { pane.scrollTop = 0 }")
    await window.get_by_role("button", name="By organization", exact=True).first.click()
    await expect(headings.last).to_have_text("Cost today by organization")
    await expect(headings.last).to_be_in_viewport()
    assert await window.evaluate("document.scrollingElement.scrollTop") == 0


async def test_the_slash_key_begins_a_command_and_tab_completes_it(site: Served, window: Page):
    await window.goto(site.url)
    composer = window.locator("#composer")
    await window.locator("#scroll").focus()
    await window.keyboard.press("/")
    await expect(composer).to_be_focused()
    await expect(composer).to_have_value("/")
    await expect(window.get_by_role("option")).to_have_count(6)
    await window.keyboard.type("cost to")
    shown = window.get_by_role("option")
    await expect(shown.filter(has_text="What today has cost")).to_be_visible()
    await expect(shown.filter(has_text="today by model | week by organization")).to_be_visible()
    await window.keyboard.press("ArrowDown")
    await window.keyboard.press("ArrowDown")
    await window.keyboard.press("Tab")
    await expect(composer).to_have_value("/cost today by model")
    await expect(window.get_by_role("listbox")).to_be_hidden()


async def test_the_up_arrow_brings_back_what_was_sent(site: Served, window: Page):
    await window.goto(site.url)
    composer = window.locator("#composer")
    for line in ("first", "second"):
        await composer.fill(line)
        await composer.press("Enter")
        await expect(window.locator("#messages .entry").filter(has_text=line)).to_be_visible()
    await composer.press("ArrowUp")
    await expect(composer).to_have_value("second")
    await composer.press("ArrowUp")
    await expect(composer).to_have_value("first")
    await composer.press("ArrowDown")
    await composer.press("ArrowDown")
    await expect(composer).to_have_value("")


async def test_a_modal_takes_the_focus_shows_errors_in_place_and_closes_on_escape(
    site: Served, window: Page
):
    await window.goto(site.url)
    composer = window.locator("#composer")
    await composer.fill("/budget create")
    await composer.press("Enter")
    await expect(window.get_by_label("Name")).to_be_focused()
    await window.keyboard.type("Video")
    await window.get_by_label("Limit in USD a month").fill("0")
    await window.keyboard.press("Enter")
    await expect(window.get_by_text("A limit is above 0.")).to_be_visible()
    await expect(window.get_by_label("Limit in USD a month")).to_be_focused()
    await expect(window.get_by_label("Name")).to_have_value("Video")
    await window.keyboard.press("Escape")
    await expect(window.get_by_role("dialog")).to_have_count(0)
    await expect(composer).to_be_focused()


async def test_a_question_is_asked_in_a_dialog_before_the_button_acts(site: Served, window: Page):
    channel, app = site.channel(), installed()
    site.workspace.post(
        Message(
            channel,
            site.workspace.new_ts(channel),
            app.bot_user_id,
            blocks=answer_blocks(),
            app_id=app.id,
            ephemeral_to=PEOPLE[0].id,
        )
    )
    await window.goto(site.url)
    forget = window.get_by_role("button", name="Forget", exact=True)
    await forget.click()
    await window.get_by_role("button", name="Keep it").click()
    await expect(forget).to_be_focused()
    assert site.app.actions == []
    await forget.click()
    await window.get_by_role("button", name="Forget it").click()
    await expect(forget).to_have_count(0)
    assert [told["action_id"] for told in site.app.actions] == ["forget"]


async def test_a_thread_opens_beside_the_channel_and_closes_on_escape(site: Served, window: Page):
    await window.goto(site.url)
    await window.locator("#composer").fill("@costbot hello")
    await window.keyboard.press("Enter")
    await window.locator(".replies").click()
    thread = window.locator("#thread-messages .entry")
    await expect(thread).to_have_count(2)
    await window.keyboard.type("thank you")
    await window.keyboard.press("Enter")
    await expect(thread).to_have_count(3)
    await window.keyboard.press("Escape")
    await expect(window.locator("#thread")).to_have_count(0)
    await expect(window.locator(".replies")).to_contain_text("2 replies")


async def test_a_slow_app_is_seen_to_work_and_then_to_have_failed(window: Page):
    clock = ManualClock()
    async with served(clock) as site, listening_in_silence() as url:
        next(iter(site.workspace.apps.values())).request_url = url
        await window.goto(site.url)
        await window.locator("#composer").fill("/cost today")
        await window.keyboard.press("Enter")
        await expect(window.get_by_role("status")).to_have_text("Working on /cost today")
        await clock.until_sleepers()
        await clock.advance(3)
        await expect(window.locator("#messages")).to_contain_text(
            '/cost failed with the error "operation_timeout"'
        )
        await expect(window.get_by_role("status")).to_have_count(0)
        await window.goto("about:blank")


async def test_the_theme_changes_at_once_and_stays(site: Served, window: Page):
    await window.emulate_media(color_scheme="light")
    await window.goto(site.url)
    background = "getComputedStyle(document.body).backgroundColor"
    assert await window.evaluate(background) == "rgb(255, 255, 255)"
    async with window.expect_response("**/theme"):
        await window.get_by_role("button", name="Theme").click()
    assert await window.evaluate(background) == "rgb(21, 26, 24)"
    await window.reload()
    assert await window.evaluate(background) == "rgb(21, 26, 24)"


async def test_at_390_pixels_nothing_but_tables_scrolls_sideways(site: Served, window: Page):
    await window.set_viewport_size({"width": 390, "height": 844})
    await window.goto(site.url)
    await window.locator("#composer").fill("/cost today by model")
    await window.locator("#composer").press("Enter")
    await expect(window.locator("#messages table")).to_be_visible()
    assert await window.evaluate("document.documentElement.scrollWidth") == 390
    assert await window.evaluate("document.querySelector('#scroll').scrollWidth") == 390
    await expect(window.locator(".sidebar")).to_be_hidden()
    await window.get_by_role("link", name="Channels").click()
    await expect(window.locator(".sidebar")).to_be_visible()
    await window.keyboard.press("Escape")
    await expect(window.locator(".sidebar")).to_be_hidden()


async def test_without_a_script_the_page_still_answers(site: Served, chromium: Browser):
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site.url)
    await page.get_by_role("button", name="/cost today by model").click()
    await expect(page.locator("#messages table")).to_contain_text("$1,204.18")
    await page.get_by_role("button", name="By organization", exact=True).click()
    await expect(page.locator("#messages h3").last).to_have_text("Cost today by organization")
    await context.close()
