from __future__ import annotations

import asyncio
from datetime import timedelta

from storage import Store
from storage.repositories.inbound import KEPT
from tests.stores import TestClock


async def test_an_event_is_claimed_once(store: Store) -> None:
    assert await store.inbound.claim("Ev1") is True
    assert await store.inbound.claim("Ev1") is False
    assert await store.inbound.claim("Ev2") is True


async def test_of_many_who_claim_an_event_at_once_one_gets_it(
    address: str, store: Store, clock: TestClock
) -> None:
    other = Store(address, clock)  # a second replica
    claims = [each.inbound.claim("Ev1") for each in (store, other) for _ in range(8)]
    assert sorted(await asyncio.gather(*claims)) == [False] * 15 + [True]
    await other.close()


async def test_a_claim_outlives_a_restart(address: str, store: Store, clock: TestClock) -> None:
    assert await store.inbound.claim("Ev1")
    await store.close()
    again = Store(address, clock)
    await again.migrate()
    assert await again.inbound.claim("Ev1") is False
    await again.close()


async def test_old_events_are_forgotten_and_recent_ones_are_not(
    store: Store, clock: TestClock
) -> None:
    await store.inbound.claim("old")
    clock.advance(KEPT)
    await store.inbound.claim("recent")
    assert await store.inbound.forget_before() == 0
    clock.advance(timedelta(seconds=1))
    assert await store.inbound.forget_before() == 1
    assert await store.inbound.claim("recent") is False
    assert await store.inbound.claim("old") is True
