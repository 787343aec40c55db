"""Keys of requests: of all who use one at once one begins, and what it answers is kept with it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput
from analysis.roles import Role
from storage import Store
from storage.records.kept_answer import (
    KEPT,
    Begun,
    KeptAnswer,
    OfAnother,
    RequestKey,
    UnderWay,
)
from storage.records.person import Person
from tests.stores import TestClock

LEASE = timedelta(seconds=60)
KEY = RequestKey(organization="acme", caller="API/1", key="k", fingerprint="f")
OTHER = RequestKey(organization="acme", caller="API/1", key="k", fingerprint="g")


async def begun(store: Store, key: RequestKey = KEY) -> Begun:
    found = await store.kept_answers.claim(key, LEASE)
    assert isinstance(found, Begun)
    return found


async def test_of_all_who_claim_a_key_at_once_one_begins(store: Store) -> None:
    found = await asyncio.gather(*(store.kept_answers.claim(KEY, LEASE) for _ in range(5)))
    assert sum(isinstance(one, Begun) for one in found) == 1
    assert [one for one in found if not isinstance(one, Begun)] == [UnderWay(60)] * 4


async def test_what_was_answered_is_given_again_for_a_day(store: Store, clock: TestClock) -> None:
    first = await begun(store)
    assert await store.kept_answers.keep(KEY, first.attempt, 201, {"Location": "/x"}, '{"é":1}')
    clock.advance(KEPT - timedelta(seconds=1))
    kept = await store.kept_answers.claim(KEY, LEASE)
    assert kept == KeptAnswer(201, {"Location": "/x"}, '{"é":1}')
    assert await store.kept_answers.claim(OTHER, LEASE) == OfAnother()
    assert await store.kept_answers.forget() == 0
    clock.advance(timedelta(seconds=1))
    assert isinstance(await store.kept_answers.claim(OTHER, LEASE), Begun)


async def test_keys_of_others_are_other_keys(store: Store) -> None:
    await begun(store)
    for organization, caller in (("globex", "API/1"), (None, "API/1"), ("acme", "API/2")):
        await begun(
            store, RequestKey(organization=organization, caller=caller, key="k", fingerprint="f")
        )


async def test_who_is_taken_for_dead_keeps_nothing_any_more(store: Store, clock: TestClock) -> None:
    dead = await begun(store)
    clock.advance(LEASE)
    heir = await begun(store)
    assert not await store.kept_answers.keep(KEY, dead.attempt, 200, {}, "{}")
    await store.kept_answers.give_up(KEY, dead.attempt)
    assert await store.kept_answers.keep(KEY, heir.attempt, 200, {}, "{}")


async def test_what_was_given_up_can_be_asked_again_even_otherwise(store: Store) -> None:
    first = await begun(store)
    await store.kept_answers.give_up(KEY, first.attempt)
    await begun(store, OTHER)


async def test_old_keys_are_forgotten(store: Store, clock: TestClock) -> None:
    await begun(store)
    clock.advance(KEPT)
    await begun(store, RequestKey(organization=None, caller="API/9", key="k", fingerprint="f"))
    assert await store.kept_answers.forget() == 1


def person(user: str) -> Person:
    return Person(
        team_id="T1",
        user_id=user,
        name=user,
        organization="acme",
        role=Role.USER,
        zone=ZoneInfo("UTC"),
    )


async def add(store: Store, user: str) -> None:
    await store.people.put(person(user))


async def names(store: Store) -> list[str]:
    return [one.name for one in await store.people.find_all()]


async def held_and_failed(store: Store) -> None:
    async with store.holding():
        await add(store, "U1")
        raise BadInput("no")


async def failed(store: Store) -> None:
    async with store.transaction() as together:
        await together.people.put(person("U2"))
        raise BadInput("no")


async def test_what_is_held_together_appears_together_or_not_at_all(
    address: str, store: Store, clock: TestClock
) -> None:
    other = Store(address, clock)
    with pytest.raises(BadInput):
        await held_and_failed(store)
    assert await names(store) == []
    async with store.holding():
        assert await names(store) == []
        await add(store, "U1")
        assert await names(store) == ["U1"]  # its own writes are seen
        assert await names(other) == []
        async with store.transaction() as together:
            await together.people.put(person("U2"))
        assert await names(store) == ["U1", "U2"]
    assert await names(other) == ["U1", "U2"]
    await other.close()


async def test_a_task_that_outlives_what_is_held_writes_by_itself(store: Store) -> None:
    is_over = asyncio.Event()

    async def later() -> None:
        await is_over.wait()
        await add(store, "U2")

    async with store.holding():
        await add(store, "U1")
        task = asyncio.create_task(later())
    is_over.set()
    await task
    assert await names(store) == ["U1", "U2"]


async def test_a_part_that_fails_is_undone_by_itself(store: Store) -> None:
    async with store.holding():
        await add(store, "U1")
        with pytest.raises(BadInput):
            await failed(store)
        assert await names(store) == ["U1"]
        await add(store, "U3")
    assert await names(store) == ["U1", "U3"]
