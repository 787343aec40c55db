from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from playground.model import Message
from playground.page.live import Watching
from tests.playground_page.sample_app import PEOPLE, installed
from tests.playground_page.served import Served

ADA, GRACE = PEOPLE[0], PEOPLE[1]


def post(site: Served, text: str, channel: str = "", **more: Any) -> Message:
    where = channel or site.channel()
    bot = installed().bot_user_id
    return site.workspace.post(Message(where, site.workspace.new_ts(where), bot, text, **more))


def steps(site: Served, since: int, **watching: str) -> list[dict[str, str]]:
    changes = site.workspace.changes.since(since)
    return site.page.live.steps(ADA, Watching(**watching), changes)


async def read_steps(stream: aiohttp.StreamReader) -> list[dict[str, str]]:
    """The steps of the next event."""
    while True:
        line = await stream.readline()
        assert line, "the stream has ended"
        if line.startswith(b"data: "):
            return json.loads(line.removeprefix(b"data: "))


async def test_a_window_is_sent_what_is_posted_where_it_looks(
    site: Served, browser: aiohttp.ClientSession
):
    version = site.workspace.changes.version
    post(site, "*before* the window follows")
    query = {"channel": site.channel(), "since": str(version)}
    async with browser.get("/live", params=query) as answer:
        assert answer.content_type == "text/event-stream"
        first = await asyncio.wait_for(read_steps(answer.content), 5)
        assert [step["do"] for step in first] == ["put"]
        assert "<strong>before</strong> the window follows" in first[0]["html"]
        message = post(site, "while it follows")
        second = await asyncio.wait_for(read_steps(answer.content), 5)
        assert [(step["do"], step["ts"]) for step in second] == [("put", message.ts)]


async def test_a_window_that_comes_back_goes_on_where_it_stopped(
    site: Served, browser: aiohttp.ClientSession
):
    post(site, "seen")
    seen = site.workspace.changes.version
    message = post(site, "missed")
    query = {"channel": site.channel(), "since": "0"}
    headers = {"Last-Event-ID": str(seen)}
    async with browser.get("/live", params=query, headers=headers) as answer:
        got = await asyncio.wait_for(read_steps(answer.content), 5)
        assert [step["ts"] for step in got] == [message.ts]


async def test_closing_the_page_ends_every_stream(site: Served, browser: aiohttp.ClientSession):
    async with browser.get("/live") as answer:
        assert (await answer.content.readline()).startswith(b"retry")
        site.page.close()
        await asyncio.wait_for(answer.content.read(), 5)


async def test_what_another_person_alone_sees_is_sent_to_nobody_else(site: Served):
    since = site.workspace.changes.version
    post(site, "secret", ephemeral_to=GRACE.id)
    assert steps(site, since, channel=site.channel()) == []


async def test_private_channels_send_nothing_to_strangers(site: Served):
    board = site.workspace.add_channel("board", members=[GRACE.id], is_private=True)
    since = site.workspace.changes.version
    post(site, "plans", channel=board.id)
    assert steps(site, since, channel=site.channel()) == []
    assert steps(site, since, channel=board.id) == []


async def test_a_message_elsewhere_marks_its_channel_as_unread(site: Served):
    since = site.workspace.changes.version
    post(site, "hello", channel=site.channel("general"))
    assert steps(site, since, channel=site.channel()) == [
        {"do": "unread", "channel": site.channel("general")}
    ]


async def test_a_reply_updates_the_root_and_the_open_thread(site: Served):
    root = post(site, "root")
    since = site.workspace.changes.version
    post(site, "reply", thread_ts=root.ts)
    panes = steps(site, since, channel=site.channel(), thread_ts=root.ts)
    assert sorted((step["pane"], step["ts"] == root.ts) for step in panes) == [
        ("messages", True),
        ("thread-messages", False),
        ("thread-messages", True),
    ]
    in_channel = next(step for step in panes if step["pane"] == "messages")
    assert "1 reply" in in_channel["html"]


async def test_a_message_that_changes_twice_is_drawn_once(site: Served):
    since = site.workspace.changes.version
    message = post(site, "fetching …")
    site.workspace.edit(message, text="done")
    got = steps(site, since, channel=site.channel())
    assert len(got) == 1
    assert "done" in got[0]["html"]


async def test_a_deleted_message_is_taken_away(site: Served):
    message = post(site, "gone soon")
    since = site.workspace.changes.version
    site.workspace.delete(message)
    assert steps(site, since, channel=site.channel()) == [{"do": "remove", "ts": message.ts}]


async def test_a_window_of_an_earlier_run_draws_everything_anew(site: Served):
    assert steps(site, since=10_000) == [{"do": "reload"}]
