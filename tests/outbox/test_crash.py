"""Workers that are killed: every message is in its channel, none twice, all in order.

Real processes, real databases, Slack over HTTP. `make bench BENCH=outbox_crash` kills a thousand.
"""

from __future__ import annotations

import random
import signal

from bot.outbox.steps import Step
from tests.outbox.crashing import crashing, misbehave
from tests.storage.conftest import address as address

BEFORE_DOUBT: tuple[Step, ...] = ("claimed", "sending", "stored", "marked")


async def test_a_worker_killed_after_any_step_loses_and_doubles_nothing(address: str) -> None:
    async with crashing(address) as outbox:
        for _ in outbox.channels:
            await outbox.add()
        victims = [await outbox.start(step, at_once=1) for step in BEFORE_DOUBT]
        for victim in victims:
            assert await outbox.end_of(victim) == -signal.SIGKILL
        doubtful = await outbox.start("looked", at_once=1)
        assert await outbox.end_of(doubtful) == -signal.SIGKILL
        await outbox.all_sent()
        told = outbox.count()
        counts = await outbox.store.deliveries.counts()
    assert (told.missing, told.twice, told.out_of_order) == (0, 0, 0)
    assert counts.sent == told.added


async def test_workers_killed_at_any_moment_lose_and_double_nothing(address: str) -> None:
    async with crashing(address) as outbox:
        misbehave(outbox.slack)
        await outbox.kill_replicas(random.Random(20261121), replicas=2, kills=8)
        outbox.slack.faults.clear()
        await outbox.all_sent()
        told = outbox.count()
    assert (told.missing, told.twice, told.out_of_order) == (0, 0, 0)
    assert told.kills == 16
