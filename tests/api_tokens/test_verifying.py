"""From a token to a caller: at once, for as long as it holds, and each failure once a minute."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from analysis.errors import NotIdentified, Unavailable
from handlers.api_tokens.failures import MOST_KINDS, Kind, LoginFailures
from handlers.api_tokens.secret import ALPHABET, checksum, new_secret
from handlers.api_tokens.verifying import TokenVerifier
from storage import Store
from tests.api_tokens.conftest import BERLIN, OTTO, Door, door_of
from tests.stores import TestClock


def altered(token: str) -> str:
    """A token of the same prefix with another secret, and with a checksum that is right."""
    body = token[:-6]
    last = ALPHABET[(ALPHABET.index(body[-1]) + 1) % len(ALPHABET)]
    return body[:-1] + last + checksum(body[:-1] + last)


async def refused(door: Door, token: str) -> str:
    with pytest.raises(NotIdentified) as refusal:
        await door.verifier.verify(token)
    return str(refusal.value)


async def test_every_way_not_to_be_identified_sounds_alike_and_is_told_apart_in_the_trail(
    door: Door,
):
    token, secret = await door.made("ended")
    _, old = await door.made("old", expires="1d")
    await door.handler.revoke(token.prefix, OTTO)
    door.clock.advance(timedelta(days=1))
    unknown = new_secret()
    sent = [secret, old, altered(secret), unknown.text.get_secret_value(), secret[:-1], "cbt_"]
    assert len({await refused(door, text) for text in sent}) == 1
    assert await door.failed() == [
        ("revoked", token.prefix, 1),
        ("expired", old[:12], 1),
        ("unknown", token.prefix, 1),
        ("unknown", unknown.prefix, 1),
        ("malformed", token.prefix, 1),
        ("malformed", "unknown", 1),
    ]


async def test_only_who_had_the_secret_is_in_the_trail_of_the_organization(door: Door):
    token, secret = await door.made()
    await door.handler.revoke(token.prefix, OTTO)
    await refused(door, altered(secret))
    await refused(door, secret)
    entries = await door.store.audit.page(within="acme")
    assert [one.action for one in entries] == [
        "login.failure",
        "api_token.revoke",
        "api_token.create",
    ]
    assert entries[0].after is not None
    assert entries[0].after["reason"] == "revoked"


async def test_a_token_ends_to_the_second(door: Door):
    _, secret = await door.made(expires="1d")
    door.clock.advance(timedelta(days=1) - timedelta(seconds=1))
    assert (await door.verifier.verify(secret)).name == "grafana"
    door.clock.advance(timedelta(seconds=1))
    await refused(door, secret)


async def test_a_revocation_is_felt_within_ten_seconds(door: Door):
    token, secret = await door.made()
    await door.verifier.verify(secret)
    await door.handler.revoke(token.prefix, OTTO)
    door.clock.advance(timedelta(seconds=9.9))
    assert (await door.verifier.verify(secret)).organization == "acme"
    door.clock.advance(timedelta(seconds=0.1))
    await refused(door, secret)


async def test_a_token_is_looked_up_once_in_ten_seconds(door: Door):
    _, secret = await door.made()
    await door.verifier.verify(secret)
    await door.store.close()  # from here on the store could tell only of what it opens anew
    closed = Store("sqlite+aiosqlite:////nowhere/at/all.sqlite3", door.clock)
    door.verifier.tokens = closed.api_tokens
    assert (await door.verifier.verify(secret)).name == "grafana"
    door.clock.advance(timedelta(seconds=10))
    with pytest.raises((Unavailable, OperationalError)):
        await door.verifier.verify(secret)


async def test_use_is_written_in_the_background_once_a_minute(door: Door):
    token, secret = await door.made()
    begun = door.clock.now

    async def last_used() -> float | None:
        found = await door.store.api_tokens.find(token.id)
        assert found is not None
        at = found.last_used_at
        return None if at is None else (at - begun).total_seconds()

    await door.verifier.verify(secret)
    assert await last_used() is None
    await door.verifier.write_down()
    assert await last_used() == 0
    door.clock.advance(timedelta(seconds=30))
    await door.verifier.verify(secret)
    await door.verifier.write_down()
    assert await last_used() == 0
    door.clock.advance(timedelta(seconds=30))
    await door.verifier.write_down()
    # It was used in between; what is less than a minute after the last is not worth a write.
    assert await last_used() == 0
    await door.verifier.verify(secret)
    door.clock.advance(timedelta(seconds=60))
    await door.verifier.write_down()
    assert await last_used() == 60


async def test_what_was_refused_is_no_use(door: Door):
    token, secret = await door.made()
    await refused(door, altered(secret))
    await door.verifier.write_down()
    found = await door.store.api_tokens.find(token.id)
    assert found is not None
    assert found.last_used_at is None


async def test_a_flood_of_one_kind_is_two_entries_a_minute(door: Door):
    token, secret = await door.made()
    wrong = altered(secret)
    for _ in range(1000):
        await refused(door, wrong)
    assert await door.failed() == [("unknown", token.prefix, 1)]
    door.clock.advance(timedelta(seconds=60))
    await door.failures.write_down()
    assert await door.failed() == [("unknown", token.prefix, 1), ("unknown", token.prefix, 999)]
    door.clock.advance(timedelta(seconds=60))
    await door.failures.write_down()
    assert len(await door.failed()) == 2


async def test_a_flood_that_goes_on_is_counted_minute_by_minute_and_none_is_lost(door: Door):
    kind = Kind("unknown", "cbt_AAAAAAAA")
    for _ in range(600):
        await door.failures.failed(kind)
        door.clock.advance(timedelta(seconds=1))
    await door.failures.write_down(is_over=True)
    counts = [count for _, _, count in await door.failed()]
    assert sum(int(str(count)) for count in counts) == 600
    assert len(counts) <= 12


async def test_a_flood_of_made_up_tokens_fills_nothing(door: Door):
    for number in range(2000):
        await door.failures.failed(Kind("unknown", f"cbt_{number:08d}"))
    assert len(await door.failed()) == MOST_KINDS + 1
    await door.failures.write_down(is_over=True)
    told = await door.failed()
    assert sum(int(str(count)) for _, _, count in told) == 2000
    assert told[-1] == ("unknown", "unknown", 2000 - MOST_KINDS - 1)


async def test_many_at_once_are_all_counted(door: Door):
    kind = Kind("malformed")
    await asyncio.gather(*(door.failures.failed(kind) for _ in range(50)))
    await door.failures.write_down(is_over=True)
    assert sum(int(str(count)) for _, _, count in await door.failed()) == 50


async def test_what_cannot_be_written_is_kept_and_the_caller_is_refused_all_the_same(
    door: Door, caplog: pytest.LogCaptureFixture
):
    nowhere = Store("postgresql+asyncpg://nobody@127.0.0.1:1/none", door.clock)
    door.failures.audit = nowhere.audit
    await refused(door, "cbt_nothing")
    assert "could not be written down" in caplog.text
    door.failures.audit = door.store.audit
    await refused(door, "cbt_nothing")
    await door.failures.write_down(is_over=True)
    assert await door.failed() == [("malformed", "unknown", 2)]
    await nowhere.close()


async def test_it_is_the_same_on_both_databases(store: Store, clock: TestClock):
    door = door_of(store, clock)
    token, secret = await door.made()
    assert (await door.verifier.verify(secret)).user_id == str(token.id)
    await door.verifier.write_down()
    await door.handler.revoke("grafana", OTTO)
    fresh = TokenVerifier(store.api_tokens, LoginFailures(store.audit, clock), BERLIN, clock)
    with pytest.raises(NotIdentified):
        await fresh.verify(secret)
    (found,) = await store.api_tokens.all()
    assert (found.last_used_at, found.revoked_at) == (clock.now, clock.now)
    assert await door.failed() == [("revoked", token.prefix, 1)]
