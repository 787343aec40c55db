"""Tokens in the store, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from analysis.roles import Role
from handlers.api_tokens.secret import new_secret
from storage import Store
from storage.records.actor import Actor
from storage.records.api_token import ApiTokenDraft
from tests.stores import TestClock

OTTO = Actor(team_id="T1", user_id="U_OTTO", name="Otto")


def draft(clock: TestClock, organization: str | None = "acme") -> ApiTokenDraft:
    secret = new_secret()
    return ApiTokenDraft(
        name="grafana",
        prefix=secret.prefix,
        digest=secret.digest,
        organization=organization,
        role=Role.ADMIN if organization is None else Role.USER,
        expires_at=clock.now + timedelta(days=30),
    )


async def test_a_token_comes_back_as_it_was_kept(store: Store, clock: TestClock):
    wanted = draft(clock)
    kept = await store.api_tokens.add(wanted, OTTO)
    assert (kept.created_by, kept.created_by_name) == ("T1/U_OTTO", "Otto")
    assert (kept.created_at, kept.last_used_at, kept.revoked_at) == (clock.now, None, None)
    assert (kept.digest, kept.expires_at) == (wanted.digest, wanted.expires_at)
    assert await store.api_tokens.find(kept.id) == kept
    assert await store.api_tokens.find_by_prefix(kept.prefix) == kept
    assert await store.api_tokens.find_by_prefix("cbt_00000000") is None


async def test_another_organizations_token_is_not_there(store: Store, clock: TestClock):
    acme = await store.api_tokens.add(draft(clock), OTTO)
    own = await store.api_tokens.add(draft(clock, None), OTTO)
    other = await store.api_tokens.add(draft(clock, "Acme"), OTTO)
    assert await store.api_tokens.find(other.id, "acme") is None
    assert await store.api_tokens.find_by_prefix(own.prefix, "acme") is None
    assert await store.api_tokens.all("acme") == [acme]
    assert {one.id for one in await store.api_tokens.all()} == {acme.id, own.id, other.id}


async def test_what_has_ended_is_left_out_where_it_is_not_wanted(store: Store, clock: TestClock):
    token = await store.api_tokens.add(draft(clock), OTTO)
    late = clock.now + timedelta(days=30)
    assert await store.api_tokens.all(active_at=late - timedelta(seconds=1)) == [token]
    assert await store.api_tokens.all(active_at=late) == []
    assert await store.api_tokens.revoke(token.id, OTTO)
    assert not await store.api_tokens.revoke(token.id, replace(OTTO, user_id="U_ADA"))
    assert await store.api_tokens.all(active_at=clock.now) == []
    (revoked,) = await store.api_tokens.all()
    assert (revoked.revoked_at, revoked.revoked_by) == (clock.now, "T1/U_OTTO")
    assert revoked.standing(late) == "revoked"


async def test_uses_are_written_a_minute_apart_and_never_backwards(store: Store, clock: TestClock):
    token = await store.api_tokens.add(draft(clock), OTTO)
    first = clock.now
    for seconds, written in ((0, 0), (59, 0), (60, 60), (30, 60), (121, 121)):
        await store.api_tokens.used({token.id: first + timedelta(seconds=seconds)})
        found = await store.api_tokens.find(token.id)
        assert found is not None
        assert found.last_used_at == first + timedelta(seconds=written)


async def test_the_database_itself_keeps_the_rules(store: Store, clock: TestClock):
    kept = await store.api_tokens.add(draft(clock), OTTO)
    wrong = [
        replace(draft(clock), prefix=kept.prefix),
        replace(draft(clock), organization=None),
        replace(draft(clock), role=Role.ADMIN),
        replace(draft(clock), expires_at=clock.now),
    ]
    for one in wrong:
        with pytest.raises(IntegrityError):
            await store.api_tokens.add(one, OTTO)
    assert await store.api_tokens.all() == [kept]
