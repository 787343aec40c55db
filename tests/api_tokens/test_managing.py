"""Who makes, sees and ends tokens, how far these reach, and what the audit trail has of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.api_tokens.managing import MOST_ACTIVE, ApiTokenHandler, NewToken
from handlers.caller import Caller
from tests.api_tokens.conftest import ADA, BERLIN, GIL, OTTO, UTE, Door

BY_TOKEN = Caller("api", "9d0c", "a token", "acme", Role.ORG_ADMIN, BERLIN)


async def test_an_organizations_admin_makes_tokens_of_it_that_last_90_days(door: Door):
    token, secret = await door.made()
    assert (token.name, token.organization, token.role) == ("grafana", "acme", Role.USER)
    assert token.expires_at == door.clock.now + timedelta(days=90)
    assert secret.startswith(token.prefix)
    caller = await door.verifier.verify(secret)
    assert caller == Caller("api", str(token.id), "grafana", "acme", Role.USER, BERLIN)


def reached(caller: Caller, typed: str | None, role: Role) -> tuple[str | None] | None:
    """Whose costs a token that is asked for so reaches, None inside for all; None: it is refused.

    Written as the rules say it, not as the handler looks at them.
    """
    if caller in (UTE, BY_TOKEN):
        return None
    if caller == OTTO:
        return ("acme",) if role is not Role.ADMIN and typed in (None, "acme") else None
    if role is Role.ADMIN:
        return (None,) if typed is None else None
    return None if typed is None else (typed,)


@pytest.mark.parametrize(
    ("caller", "typed", "role"),
    list(product((UTE, OTTO, ADA, BY_TOKEN), (None, "acme", "globex", "Acme"), Role)),
    ids=lambda value: getattr(value, "name", str(value)),
)
async def test_a_token_reaches_no_farther_than_who_makes_it(
    door: Door, caller: Caller, typed: str | None, role: Role
):
    new, wanted = NewToken("one", typed, role.value), reached(caller, typed, role)
    if wanted is not None:
        made = await door.handler.create(new, caller)
        assert (made.token.organization, made.token.role) == (wanted[0], role)
    else:
        with pytest.raises((NotAllowed, BadInput)):
            await door.handler.create(new, caller)
        assert await door.store.api_tokens.all() == []
        assert await door.store.audit.page() == []


async def test_users_neither_see_nor_end_tokens(door: Door):
    token, _ = await door.made()
    for work in (door.handler.listed(UTE), door.handler.revoke(str(token.id), UTE)):
        with pytest.raises(NotAllowed):
            await work
    assert [one.id for one in await door.handler.listed(OTTO)] == [token.id]


async def test_a_token_ends_no_token_and_makes_none(door: Door):
    token, _ = await door.made()
    with pytest.raises(NotAllowed):
        await door.handler.revoke(str(token.id), BY_TOKEN)
    assert len(await door.handler.listed(BY_TOKEN)) == 1


async def test_a_foreign_token_is_as_one_that_nobody_has(door: Door):
    token, _ = await door.made()
    missing = "00000000-0000-4000-8000-000000000000"
    for which, other in ((str(token.id), missing), (token.prefix, "cbt_zzzzzzzz")):
        told: list[str] = []
        for one in (which, other):
            with pytest.raises(NotFound) as refused:
                await door.handler.revoke(one, GIL)
            told.append(str(refused.value).replace(one, "…"))
        assert told[0] == told[1]
    with pytest.raises(NotFound):
        await door.handler.revoke("grafana", GIL)
    assert await door.handler.listed(GIL) == []
    assert [one.standing(door.clock.now) for one in await door.handler.listed(OTTO)] == ["active"]


@pytest.mark.parametrize("way", ["id", "prefix", "bare prefix", "name", "NAME", "all of it"])
async def test_a_token_is_ended_by_whatever_names_it(door: Door, way: str):
    token, secret = await door.made()
    which = {
        "id": str(token.id),
        "prefix": token.prefix,
        "bare prefix": token.prefix.removeprefix("cbt_"),
        "name": "grafana",
        "NAME": " Grafana ",
        "all of it": secret,
    }[way]
    done = await door.handler.revoke(which, OTTO)
    assert done.is_new
    assert done.token.revoked_by == "T1/U_OTTO"
    again = await door.handler.revoke(str(token.id), ADA)
    assert not again.is_new
    assert again.token.revoked_by == "T1/U_OTTO"
    actions = [one.action for one in await door.store.audit.page()]
    assert actions == ["api_token.revoke", "api_token.create"]


async def test_a_name_that_several_have_is_not_guessed_at(door: Door):
    await door.made(caller=OTTO)
    await door.made(caller=GIL)
    with pytest.raises(BadInput, match="Say which by how it begins: `cbt_"):
        await door.handler.revoke("grafana", ADA)
    assert (await door.handler.revoke("grafana", GIL)).token.organization == "globex"


async def test_names_are_free_again_once_their_token_has_ended(door: Door):
    await door.made(expires="10d")
    with pytest.raises(BadInput, match="already"):
        await door.made("GRAFANA")
    door.clock.advance(timedelta(days=10))
    token, _ = await door.made("GRAFANA")
    await door.handler.revoke(token.prefix, OTTO)
    await door.made("GRAFANA")
    assert len(await door.handler.listed(OTTO)) == 1
    assert len(await door.handler.listed(OTTO, with_ended=True)) == 3


@pytest.mark.parametrize(
    ("typed", "days"), [("1", 1), ("30d", 30), ("30 days", 30), ("365D", 365), (" 7d ", 7)]
)
async def test_days_are_taken_as_people_write_them(door: Door, typed: str, days: int):
    token, _ = await door.made(expires=typed)
    assert token.expires_at == door.clock.now + timedelta(days=days)


@pytest.mark.parametrize("typed", ["0", "366", "-1", "1.5d", "never", "", "2w", "99999d", "٣d"])
async def test_other_ends_are_refused(door: Door, typed: str):
    with pytest.raises(BadInput, match="Give 1 to 365 days"):
        await door.made(expires=typed)


async def test_where_tokens_last_less_than_90_days_that_is_the_usual(door: Door):
    short = ApiTokenHandler(door.store, door.clock, "slack", 30)
    made = await short.create(NewToken("one"), OTTO)
    assert made.token.expires_at == door.clock.now + timedelta(days=30)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201, "\u202eabc"])
async def test_names_are_one_printable_line(door: Door, name: str):
    with pytest.raises(BadInput):
        await door.made(name)


async def test_a_pasted_token_is_no_name_and_is_not_said_again(door: Door):
    _, secret = await door.made()
    tail = secret[12:]
    for work in (door.made(secret), door.handler.revoke("x" + secret[4:12] + tail, OTTO)):
        with pytest.raises((BadInput, NotFound)) as refused:
            await work
        assert secret not in str(refused.value)
    with pytest.raises(NotFound) as refused:
        await door.handler.revoke("cbt_00000000" + tail, OTTO)
    assert tail not in str(refused.value)


async def test_there_are_no_more_than_may_be_and_each_organization_counts_by_itself(door: Door):
    for number in range(MOST_ACTIVE):
        await door.made(f"token {number}", organization="acme")
    with pytest.raises(BadInput, match="100 active tokens"):
        await door.made("one more")
    await door.made(caller=GIL)
    await door.made(caller=ADA, role="admin")
    await door.handler.revoke("token 7", OTTO)
    await door.made("one more")


async def test_an_organization_without_costs_is_doubted_with_the_nearest_that_has(door: Door):
    async def known() -> list[str]:
        return ["acme", "globex"]

    handler = ApiTokenHandler(door.store, door.clock, "slack", 365, known)
    made = await handler.create(NewToken("one", "acmee"), ADA)
    assert made.doubts == (
        "No costs of organization `acmee` are known yet.",
        "Did you mean `acme`?",
    )
    assert (await handler.create(NewToken("one", "acme"), ADA)).doubts == ()


async def test_the_audit_trail_has_who_made_and_ended_what(door: Door):
    token, secret = await door.made(role="org_admin")
    await door.handler.revoke(token.prefix, ADA)
    ended, made = await door.store.audit.page(within="acme")
    assert (made.action, made.actor.name, made.surface) == ("api_token.create", "Otto", "slack")
    assert (ended.action, ended.actor.name, ended.after) == ("api_token.revoke", "Ada", None)
    assert made.object_id == ended.object_id == str(token.id)
    assert made.after == ended.before
    assert made.after == {
        "name": "grafana",
        "prefix": token.prefix,
        "organization": "acme",
        "role": "org_admin",
        "scope": "all",
        "expires_at": token.expires_at.isoformat(),
    }
    assert secret[12:] not in f"{made}{ended}{token}"
    assert token.digest not in f"{made}{ended}{token}"
