from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.delivery import Delivery, DeliveryCounts, NewDelivery
from tests.stores import TestClock

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
NEW = NewDelivery(
    key="budget.warning|2026-11|C1",
    channel="slack",
    address="C1",
    payload={},
)


async def add(store: Store, *keys: str, group: str | None = None) -> None:
    for key in keys:
        assert await store.deliveries.add(replace(NEW, key=key, group=group))


async def claimed(store: Store, clock: TestClock, worker: str = "w", limit: int = 10) -> list[str]:
    taken = await store.deliveries.claim(clock.now, worker, limit, LEASE)
    return [delivery.key for delivery in taken]


async def one(store: Store, clock: TestClock, worker: str = "w") -> Delivery:
    (delivery,) = await store.deliveries.claim(clock.now, worker, 10, LEASE)
    return delivery


async def test_a_message_is_added_once_for_its_key(store: Store, clock: TestClock) -> None:
    new = replace(NEW, payload={"text": "80 % & more \u2014", "blocks": [{"a": None}], "n": 1.5})
    assert await store.deliveries.add(new) is True
    assert await store.deliveries.add(replace(new, payload={"text": "other"})) is False
    (kept,) = await store.deliveries.newest()
    assert kept == Delivery(
        id=kept.id,
        key=new.key,
        channel="slack",
        address="C1",
        payload=new.payload,
        group=None,
        digest=sha256(new.key.encode()).hexdigest(),
        state="due",
        attempts=0,
        next_at=clock.now,
        claimed_by=None,
        claimed_until=None,
        sent_at=None,
        remote_id=None,
        last_error="",
        created_at=clock.now,
    )
    assert new.digest == kept.digest


async def test_of_many_who_add_a_key_at_once_one_does(
    store: Store, address: str, clock: TestClock
) -> None:
    replica = Store(address, clock)
    adding = [each.deliveries.add(NEW) for each in (store, replica) for _ in range(2)]
    assert sorted(await asyncio.gather(*adding)) == [False, False, False, True]
    await replica.close()


async def test_several_are_added_in_order_and_the_new_ones_told(store: Store) -> None:
    await add(store, "b")
    new = [replace(NEW, key=key) for key in ("a", "b", "c", "a")]
    assert await store.deliveries.add_many(new) == {"a", "c"}
    assert [d.key for d in await store.deliveries.find_keys(["c", "a", "x"])] == ["a", "c"]


async def test_a_claimed_message_is_nobody_elses_and_is_marked_once(
    store: Store, clock: TestClock
) -> None:
    await add(store, "a")
    taken = await one(store, clock, "w1")
    assert (taken.state, taken.attempts, taken.claimed_by) == ("claimed", 1, "w1")
    assert taken.claimed_until == clock.now + LEASE
    clock.advance(LEASE - SECOND)
    assert await claimed(store, clock, "w2") == []
    assert await store.deliveries.sent(taken.id, "1.0001") is True
    assert await store.deliveries.sent(taken.id, "1.0002") is False
    kept = await store.deliveries.find(taken.id)
    assert kept is not None
    assert (kept.state, kept.remote_id, kept.sent_at) == ("sent", "1.0001", clock.now)
    clock.advance(LEASE)
    assert await claimed(store, clock) == []


async def test_what_a_worker_left_behind_comes_back_uncertain_and_stays_so(
    store: Store, clock: TestClock
) -> None:
    await add(store, "a")
    lost = await one(store, clock, "w1")
    clock.advance(LEASE)
    again = await one(store, clock, "w2")
    assert (again.id, again.state, again.attempts) == (lost.id, "uncertain", 2)
    # The second worker dies as well, before it has looked.
    clock.advance(LEASE)
    assert (await one(store, clock, "w3")).state == "uncertain"
    # The first one was only slow: it has lost the message, though what it sent is there.
    assert await store.deliveries.renew(lost.id, "w1", clock.now + LEASE) is False
    assert await store.deliveries.failed(lost.id, "w1", "It failed.", clock.now) is False
    assert await store.deliveries.release(lost.id, "w1", clock.now) is False
    assert await store.deliveries.sent(lost.id, "1.1") is True


async def test_a_renewed_lease_lasts_longer(store: Store, clock: TestClock) -> None:
    await add(store, "a")
    taken = await one(store, clock)
    assert await store.deliveries.renew(taken.id, "w", clock.now + 2 * LEASE)
    clock.advance(LEASE)
    assert await claimed(store, clock, "w2") == []
    clock.advance(LEASE)
    assert await claimed(store, clock, "w2") == ["a"]


async def test_what_surely_was_not_sent_is_due_again_at_its_time(
    store: Store, clock: TestClock
) -> None:
    await add(store, "a")
    taken = await one(store, clock)
    later = clock.now + 5 * SECOND
    assert await store.deliveries.failed(taken.id, "w", "Slack says\n429.", later)
    assert await store.deliveries.next_at() == later
    assert await claimed(store, clock) == []
    clock.advance(5 * SECOND)
    again = await one(store, clock)
    assert (again.state, again.attempts, again.last_error) == ("claimed", 2, "Slack says 429.")


async def test_what_may_have_been_sent_is_uncertain_until_it_was_looked_for(
    store: Store, clock: TestClock
) -> None:
    await add(store, "a")
    taken = await one(store, clock)
    await store.deliveries.failed(taken.id, "w", "No reply.", clock.now, uncertain=True)
    looked = await one(store, clock)
    assert looked.state == "uncertain"
    # Interrupted before it could look: still uncertain. Looked for and not found: due.
    assert await store.deliveries.release(taken.id, "w", clock.now)
    again = await one(store, clock)
    assert (again.state, again.attempts) == ("uncertain", 2)
    await store.deliveries.failed(taken.id, "w", "It is not there.", clock.now)
    assert (await one(store, clock)).state == "claimed"


@pytest.mark.parametrize("uncertain", [False, True])
async def test_a_dead_message_is_seen_and_can_be_resent(
    store: Store, clock: TestClock, uncertain: bool
) -> None:
    await add(store, "a")
    taken = await one(store, clock)
    assert await store.deliveries.resend(taken.id) is False
    await store.deliveries.failed(
        taken.id, "w", "The channel is archived.", None, uncertain=uncertain
    )
    clock.advance(2 * LEASE)
    assert await claimed(store, clock) == []
    (dead,) = await store.deliveries.dead_letters()
    assert (dead.state, dead.last_error) == ("dead", "The channel is archived.")
    assert await store.deliveries.resend(taken.id) is True
    again = await one(store, clock)
    assert (again.state, again.attempts) == ("uncertain" if uncertain else "claimed", 1)
    assert await store.deliveries.dead_letters() == []


async def test_of_a_group_only_the_oldest_that_has_not_left_is_claimed(
    store: Store, clock: TestClock
) -> None:
    await add(store, "a1", "a2", "a3", group="a")
    await add(store, "b1", "b2", group="b")
    await add(store, "free1", "free2")
    assert await claimed(store, clock) == ["a1", "b1", "free1", "free2"]
    assert await claimed(store, clock) == []
    by_key = {d.key: d for d in await store.deliveries.newest()}
    await store.deliveries.sent(by_key["a1"].id, "1")
    assert await claimed(store, clock) == ["a2"]
    # One that waits holds the group up; a dead one, and one that is not wanted, do not.
    await store.deliveries.failed(by_key["b1"].id, "w", "Later.", clock.now + LEASE)
    assert await claimed(store, clock) == []
    await store.deliveries.failed(by_key["a2"].id, "w", "Never.", None)
    assert await claimed(store, clock) == ["a3"]
    assert await store.deliveries.cancel(["b1", "a3", "nothing"]) == 1
    assert await claimed(store, clock) == ["b2"]


async def test_a_message_does_not_leave_before_its_time(store: Store, clock: TestClock) -> None:
    later = clock.now + LEASE
    await store.deliveries.add(replace(NEW, not_before=later))
    assert await store.deliveries.next_at() == later
    assert await claimed(store, clock) == []
    clock.advance(LEASE)
    assert await claimed(store, clock) == [NEW.key]


async def test_no_more_are_claimed_than_asked_for_and_the_longest_waiting_first(
    store: Store, clock: TestClock
) -> None:
    await add(store, "a")
    taken = await one(store, clock)
    await store.deliveries.failed(taken.id, "w", "Later.", clock.now + SECOND)
    await add(store, "b", "c", "d")
    clock.advance(SECOND)
    assert await claimed(store, clock, limit=2) == ["b", "c"]
    assert await claimed(store, clock, limit=2) == ["a", "d"]


async def test_how_many_are_where_is_counted(store: Store, clock: TestClock) -> None:
    assert await store.deliveries.counts() == DeliveryCounts()
    begun = clock.now
    await add(store, "sent", "dead", "uncertain", "claimed")
    taken = {d.key: d.id for d in await store.deliveries.claim(clock.now, "w", 9, LEASE)}
    await store.deliveries.sent(taken["sent"], None)
    await store.deliveries.failed(taken["dead"], "w", "x", None)
    await store.deliveries.failed(taken["uncertain"], "w", "x", clock.now, uncertain=True)
    clock.advance(SECOND)
    await add(store, "due", "cancelled")
    await store.deliveries.cancel(["cancelled"])
    counts = await store.deliveries.counts()
    assert counts == DeliveryCounts(
        due=1, claimed=1, uncertain=1, sent=1, dead=1, cancelled=1, oldest_waiting=begun
    )
    assert counts.waiting == 3


async def test_only_what_is_over_is_forgotten_and_no_number_is_given_twice(
    store: Store, clock: TestClock
) -> None:
    await add(store, "dead", "due", "cancelled", "sent")
    taken = {d.key: d.id for d in await store.deliveries.claim(clock.now, "w", 9, LEASE)}
    await store.deliveries.failed(taken["dead"], "w", "x", None)
    await store.deliveries.release(taken["due"], "w", clock.now)
    await store.deliveries.release(taken["cancelled"], "w", clock.now)
    await store.deliveries.cancel(["cancelled"])
    await store.deliveries.sent(taken["sent"], None)
    assert await store.deliveries.forget_before(clock.now) == 0
    assert await store.deliveries.forget_before(clock.now + SECOND) == 2
    await add(store, "sent")
    kept = await store.deliveries.newest()
    assert [delivery.key for delivery in kept] == ["sent", "due", "dead"]
    assert kept[0].id > taken["sent"]


async def test_the_newest_come_in_pages(store: Store) -> None:
    await add(store, *"abcde")
    first = await store.deliveries.newest(limit=2)
    rest = await store.deliveries.newest("due", before=first[-1].id)
    assert [delivery.key for delivery in [*first, *rest]] == ["e", "d", "c", "b", "a"]
    assert await store.deliveries.newest("dead") == []


async def test_a_message_of_a_transaction_that_was_undone_never_was(store: Store) -> None:
    async def crash() -> None:
        async with store.transaction() as transaction:
            assert await transaction.deliveries.add(NEW)
            raise RuntimeError("a crash")

    with pytest.raises(RuntimeError, match="a crash"):
        await crash()
    assert await store.deliveries.newest() == []
    async with store.transaction() as transaction:
        assert await transaction.deliveries.add(NEW)
    assert len(await store.deliveries.newest()) == 1


@pytest.mark.parametrize(
    "change", ["state = 'sent'", "sent_at = created_at", "state = 'x'", "channel = 'pigeon'"]
)
async def test_the_database_itself_refuses_what_cannot_be(
    store: Store, address: str, change: str
) -> None:
    await add(store, "a")
    database = Database(parse_address(address))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(text(f"UPDATE deliveries SET {change}"))
    await database.close()
