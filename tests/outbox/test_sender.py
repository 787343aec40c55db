"""The worker itself: what it takes, when it gives up, how it ends."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.backoff import Backoff
from bot.outbox.payloads import SlackMessage
from bot.outbox.sender import Limits
from bot.outbox.steps import STEPS
from playground.faults import Fault
from storage.records.delivery import NewDelivery
from tests.outbox.conftest import AVERAGE, TIMING, Outbox, until

POST = frozenset({"chat.postMessage"})


@given(
    attempts=st.integers(1, 10_000),
    drawn=st.floats(0, 1, exclude_max=True),
    first=st.floats(0.01, 60),
    longest=st.floats(60, 3600),
)
def test_a_wait_is_never_longer_than_the_longest_and_grows_before(
    attempts: int, drawn: float, first: float, longest: float
) -> None:
    backoff = Backoff(lambda: drawn, timedelta(seconds=first), timedelta(seconds=longest))
    wait, next_wait = backoff.after(attempts), backoff.after(attempts + 1)
    assert timedelta() <= wait <= next_wait <= timedelta(seconds=longest)


def test_the_waits_are_full_jitter() -> None:
    waits = [Backoff(lambda: 0.5).after(attempts).total_seconds() for attempts in range(1, 11)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 150, 150]


async def test_every_step_is_told_in_order(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot.outbox.steps")
    outbox.slack.faults.set(Fault("reply_lost", methods=POST))
    await outbox.add("one")
    await outbox.send()
    await outbox.send(60)
    await outbox.add("two")
    await outbox.send()
    told = [record.getMessage() for record in caplog.records if record.name == "bot.outbox.steps"]
    first, second, third = ["claimed", "sending"], ["claimed", "looked"], list(STEPS)
    third.remove("looked")
    assert told == [*first, "marked", *second, "marked", *third]


async def test_after_most_attempts_a_message_is_given_up_and_says_why(outbox: Outbox) -> None:
    outbox.slack.faults.set(Fault("dropped", times=None))
    three = outbox.another("three", Limits(TIMING, AVERAGE, most_attempts=3))
    await outbox.add("one")
    for _ in range(5):
        await three.send_what_is_due()
        await outbox.clock.advance(300)
    row = await outbox.row("one")
    assert (row.state, row.attempts) == ("dead", 3)
    assert row.last_error == "Given up after 3 attempts: The connection to Slack broke."
    outbox.slack.faults.clear()
    await outbox.store.deliveries.resend(row.id)
    await outbox.send()
    assert outbox.texts() == ["one"]


async def test_a_message_that_kills_its_workers_is_given_up_at_last(outbox: Outbox) -> None:
    await outbox.add("one")
    for _ in range(3):
        now = outbox.clock.now()
        assert await outbox.store.deliveries.claim(now, "doomed", 1, timedelta(seconds=1))
        await outbox.clock.advance(2)
    three = outbox.another("three", Limits(TIMING, AVERAGE, most_attempts=3))
    await three.send_what_is_due()
    row = await outbox.row("one")
    assert (row.state, row.last_error) == ("dead", "Given up after 3 attempts.")


async def test_a_message_that_another_worker_took_over_is_not_sent_by_the_late_one(
    outbox: Outbox,
) -> None:
    """The first waits for its turn until its lease has run out, and the second sends."""
    await outbox.add("one")
    costs = outbox.id_of("costs")

    async def is_claimed() -> bool:
        return (await outbox.row("one")).state == "claimed"

    async with outbox.pace.turn(costs):
        late = asyncio.create_task(outbox.sender.send_what_is_due())
        await until(is_claimed)
        await outbox.clock.advance(TIMING.lease.total_seconds() + 1)
        (taken,) = await outbox.store.deliveries.claim(
            outbox.clock.now(), "second", 1, TIMING.lease
        )
    await late
    assert outbox.texts() == []
    row = await outbox.row("one")
    assert (taken.state, row.state, row.claimed_by) == ("uncertain", "uncertain", "second")


async def test_what_is_added_is_sent_as_soon_as_the_worker_is_told(outbox: Outbox) -> None:
    limits = Limits(TIMING, AVERAGE, look_every=timedelta(hours=1))
    sender = outbox.another("two", limits)
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.05)
    await outbox.add("one")
    await outbox.add("two")  # of the same group: it goes when the first is through
    sender.wake()

    async def are_both_there() -> bool:
        return outbox.texts() == ["one", "two"]

    await until(are_both_there)
    await sender.stop()
    await asyncio.wait_for(running, 5)


async def test_a_worker_that_stops_finishes_what_is_on_its_way_and_begins_nothing(
    outbox: Outbox,
) -> None:
    outbox.slack.faults.set(Fault("slow", seconds=3, methods=POST))
    slow = outbox.another("two", Limits(TIMING, AVERAGE))
    running = asyncio.create_task(slow.run())
    await outbox.add("one")
    slow.wake()
    await outbox.clock.until_sleepers()
    await outbox.add("two")
    stopping = asyncio.create_task(slow.stop())
    await asyncio.sleep(0)
    await outbox.clock.advance(3)
    await asyncio.wait_for(asyncio.gather(stopping, running), 5)
    assert outbox.texts() == ["one"]
    assert ((await outbox.row("one")).state, (await outbox.row("two")).state) == ("sent", "due")


async def test_no_more_messages_are_on_their_way_than_allowed(outbox: Outbox) -> None:
    workspace = outbox.slack.workspace
    channels = [workspace.add_channel(f"c{n}", members=["U0COSTBOT1"]) for n in range(5)]
    for channel in channels:
        await outbox.add(channel.id, to=channel.id)
    outbox.slack.faults.set(Fault("slow", times=None, seconds=1, methods=POST))
    two = outbox.another("two", Limits(TIMING, AVERAGE, most_at_once=2))
    running = asyncio.create_task(two.run())
    await outbox.clock.until_sleepers(2)
    assert (await outbox.store.deliveries.counts()).claimed == 2
    outbox.slack.faults.clear()
    await outbox.clock.advance(1)

    async def are_all_there() -> bool:
        return sum(len(outbox.messages(channel.id)) for channel in channels) == 5

    await until(are_all_there)
    await two.stop()
    await running


async def test_a_way_out_that_is_not_set_up_is_said_with_its_setting(outbox: Outbox) -> None:
    await outbox.store.deliveries.add(
        NewDelivery(
            key="mail",
            channel="email",
            address="ada@example.com",
            payload={"subject": "s", "text": "t"},
        )
    )
    await outbox.send()
    row = await outbox.row("mail")
    assert row.state == "dead"
    assert "COSTBOT_SMTP_URL" in row.last_error


async def test_a_message_whose_mark_was_lost_is_found_and_marked(outbox: Outbox) -> None:
    await outbox.add("one", SlackMessage(text="one"))
    now = outbox.clock.now()
    (claimed,) = await outbox.store.deliveries.claim(now, "gone", 1, TIMING.lease)

    async def mine() -> bool:
        return True

    await outbox.channels["slack"].deliver(claimed, mine)
    await outbox.send(TIMING.lease.total_seconds() + 1)
    assert outbox.texts() == ["one"]
    assert (await outbox.row("one")).remote_id == outbox.messages()[0].ts
