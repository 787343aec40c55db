"""Slack's one message a second and channel, on a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from analysis.errors import Unavailable
from bot.blocks.answer import Answer, section
from bot.csv_file import CsvFile
from bot.slack.api import SlackApi
from bot.slack.pace import Pace
from bot.slack.thread import NotReachable, Threads
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import ManualClock
from playground.faults import Fault
from playground.model import Message
from playground.server import running
from playground.slack import FakeSlack

START = datetime(2026, 11, 20, 13, tzinfo=UTC)


def said(text: str) -> Answer:
    return Answer(text, (section(text, "said"),))


@asynccontextmanager
async def posting(
    apart: float = 1, refused: Collection[str] = ()
) -> AsyncGenerator[tuple[Threads, FakeSlack]]:
    """A Slack that limits rates, and what posts to it without waiting in real time.

    Args:
        apart: seconds between two messages of a channel.
        refused: scopes that the manifest asks for and this Slack does not grant.
    """
    clock, app = ManualClock(START), installed_app()
    app = replace(app, scopes=(app.scopes or frozenset()) - frozenset(refused))
    async with running(begin(clock, people(), app)) as slack:
        # Without retries: what comes too early is refused for good.
        web = AsyncWebClient(app.bot_token, base_url=slack.api_url, retry_handlers=[])
        client = cast("SlackApi", web)
        pace = Pace(clock.now, timedelta(seconds=apart), clock.advance)
        yield Threads(client, pace), slack


def channel_of(slack: FakeSlack, name: str) -> str:
    channel = slack.workspace.find_channel(name)
    assert channel is not None
    return channel.id


def messages(slack: FakeSlack, name: str) -> list[Message]:
    return list(slack.workspace.state.messages.get(channel_of(slack, name), {}).values())


async def test_a_long_thread_stays_within_slacks_limit_of_messages():
    async with posting() as (threads, slack):
        costs = channel_of(slack, "costs")
        root = await threads.post(costs, said("root"), "0", thread=None, look=False)
        for number in range(1, 12):
            await threads.post(
                costs, said(f"part {number}"), str(number), thread=root.ts, look=False
            )
        times = [float(message.ts) for message in messages(slack, "costs")]
    assert len(times) == 12
    assert min(later - one for one, later in pairwise(times)) >= 1


async def test_without_turns_slack_would_refuse_the_second():
    async with posting(apart=0) as (threads, slack):
        costs = channel_of(slack, "costs")
        await threads.post(costs, said("one"), "1", thread=None, look=False)
        with pytest.raises(Unavailable, match="ratelimited"):
            await threads.post(costs, said("two"), "2", thread=None, look=False)


async def test_those_who_post_at_once_take_turns_and_other_channels_do_not_wait():
    async with posting() as (threads, slack):
        costs, other = channel_of(slack, "costs"), channel_of(slack, "ml-platform")
        await asyncio.gather(
            *(
                threads.post(channel, said(f"{number}"), f"{number}", thread=None, look=False)
                for number in range(3)
                for channel in (costs, other)
            )
        )
        ends = slack.workspace.clock.now() - START
    assert len(messages(slack, "costs")) == len(messages(slack, "ml-platform")) == 3
    assert ends < timedelta(seconds=5)


async def test_what_stands_there_already_is_not_posted_again():
    async with posting() as (threads, slack):
        costs = channel_of(slack, "costs")
        first = await threads.post(costs, said("one"), "key", thread=None, look=True)
        again = await threads.post(costs, said("one"), "key", thread=None, look=True)
        other = await threads.post(costs, said("one"), "other", thread=None, look=True)
        file = CsvFile("a.csv", "a\r\n1\r\n", 1)
        await threads.upload(first, file, look=True)
        await threads.upload(first, file, look=True)
    assert first == again != other
    assert [len(message.files) for message in messages(slack, "costs")] == [0, 0, 1]


async def test_where_nobody_may_look_it_is_not_sent_again_by_itself():
    async with posting(refused={"im:history"}) as (threads, slack):
        ada = next(user.id for user in slack.workspace.people() if user.name == "ada")
        opened = await threads.client.conversations_open(users=[ada])
        direct = cast("dict[str, str]", opened["channel"])["id"]
        methods = frozenset({"chat.postMessage"})
        slack.faults.set(Fault("reply_lost", times=1, methods=methods))
        with pytest.raises(Unavailable, match="whether the last message arrived I cannot see"):
            await threads.post(direct, said("one"), "key", thread=None, look=False)
        sent = list(slack.workspace.state.messages[direct].values())
    assert len(sent) == 1


async def test_a_channel_of_others_is_told_apart_from_a_refusal():
    async with posting() as (threads, slack):
        with pytest.raises(NotReachable, match="not_in_channel"):
            await threads.post(
                channel_of(slack, "general"), said("one"), "key", thread=None, look=False
            )
        with pytest.raises(NotReachable, match="channel_not_found"):
            await threads.post("C0NOWHERE", said("one"), "key", thread=None, look=False)


async def test_while_slack_is_silent_nothing_is_lost_without_a_word():
    async with posting() as (threads, slack):
        slack.faults.set(Fault("dropped", times=None))
        with pytest.raises(Unavailable, match="The connection to Slack broke"):
            await threads.post(
                channel_of(slack, "costs"), said("one"), "key", thread=None, look=False
            )
        assert messages(slack, "costs") == []
