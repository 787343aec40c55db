"""An outbox in SQLite, a Slack that limits rates, and a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.outbox.backoff import Backoff
from bot.outbox.outcome import Channel, Timing
from bot.outbox.payloads import SlackMessage
from bot.outbox.sender import Limits, Sender
from bot.outbox.ways_out import WaysOut, channels_of
from bot.slack.pace import Pace
from bot.stage import installed_app, people
from bot.supervisor import Supervisor
from playground.beginning import begin
from playground.clock import ManualClock
from playground.model import Message
from playground.server import running
from playground.slack import FakeSlack
from storage import Store
from storage.records.delivery import ChannelKind, Delivery, NewDelivery
from tests.stores import sqlite_store

START = datetime(2026, 11, 20, 13, tzinfo=UTC)
TIMING = Timing(timeout=timedelta(seconds=2))
"""A call that is not answered is given up soon: that much real time passes."""
AVERAGE = Backoff(lambda: 0.5)


@dataclass
class Outbox:
    """What the tests act on."""

    store: Store
    slack: FakeSlack
    clock: ManualClock
    channels: Mapping[ChannelKind, Channel]
    pace: Pace
    supervisor: Supervisor
    sender: Sender

    def another(self, worker: str, limits: Limits) -> Sender:
        """A second worker on the same outbox."""
        return Sender(
            self.store.deliveries, self.channels, self.supervisor, self.clock.now, worker, limits
        )

    def replica(self, worker: str, token: str | None = None) -> Sender:
        """A worker as another process has one, with a pace, and perhaps a token, of its own."""
        (app,) = self.slack.workspace.apps.values()
        ways = WaysOut(slack=(SecretStr(token or app.bot_token), self.slack.api_url))
        pace = Pace(self.clock.now, timedelta(seconds=1), self.clock.advance)
        deliveries = self.store.deliveries
        channels = channels_of(ways, deliveries, pace, self.clock.now, TIMING)
        limits = Limits(TIMING, AVERAGE)
        return Sender(deliveries, channels, self.supervisor, self.clock.now, worker, limits)

    async def add(
        self, key: str, message: SlackMessage | None = None, *, to: str = "costs"
    ) -> None:
        """Puts a message for a channel, in that channel's group, into the outbox."""
        payload = (message or SlackMessage(text=key)).as_json()
        address = self.id_of(to)
        new = NewDelivery(key=key, channel="slack", address=address, payload=payload, group=address)
        assert await self.store.deliveries.add(new)

    async def send(self, after: float = 0) -> int:
        """Sends what is due so many seconds later."""
        await self.clock.advance(after)
        return await self.sender.send_what_is_due()

    async def row(self, key: str) -> Delivery:
        """The row of a key."""
        (found,) = await self.store.deliveries.find_keys([key])
        return found

    def id_of(self, name: str) -> str:
        """The id of a channel, or of whatever already is one."""
        channel = self.slack.workspace.find_channel(name)
        return name if channel is None else channel.id

    def messages(self, name: str = "costs") -> list[Message]:
        """What the bot has posted in a channel, its threads included, oldest first."""
        there = self.slack.workspace.state.messages.get(self.id_of(name), {})
        return [message for message in there.values() if message.app_id]

    def texts(self, name: str = "costs") -> list[str]:
        """What these messages say."""
        return [message.text for message in self.messages(name)]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Waits, for some seconds of real time, until something has come about."""
    for _ in range(1000):
        if await condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it has not come about")


@asynccontextmanager
async def opened(folder: Path, *refused: str) -> AsyncGenerator[Outbox]:
    """An outbox on a Slack that does not grant the bot some of the manifest's scopes."""
    clock, app = ManualClock(START), installed_app()
    app = replace(app, scopes=(app.scopes or frozenset()) - set(refused))
    async with (
        running(begin(clock, people(), app)) as slack,
        sqlite_store(folder, clock.now) as store,
    ):
        pace = Pace(clock.now, timedelta(seconds=1), clock.advance)
        ways = WaysOut(slack=(SecretStr(app.bot_token), slack.api_url))
        channels = channels_of(ways, store.deliveries, pace, clock.now, TIMING)
        supervisor = Supervisor()
        limits = Limits(TIMING, AVERAGE)
        sender = Sender(store.deliveries, channels, supervisor, clock.now, "one", limits)
        yield Outbox(store, slack, clock, channels, pace, supervisor, sender)
        await asyncio.wait_for(supervisor.idle(), 10)


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncGenerator[Outbox]:
    async with opened(tmp_path) as outbox:
        yield outbox
