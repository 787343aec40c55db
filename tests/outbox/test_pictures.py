"""Messages with pictures: the words always arrive, once, whatever becomes of the picture."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.outbox.payloads import SlackMessage
from bot.outbox.sender import Limits, Sender
from bot.outbox.ways_out import WaysOut, channels_of
from bot.pictures.painter import Painter
from playground.faults import Fault
from storage.records.delivery import NewDelivery
from tests.outbox.conftest import AVERAGE, TIMING, Outbox, opened
from tests.pictures.samples import charts

CHART = charts()["movers"]
COMPLETE = frozenset({"files.completeUploadExternal"})
POST = frozenset({"chat.postMessage"})


def block(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


MESSAGE = SlackMessage(
    text="Cost rose", blocks=(block("Cost rose"), {"type": "divider"}, block("more")), picture=CHART
)


@asynccontextmanager
async def painting(folder: Path, *refused: str) -> AsyncGenerator[Outbox]:
    """An outbox whose worker paints."""
    async with opened(folder, *refused) as outbox:
        (app,) = outbox.slack.workspace.apps.values()
        ways = WaysOut(slack=(SecretStr(app.bot_token), outbox.slack.api_url))
        deliveries, clock, painter = outbox.store.deliveries, outbox.clock.now, Painter()
        channels = channels_of(ways, deliveries, outbox.pace, clock, TIMING, painter)
        limits = Limits(TIMING, AVERAGE)
        outbox.sender = Sender(deliveries, channels, outbox.supervisor, clock, "painting", limits)
        yield outbox
        painter.close()


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncGenerator[Outbox]:
    async with painting(tmp_path) as outbox:
        yield outbox


def kinds(outbox: Outbox) -> list[list[object]]:
    """The types of the blocks of each message."""
    return [[one["type"] for one in message.blocks] for message in outbox.messages()]


async def test_a_picture_stands_below_the_paragraphs_with_its_alt_text(outbox: Outbox) -> None:
    await outbox.add("one", MESSAGE)
    await outbox.send()
    (message,) = outbox.messages()
    assert kinds(outbox) == [["section", "image", "divider", "section"]]
    shown = message.blocks[1]
    file = outbox.slack.workspace.files[shown["slack_file"]["id"]]
    assert shown["alt_text"] == CHART.alt == file.alt_txt
    assert (file.mimetype, file.channels, file.content is not None) == ("image/png", [], True)
    assert (await outbox.row("one")).state == "sent"


async def test_a_picture_stands_where_the_message_says(outbox: Outbox) -> None:
    await outbox.add("one", MESSAGE.model_copy(update={"picture_at": 3}))
    await outbox.add("two", SlackMessage(text="words alone", picture=CHART))
    await outbox.send()
    assert kinds(outbox) == [["section", "divider", "section", "image"], ["section", "image"]]
    assert len(outbox.slack.workspace.files) == 1  # uploaded once


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("refused", error="storage_limit_reached", methods=COMPLETE), "storage_limit"),
        (Fault("server_error", methods=frozenset({"upload"})), "upload broke"),
        (Fault("dropped", methods=frozenset({"files.getUploadURLExternal"})), "upload"),
        (Fault("ratelimited", methods=COMPLETE), "ratelimited"),
        (Fault("unprocessed", seconds=60, methods=COMPLETE), "invalid slack file"),
    ],
    ids=["refused", "broken", "dropped", "limited", "never looked through"],
)
async def test_where_the_picture_fails_the_words_go_without_it_and_the_log_says_why(
    outbox: Outbox, fault: Fault, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.slack.faults.set(fault)
    await outbox.add("one", MESSAGE)
    with caplog.at_level(logging.WARNING):
        assert await outbox.send() == 1
    assert kinds(outbox) == [["section", "divider", "section"]]
    assert (await outbox.row("one")).state == "sent"
    assert "goes without its picture" in caplog.text
    assert said in caplog.text


async def test_without_the_scope_the_words_go_and_the_log_names_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with painting(tmp_path, "files:write") as outbox:
        await outbox.add("one", MESSAGE)
        with caplog.at_level(logging.WARNING):
            await outbox.send()
        assert kinds(outbox) == [["section", "divider", "section"]]
        assert "missing_scope, it needs files:write" in caplog.text


async def test_what_slack_has_not_looked_through_yet_is_waited_for(outbox: Outbox) -> None:
    outbox.slack.faults.set(Fault("unprocessed", seconds=2, methods=COMPLETE))
    await outbox.add("one", MESSAGE)
    assert await outbox.send() == 1
    assert kinds(outbox) == [["section", "image", "divider", "section"]]


async def test_bad_blocks_lose_the_picture_first_and_then_all_but_the_words(
    outbox: Outbox,
) -> None:
    await outbox.add("one", MESSAGE.model_copy(update={"blocks": (block("x" * 3001),)}))
    await outbox.send()
    assert (outbox.texts(), kinds(outbox)) == (["Cost rose"], [[]])


async def test_a_full_message_has_no_room_for_a_picture(outbox: Outbox) -> None:
    await outbox.add("one", MESSAGE.model_copy(update={"blocks": ({"type": "divider"},) * 50}))
    await outbox.send()
    assert kinds(outbox) == [["divider"] * 50]


async def test_a_message_with_a_picture_whose_answer_is_lost_stands_once(outbox: Outbox) -> None:
    outbox.slack.faults.set(Fault("reply_lost", methods=POST))
    await outbox.add("one", MESSAGE)
    await outbox.send()
    assert (await outbox.row("one")).state == "uncertain"
    assert await outbox.send(TIMING.settle.total_seconds() + 2) == 1
    assert kinds(outbox) == [["section", "image", "divider", "section"]]
    assert (await outbox.row("one")).state == "sent"


async def test_a_change_keeps_the_picture_that_it_brings_along(outbox: Outbox) -> None:
    await outbox.add("root", MESSAGE)
    change = SlackMessage(
        text="Cost fell", blocks=(block("fell"),), picture=CHART, do="update", root="root"
    )
    await outbox.add("change", change)
    await outbox.send()
    assert (outbox.texts(), kinds(outbox)) == (["Cost fell"], [["section", "image"]])
    assert len(outbox.slack.workspace.files) == 1


@pytest.mark.parametrize("name", ["forecast", "movers", "quality"])
def test_a_picture_goes_through_the_row_of_the_outbox(name: str) -> None:
    message = MESSAGE.model_copy(update={"picture": charts()[name], "picture_at": 2})
    assert SlackMessage.model_validate(json.loads(json.dumps(message.as_json()))) == message


async def test_a_picture_that_cannot_be_read_is_left_out_of_its_message(outbox: Outbox) -> None:
    payload = {**MESSAGE.as_json(), "picture": {"kind": "pie", "title": "of another version"}}
    costs = outbox.id_of("costs")
    row = NewDelivery(key="one", channel="slack", address=costs, payload=payload)
    assert await outbox.store.deliveries.add(row)
    await outbox.send()
    assert kinds(outbox) == [["section", "divider", "section"]]
