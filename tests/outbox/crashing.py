"""Outboxes whose workers are killed, over and over, while Slack misbehaves."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import cast

from analysis.clock import system_clock
from bot.outbox.payloads import SlackMessage
from bot.outbox.steps import Step
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.faults import Fault
from playground.server import running
from playground.slack import FakeSlack
from storage import Store
from storage.records.delivery import NewDelivery
from tests.outbox.processes import TIMING, Told, Work, be_the_parent
from tests.road.forked import forking

CHANNELS = 6
POST = frozenset({"chat.postMessage"})
READ = frozenset({"conversations.history"})


@dataclass(frozen=True)
class Count:
    """What became of the messages.

    Attributes:
        added: messages that were put into the outbox.
        missing: those that are not in their channel.
        twice: those that stand there more than once.
        out_of_order: channels in which one stands before an older one.
        kills: processes that were killed.
    """

    added: int
    missing: int
    twice: int
    out_of_order: int
    kills: int


@dataclass(frozen=True)
class Parent:
    """The parent of the processes; see `tests.outbox.processes`."""

    line: Connection
    talking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def told(self, what: Told) -> int:
        """Its answer."""
        async with self.talking:
            self.line.send(what)
            return await asyncio.to_thread(self.line.recv)


@asynccontextmanager
async def _parent() -> AsyncGenerator[Parent]:
    here, there = cast("tuple[Connection, Connection]", Pipe())
    process = forking().Process(target=be_the_parent, args=(there,))
    process.start()
    there.close()
    try:
        yield Parent(here)
    finally:
        here.close()
        await asyncio.to_thread(process.join)


@dataclass
class Crashing:
    """An outbox, a Slack, and the processes that send from the one to the other."""

    store: Store
    slack: FakeSlack
    parent: Parent
    work: Work
    channels: list[str]
    numbers: count[int] = field(default_factory=count)
    added: int = 0
    kills: int = 0

    async def add(self) -> None:
        """Puts one message more into the outbox, for the next channel."""
        number = next(self.numbers)
        channel = self.channels[number % len(self.channels)]
        new = NewDelivery(
            key=f"message {number}",
            channel="slack",
            address=channel,
            payload=SlackMessage(text=f"{number}").as_json(),
            group=channel,
        )
        assert await self.store.deliveries.add(new)
        self.added += 1

    async def start(self, dies_after: Step | None = None, at_once: int = 8) -> int:
        """Starts a process that sends; its id."""
        work = replace(self.work, dies_after=dies_after, most_at_once=at_once)
        return await self.parent.told(work)

    async def end_of(self, process: int) -> int:
        """Waits for the end of a process; its exit code."""
        return await self.parent.told(process)

    async def kill_at_random(self, moments: random.Random, kills: int, longest: float) -> None:
        """Starts a process and kills it at some moment, so many times, one after the other."""
        for _ in range(kills):
            process = await self.start()
            # The moment of a real kill is what is tested: no clock can stand in for it.
            await asyncio.sleep(moments.uniform(0, longest))
            os.kill(process, signal.SIGKILL)
            assert await self.end_of(process) == -signal.SIGKILL
            self.kills += 1

    async def kill_replicas(
        self, moments: random.Random, replicas: int, kills: int, longest: float = 0.4
    ) -> None:
        """Kills each replica so many times, while messages come in."""
        killing = asyncio.gather(
            *(self.kill_at_random(moments, kills, longest) for _ in range(replicas))
        )
        while not killing.done():
            await self.add()
            await asyncio.sleep(0.02)
        await killing

    async def all_sent(self, within: float = 60) -> None:
        """Lets one process go on until nothing waits, and ends it as a deployment would."""
        process = await self.start()
        async with asyncio.timeout(within):
            waiting = True
            while waiting:  # the process beside this one tells nobody when it is done
                await asyncio.sleep(0.05)
                waiting = (await self.store.deliveries.counts()).waiting > 0
        os.kill(process, signal.SIGTERM)
        assert await self.end_of(process) == 0

    def count(self) -> Count:
        """What stands in the channels."""
        said: Counter[int] = Counter()
        out_of_order = 0
        for channel in self.channels:
            messages = self.slack.workspace.state.messages.get(channel, {}).values()
            numbers = [int(message.text) for message in messages]
            said.update(numbers)
            out_of_order += numbers != sorted(numbers)
        return Count(
            added=self.added,
            missing=sum(said[number] == 0 for number in range(self.added)),
            twice=sum(times > 1 for times in said.values()),
            out_of_order=out_of_order,
            kills=self.kills,
        )


def misbehave(slack: FakeSlack) -> None:
    """Slack fails, is slow, has had too much, drops calls and loses replies; now and then.

    Its slowest answer comes after the callers have stopped waiting, and before they look.
    """
    late = TIMING.timeout.total_seconds() + TIMING.settle.total_seconds() / 2
    for fault in (
        Fault("server_error", None, 0.05),
        Fault("ratelimited", None, 0.03, seconds=1),
        Fault("dropped", None, 0.05),
        Fault("reply_lost", None, 0.1, POST),
        Fault("slow", None, 0.05, READ, 0.2),
        Fault("slow", None, 0.03, POST, late),
    ):
        slack.faults.set(fault)


@asynccontextmanager
async def crashing(address: str) -> AsyncGenerator[Crashing]:
    """An outbox at `address` and a Slack over HTTP, without limits of its own."""
    app = installed_app()
    workspace = begin(SystemClock(), people(), app)
    names = [f"alerts-{number}" for number in range(CHANNELS)]
    channels = [workspace.add_channel(name, members=[app.bot_user_id]).id for name in names]
    store = Store(address, system_clock)
    await store.migrate()
    try:
        async with running(workspace) as slack, _parent() as parent:
            slack.rate_limits.enabled = False
            work = Work(address, slack.api_url, app.bot_token)
            yield Crashing(store, slack, parent, work, channels)
    finally:
        await store.close()
