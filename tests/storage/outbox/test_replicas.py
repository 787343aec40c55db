"""Processes of their own at one outbox."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from analysis.clock import system_clock
from storage import Store
from storage.records.delivery import NewDelivery
from tests.road.forked import forking
from tests.stores import TestClock

MESSAGES = 60
GROUPS = 5
LEASE = timedelta(minutes=10)


def work(address: str, name: str, barrier: Barrier, told: Queue[tuple[str, list[str]]]) -> None:
    async def worked() -> list[str]:
        store = Store(address, system_clock)
        sent: list[str] = []
        await store.ping()
        barrier.wait(30)
        while (await store.deliveries.counts()).waiting:
            for delivery in await store.deliveries.claim(system_clock(), name, 3, LEASE):
                assert delivery.state == "claimed"
                sent.append(delivery.key)
                assert await store.deliveries.sent(delivery.id, f"{name}-{len(sent)}")
        await store.close()
        return sent

    told.put((name, asyncio.run(worked())))


async def test_three_processes_claim_each_message_once_and_groups_in_order(
    store: Store, address: str, clock: TestClock
) -> None:
    new = [
        NewDelivery(
            key=f"{number}",
            channel="slack",
            address="C1",
            payload={},
            group=f"g{number % GROUPS}" if number % 2 else None,
        )
        for number in range(MESSAGES)
    ]
    await store.deliveries.add_many(new)
    context = forking()
    barrier, told = context.Barrier(3), context.Queue()
    processes = [
        context.Process(target=work, args=(address, f"w{number}", barrier, told))
        for number in range(3)
    ]
    for process in processes:
        process.start()
    by_worker = dict([await asyncio.to_thread(told.get, timeout=60) for _ in processes])
    for process in processes:
        await asyncio.to_thread(process.join, 60)
    counted = Counter(key for keys in by_worker.values() for key in keys)
    assert counted == dict.fromkeys((one.key for one in new), 1)
    kept = await store.deliveries.newest(limit=MESSAGES)
    left = sorted((one for one in kept if one.sent_at), key=lambda one: str(one.sent_at))
    for group in {one.group for one in new if one.group}:
        ids = [one.id for one in left if one.group == group]
        assert ids == sorted(ids)
