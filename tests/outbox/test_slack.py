"""Messages to Slack: each once, whatever Slack does, on a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise
from pathlib import Path

import pytest

from bot.outbox.payloads import SlackMessage
from playground.faults import Fault
from playground.model import Message
from storage.records.delivery import NewDelivery
from tests.outbox.conftest import TIMING, Outbox, opened

POST = frozenset({"chat.postMessage"})
SETTLE = TIMING.settle.total_seconds() + 2
"""When what may have been sent is looked for, the wait after a failed attempt included."""


def block(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def test_a_message_is_posted_once_and_marked_with_where_it_stands(outbox: Outbox) -> None:
    await outbox.add("one", SlackMessage(text="Over budget", blocks=(block("*Over*"),)))
    assert await outbox.send() == 1
    assert await outbox.send(60) == 0
    (message,) = outbox.messages()
    row = await outbox.row("one")
    assert (row.state, row.remote_id) == ("sent", message.ts)
    assert message.text == "Over budget"
    assert [one["type"] for one in message.blocks] == ["section"]
    assert message.metadata == {
        "event_type": "costbot_delivery",
        "event_payload": {"key": row.digest},
    }


@pytest.mark.parametrize("kind", ["reply_lost", "dropped", "server_error"])
async def test_a_message_whose_answer_is_lost_is_looked_for_before_it_is_sent_again(
    outbox: Outbox, kind: str
) -> None:
    outbox.slack.faults.set(Fault(kind, methods=POST))  # pyright: ignore[reportArgumentType]
    await outbox.add("one")
    await outbox.send()
    assert (await outbox.row("one")).state == "uncertain"
    assert await outbox.send(1) == 0  # what is on its way has to settle
    assert await outbox.send(SETTLE) == 1
    assert outbox.texts() == ["one"]
    assert (await outbox.row("one")).remote_id == outbox.messages()[0].ts


async def test_what_slack_stores_late_is_found_and_not_sent_again(outbox: Outbox) -> None:
    outbox.slack.faults.set(Fault("slow", seconds=15, methods=POST))
    await outbox.add("one")
    await outbox.send()
    assert outbox.texts() == []
    await outbox.clock.advance(15)
    stored = outbox.messages()
    await outbox.send(SETTLE)
    assert outbox.messages() == stored
    assert (await outbox.row("one")).remote_id == stored[0].ts


async def test_what_slack_stores_later_than_is_waited_for_stands_twice(outbox: Outbox) -> None:
    """The one case in which nothing but Slack could prevent it."""
    outbox.slack.faults.set(Fault("slow", seconds=300, methods=POST))
    await outbox.add("one")
    await outbox.send()
    await outbox.send(SETTLE)
    assert outbox.texts() == ["one"]
    await outbox.send(300)
    assert outbox.texts() == ["one", "one"]


async def test_while_slack_cannot_be_asked_what_is_in_doubt_stays_so(outbox: Outbox) -> None:
    outbox.slack.faults.set(Fault("reply_lost", methods=POST))
    history = frozenset({"conversations.history"})
    outbox.slack.faults.set(Fault("server_error", times=3, methods=history))
    await outbox.add("one")
    await outbox.send()
    for _ in range(3):
        assert await outbox.send(SETTLE) == 1
        assert (await outbox.row("one")).state == "uncertain"
    await outbox.send(SETTLE)
    assert (await outbox.row("one")).state == "sent"
    assert outbox.texts() == ["one"]


async def test_a_busy_channel_is_looked_through_page_by_page(outbox: Outbox) -> None:
    outbox.slack.faults.set(Fault("reply_lost", methods=POST))
    await outbox.add("one")
    await outbox.send()
    workspace, costs = outbox.slack.workspace, outbox.id_of("costs")
    for number in range(450):
        ts = workspace.new_ts(costs)
        workspace.post(Message(channel=costs, ts=ts, user="U1", text=f"{number}"))
    await outbox.send(SETTLE)
    assert outbox.texts() == ["one"]
    assert (await outbox.row("one")).state == "sent"


async def test_retry_after_is_obeyed_for_its_channel_alone(outbox: Outbox) -> None:
    outbox.slack.faults.set(Fault("ratelimited", seconds=30, methods=POST))
    await outbox.add("one")
    await outbox.send()
    await outbox.add("two")
    await outbox.add("other", to="ml-platform")
    await outbox.send(20)
    assert (outbox.texts(), outbox.texts("ml-platform")) == ([], ["other"])
    await outbox.send(10)
    assert outbox.texts() == ["one", "two"]


async def test_messages_of_other_groups_leave_a_channel_alone_too_and_lose_no_attempt(
    outbox: Outbox,
) -> None:
    outbox.slack.faults.set(Fault("ratelimited", seconds=30, methods=POST))
    await outbox.add("one")
    await outbox.send()
    costs = outbox.id_of("costs")
    payload = SlackMessage(text="alone").as_json()
    await outbox.store.deliveries.add(
        NewDelivery(key="alone", channel="slack", address=costs, payload=payload)
    )
    await outbox.send(5)
    row = await outbox.row("alone")
    assert (row.state, row.attempts, row.last_error) == ("due", 0, "")
    await outbox.send(25)
    assert sorted(outbox.texts()) == ["alone", "one"]


async def test_a_burst_into_one_channel_stays_in_order_and_within_slacks_limit(
    outbox: Outbox,
) -> None:
    for number in range(8):
        await outbox.add(f"{number}")
    await outbox.send()
    times = [float(message.ts) for message in outbox.messages()]
    assert outbox.texts() == [f"{number}" for number in range(8)]
    assert min(later - one for one, later in pairwise(times)) >= 1


@pytest.mark.parametrize(
    ("channel", "cure"), [("general", "/invite @costbot"), ("C0NOWHERE", "no such channel")]
)
async def test_where_the_bot_may_not_post_the_message_is_given_up_with_the_cure(
    outbox: Outbox, channel: str, cure: str
) -> None:
    await outbox.add("one", to=channel)
    await outbox.add("other")
    await outbox.send()
    row = await outbox.row("one")
    assert row.state == "dead"
    assert cure in row.last_error
    assert outbox.texts() == ["other"]


async def test_a_message_given_up_is_sent_when_it_is_resent_after_the_cure(outbox: Outbox) -> None:
    await outbox.add("one", to="general")
    await outbox.send()
    bot = next(app.bot_user_id for app in outbox.slack.workspace.apps.values())
    outbox.slack.workspace.join(outbox.id_of("general"), bot)
    assert await outbox.store.deliveries.resend((await outbox.row("one")).id)
    await outbox.send()
    assert outbox.texts("general") == ["one"]


async def test_where_slack_refuses_the_blocks_the_text_goes_without_them(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    await outbox.add("one", SlackMessage(text="Over budget", blocks=(block("x" * 3001),)))
    with caplog.at_level(logging.ERROR):
        await outbox.send()
    assert outbox.texts() == ["Over budget"]
    assert "invalid_blocks" in caplog.text
    assert (await outbox.row("one")).state == "sent"


async def test_a_reply_goes_below_its_root_and_a_change_replaces_it(outbox: Outbox) -> None:
    await outbox.add("root", SlackMessage(text="80 %", blocks=(block("80"),)))
    await outbox.add("reply", SlackMessage(text="95 %", do="reply", root="root", broadcast=True))
    await outbox.add("change", SlackMessage(text="now 95 %", do="update", root="root"))
    await outbox.send()
    root, reply = outbox.messages()
    assert (root.text, root.blocks, root.metadata is not None) == ("now 95 %", [], True)
    assert (reply.thread_ts, reply.reply_broadcast) == (root.ts, True)


async def test_a_reply_whose_answer_is_lost_is_found_in_its_thread(outbox: Outbox) -> None:
    await outbox.add("root")
    await outbox.send()
    outbox.slack.faults.set(Fault("reply_lost", methods=POST))
    await outbox.add("reply", SlackMessage(text="reply", do="reply", root="root"))
    await outbox.send(1)
    await outbox.send(SETTLE)
    assert outbox.texts() == ["root", "reply"]
    assert (await outbox.row("reply")).state == "sent"


async def test_a_change_whose_answer_is_lost_is_made_again(outbox: Outbox) -> None:
    await outbox.add("root")
    await outbox.send()
    update = frozenset({"chat.update"})
    outbox.slack.faults.set(Fault("reply_lost", methods=update))
    await outbox.add("change", SlackMessage(text="changed", do="update", root="root"))
    await outbox.send(1)
    await outbox.send(5)
    assert outbox.texts() == ["changed"]
    assert (await outbox.row("change")).state == "sent"


async def test_a_reply_to_a_message_that_is_gone_is_posted_into_the_channel(
    outbox: Outbox,
) -> None:
    await outbox.add("root")
    await outbox.send()
    outbox.slack.workspace.delete(outbox.messages()[0])
    outbox.slack.faults.set(Fault("reply_lost", methods=POST, times=2))
    await outbox.add("reply", SlackMessage(text="95 %", do="reply", root="root", broadcast=True))
    for _ in range(4):
        await outbox.send(SETTLE)
    (message,) = outbox.messages()
    assert (message.text, message.thread_ts) == ("95 %", None)
    assert (await outbox.row("reply")).state == "sent"


async def test_what_belongs_to_a_message_that_was_given_up_is_not_lost_with_it(
    outbox: Outbox,
) -> None:
    nowhere = SlackMessage(text="80 %", blocks=(block("80"),))
    payload, costs = nowhere.as_json(), outbox.id_of("costs")
    await outbox.store.deliveries.add(
        NewDelivery(key="root", channel="slack", address="C0NO", payload=payload, group=costs)
    )
    await outbox.add("reply", SlackMessage(text="95 %", do="reply", root="root"))
    await outbox.add("change", SlackMessage(text="now 95 %", do="update", root="root"))
    await outbox.send()
    assert outbox.texts() == ["95 %"]
    row = await outbox.row("change")
    assert (row.state, row.last_error) == (
        "dead",
        "The message that was to be changed was never sent.",
    )


async def test_a_reply_waits_for_a_root_of_another_group(outbox: Outbox) -> None:
    reply = SlackMessage(text="reply", do="reply", root="root")
    costs = outbox.id_of("costs")
    await outbox.store.deliveries.add(
        NewDelivery(key="reply", channel="slack", address=costs, payload=reply.as_json())
    )
    outbox.slack.faults.set(Fault("ratelimited", seconds=3, methods=POST))
    await outbox.add("root")
    await outbox.send()
    assert outbox.texts() == []
    await outbox.send(30)
    await outbox.send(30)
    assert outbox.texts() == ["root", "reply"]


async def test_to_a_person_it_goes_as_a_direct_message(outbox: Outbox) -> None:
    ada = next(user.id for user in outbox.slack.workspace.people() if user.name == "ada")
    await outbox.add("one", to=ada)
    await outbox.send()
    (direct,) = (c for c in outbox.slack.workspace.channels_of(ada) if c.is_im)
    assert outbox.texts(direct.id) == ["one"]


@pytest.mark.parametrize(("refused", "stands"), [((), 1), (("im:history",), 2)])
async def test_where_the_bot_may_not_look_what_is_in_doubt_is_sent_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, refused: tuple[str, ...], stands: int
) -> None:
    async with opened(tmp_path, *refused) as outbox:
        ada = next(user.id for user in outbox.slack.workspace.people() if user.name == "ada")
        outbox.slack.faults.set(Fault("reply_lost", methods=POST))
        await outbox.add("one", to=ada)
        await outbox.send()
        await outbox.send(SETTLE)
        (direct,) = (c for c in outbox.slack.workspace.channels_of(ada) if c.is_im)
        assert len(outbox.messages(direct.id)) == stands
        assert ("without having looked" in caplog.text) == (stands == 2)


async def test_a_payload_that_cannot_be_read_is_given_up(outbox: Outbox) -> None:
    costs = outbox.id_of("costs")
    await outbox.store.deliveries.add(
        NewDelivery(key="bad", channel="slack", address=costs, payload={"txt": "x"})
    )
    await outbox.send()
    row = await outbox.row("bad")
    assert row.state == "dead"
    assert "cannot be read" in row.last_error


async def test_slack_that_cannot_be_reached_loses_nothing_and_doubles_nothing(
    outbox: Outbox,
) -> None:
    """Down for an hour; meanwhile an alert, its reply and one for another channel."""
    outbox.slack.faults.set(Fault("dropped", times=None))
    await outbox.add("root")
    await outbox.add("reply", SlackMessage(text="reply", do="reply", root="root"))
    await outbox.add("other", to="ml-platform")
    for _ in range(12):
        await outbox.send(300)
    outbox.slack.faults.clear()
    await outbox.send(300)
    assert (outbox.texts(), outbox.texts("ml-platform")) == (["root", "reply"], ["other"])
    await asyncio.sleep(0)


async def test_two_replicas_that_know_nothing_of_each_others_pace_obey_slack_in_one_channel(
    outbox: Outbox,
) -> None:
    other = outbox.replica("other")
    for number in range(6):
        await outbox.add(f"{number}")
    for _ in range(20):
        await asyncio.gather(outbox.sender.send_what_is_due(), other.send_what_is_due())
        await outbox.clock.advance(1)
    assert outbox.texts() == [f"{number}" for number in range(6)]
    assert (await outbox.store.deliveries.counts()).sent == 6


async def test_a_token_that_slack_does_not_know_is_no_reason_to_give_up(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = outbox.replica("stranger", token="xoxb-unknown")
    await outbox.add("one")
    await stranger.send_what_is_due()
    row = await outbox.row("one")
    assert (row.state, row.last_error) == ("due", "Slack did not take it (invalid_auth).")
    assert "invalid_auth" in caplog.text
    assert "xoxb" not in caplog.text
    await outbox.send(300)
    assert outbox.texts() == ["one"]
