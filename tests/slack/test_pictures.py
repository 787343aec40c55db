"""Answers with pictures: the words at once, the picture in their place; the words stay without."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.slack.attention import Attention
from playground.faults import Fault
from playground.model import Message
from tests.compare.asked import every_day
from tests.slack.conftest import Play, Playing, answered
from tests.slack.test_clicks import asked, click

COMPLETE = frozenset({"files.completeUploadExternal"})
FACTS = [
    *every_day("2026-11-01", "2026-11-20", "1", model="gpt-4", product="api"),
    *every_day("2026-11-01", "2026-11-20", "2", model="o4", product="web"),
    *every_day("2026-11-13", "2026-11-19", "3", model="o4", product="web"),
    *every_day("2026-11-13", "2026-11-19", "1", model="gpt-4", product="api"),
]


def kinds(message: Message) -> list[str]:
    return [str(block["type"]) for block in message.blocks]


def picture_in(playing: Playing, message: Message) -> bytes:
    """The file that a message shows."""
    (image,) = (block for block in message.blocks if block["type"] == "image")
    return playing.stage.slack.workspace.files[image["slack_file"]["id"]].content or b""


async def shown(playing: Playing, command: str) -> Message:
    """The message that answers a command, once its picture is there."""
    message = await asked(playing, command, "ada")
    await playing.stage.supervisor.idle()
    return message


async def test_the_picture_takes_its_place_below_the_words_that_came_at_once(play: Play) -> None:
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost compare by model", "ada")
        message = await shown(playing, "/cost compare by model")
        assert "image" not in [block["type"] for block in answered(heard).ack["blocks"]]
        assert kinds(message) == ["section", "image", "table", "context", "actions"]
        assert picture_in(playing, message).startswith(b"\x89PNG")
        assert message.blocks[1]["alt_text"] == (
            "Change of cost, 2026-11-13..2026-11-19 against 2026-11-06..2026-11-12: "
            "o4 +$21.00, gpt-4 +$7.00."
        )
    assert len(heard.pictures) == 1
    assert [one["text"] for one in heard.shown] == [answered(heard).ack["text"]]


async def test_an_answer_that_is_shared_comes_with_its_picture_at_once(play: Play) -> None:
    async with play(FACTS) as playing:
        message = await shown(playing, "/cost compare by model")
        await click(playing, message, "Share", "ada")
        workspace = playing.stage.slack.workspace
        shared = [
            one
            for one in workspace.state.messages[message.channel].values()
            if one.app_id and one.ephemeral_to is None
        ]
    assert [kinds(one) for one in shared] == [["section", "image", "table", "context", "context"]]


async def test_a_click_brings_the_next_answer_with_its_own_picture(play: Play) -> None:
    async with play(FACTS) as playing:
        message = await shown(playing, "/cost compare by model")
        before = picture_in(playing, message)
        await click(playing, message, "Why?", "ada")
        assert "why-finding" in str(message.blocks)
        assert picture_in(playing, message) != before


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("refused", times=None, error="storage_limit_reached", methods=COMPLETE), "storage"),
        (Fault("unprocessed", seconds=600, methods=COMPLETE), "slack_file"),
    ],
    ids=["refused", "never looked through"],
)
async def test_the_words_stay_where_the_picture_fails(
    play: Play, fault: Fault, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with play(FACTS) as playing:
        playing.stage.slack.faults.set(fault)
        with caplog.at_level(logging.WARNING):
            message = await shown(playing, "/cost compare by model")
    assert kinds(message) == ["section", "table", "context", "actions"]
    assert "stays without its picture" in caplog.text
    assert said in caplog.text


async def test_what_a_person_left_is_not_drawn_over_what_came_next(play: Play) -> None:
    async with play(FACTS) as playing:
        # Looked through only after the person has gone on.
        playing.stage.slack.faults.set(Fault("unprocessed", seconds=1.2, methods=COMPLETE))
        stage = playing.stage
        user, channel = stage.user_id("ada"), stage.slack.workspace.find_channel("costs")
        assert channel is not None
        outcome = await stage.slack.delivery.command(user, channel.id, "/cost compare by model")
        assert outcome.reply is not None
        (message,) = outcome.reply.posted
        await asyncio.sleep(0.5)
        before = message.text
        await click(playing, message, "Day", "ada")
        text = message.text
        await stage.supervisor.idle()
    assert message.text == text != before


def test_attention_is_of_one_person_and_of_clicks() -> None:
    attention = Attention()
    attention.heard({"response_url": "one"}, "U1")
    attention.heard({"response_url": "two"}, "U2")
    attention.heard({"command": "/cost", "response_url": "three"}, "U1")
    assert not attention.has_gone_on("one")
    attention.heard({"type": "block_actions", "response_url": "four"}, "U1")
    assert attention.has_gone_on("one")
    assert not attention.has_gone_on("two")
    assert not attention.has_gone_on("four")
