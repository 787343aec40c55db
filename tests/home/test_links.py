"""Links of costbot's own: previews for those who own what they lead to, and nothing for others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from uuid import uuid4

import aiohttp
import pytest

from analysis.schedules import Frequency
from bot.assembly.digests import digests_of
from bot.blocks.digest import digest_answer
from bot.links import Links, link_of
from handlers.complete import Asked
from handlers.digests.figures import DigestQuestion
from handlers.linked import Kind, Link
from playground.links import link_event
from playground.model import JsonObject, Message
from playground.payloads import event_payload
from tests.slack.conftest import Play, Playing

URL = "https://costs.example.com"
LINKS = Links(URL)
TEAM = "T0PLAYGRND"


async def posted(playing: Playing, text: str, name: str) -> Message:
    """A message in #costs, once what it began is done."""
    stage = playing.stage
    channel = stage.slack.workspace.find_channel("costs")
    assert channel is not None
    message = stage.slack.delivery.message(stage.user_id(name), channel.id, text)
    await stage.slack.delivery.events.settle()
    await stage.supervisor.idle()
    return message


async def made(playing: Playing, name: str, title: str) -> str:
    """A new budget's id."""
    await playing.stage.say(f"/budget create {title} 100 monthly", name)
    [budget] = await playing.parts.store.budgets.beside("acme", limit=9)
    assert budget.name == title
    return str(budget.id)


def preview(message: Message) -> str:
    return str([one["blocks"] for one in message.attachments])


def actions(blocks: list[JsonObject]) -> list[JsonObject]:
    return [one for one in blocks if one["type"] == "actions" or "accessory" in one]


async def test_a_link_to_a_budget_of_the_posters_organization_gets_a_preview(play: Play) -> None:
    async with play(public_url=URL) as playing:
        budget = await made(playing, "otto", "spring")
        url = LINKS.to(Kind.BUDGET, budget)
        message = await posted(playing, f"look at {url}, please", "ute")
        [shown] = message.attachments
    assert shown["from_url"] == url
    assert "*spring*" in preview(message)
    assert "of $100" in preview(message)
    assert actions(shown["blocks"]) == []


async def test_a_channel_that_another_company_reads_gets_no_preview(play: Play) -> None:
    async with play(public_url=URL) as playing:
        budget = await made(playing, "otto", "spring")
        stage, url = playing.stage, LINKS.to(Kind.BUDGET, budget)
        slack, [app] = stage.slack, stage.slack.workspace.apps.values()
        channel = slack.workspace.find_channel("costs")
        assert channel is not None
        for is_shared in (True, False):
            ts, user = slack.workspace.new_ts(channel.id), stage.user_id("ute")
            message = slack.workspace.post(Message(channel.id, ts, user, f"<{url}>"))
            event = link_event(slack.workspace, app, message)
            assert event is not None
            payload = event_payload(slack.workspace, app, event)
            slack.delivery.events.send(app, payload | {"is_ext_shared_channel": is_shared})
            await slack.delivery.events.settle()
            await stage.supervisor.idle()
            assert bool(message.attachments) is not is_shared


async def test_nothing_tells_a_foreign_thing_from_one_that_never_was(play: Play) -> None:
    async with play(public_url=URL) as playing:
        budget = await made(playing, "otto", "spring")
        audit = await playing.parts.store.audit.page()
        for key in (budget, str(uuid4())):
            message = await posted(playing, LINKS.to(Kind.BUDGET, key), "gil")
            assert message.attachments == []
        assert await playing.parts.store.audit.page() == audit


@pytest.mark.parametrize("name", ["ada", "sam"])
async def test_who_sees_all_or_nothing_shows_nothing_to_a_channel(play: Play, name: str) -> None:
    async with play(public_url=URL) as playing:
        budget = await made(playing, "otto", "spring")
        message = await posted(playing, LINKS.to(Kind.BUDGET, budget), name)
    assert message.attachments == []


async def test_a_month_shows_the_statement_of_the_posters_organization(play: Play) -> None:
    async with play(public_url=URL) as playing:
        url = LINKS.to(Kind.STATEMENT, "2026-11")
        message = await posted(playing, f"{url} and https://elsewhere.example/link", "gil")
    [shown] = message.attachments
    assert shown["from_url"] == url
    assert "globex" in preview(message)
    assert "acme" not in preview(message)


async def test_what_is_no_link_of_costbots_is_left_alone(play: Play) -> None:
    async with play(public_url=URL) as playing:
        for path in ("/link/budget/7", "/link/secret/x", "/link/statement/2026-13", "/"):
            assert (await posted(playing, f"{URL}{path}", "ute")).attachments == []


def test_links_are_read_as_they_are_made() -> None:
    key = str(uuid4())
    assert LINKS.read(LINKS.to(Kind.INCIDENT, key)) == Link(Kind.INCIDENT, key)
    assert LINKS.read(f"{LINKS.to(Kind.RECOMMENDATION, key)}?from=mail#top") == Link(
        Kind.RECOMMENDATION, key
    )
    assert LINKS.read(LINKS.to(Kind.STATEMENT, "2026-10")) == Link(Kind.STATEMENT, "2026-10")
    assert LINKS.read(f"https://costs.example.com.evil.example/link/budget/{key}") is None
    assert Links("").read(f"/link/budget/{key}") is None
    assert link_of("budget", "1' OR 1=1") is None


async def test_a_page_says_where_to_ask_and_not_whether_there_is_such_a_thing(play: Play) -> None:
    async with play(public_url=URL) as playing:
        budget, nothing = await made(playing, "otto", "spring"), str(uuid4())
        [app] = playing.stage.slack.workspace.apps.values()
        base = app.request_url.removesuffix("/slack/events")
        pages: list[str] = []
        async with aiohttp.ClientSession() as session:
            for key in (budget, nothing):
                async with session.get(f"{base}/link/budget/{key}") as response:
                    assert response.status == 200
                    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
                    pages.append((await response.text()).replace(key, "ID"))
            async with session.get(f"{base}/link/budget/x%3Cb%3E") as response:
                assert response.status == 404
    assert pages[0] == pages[1]
    assert "/budget show ID" in pages[0]
    assert not re.search("spring|otto|acme", pages[0])


async def test_a_digest_links_to_what_it_names(play: Play) -> None:
    async with play(public_url=URL) as playing:
        budget = await made(playing, "otto", "spring")
        digests = digests_of(playing.parts, "slack")
        person = await playing.parts.callers.caller_of(TEAM, playing.stage.user_id("otto"))
        assert person is not None
        figures = await digests.read.figures.figures(
            DigestQuestion(Frequency.DAILY, date(2026, 11, 19), Asked(), person)
        )
        around = replace(figures.around, at_risk=figures.around.budgets)
        told = digest_answer(replace(figures, around=around), (), links=LINKS)
        alone = digest_answer(replace(figures, around=around), ())
    assert f"<{LINKS.to(Kind.BUDGET, budget)}|link>" in str(told.payload())
    assert "<http" not in str(alone.payload())
