"""Over HTTP one header is looked at, and nothing else."""

from __future__ import annotations

import pytest

from analysis.errors import BadInput, Unavailable
from analysis.roles import Role
from api.token_identity import TokenIdentity
from handlers.caller import Caller
from handlers.ingest.gateway import Gateway
from tests.api_tokens.conftest import ADA, Door, listening

REFUSED = "The token is missing, wrong, expired or revoked."


async def test_a_token_says_who_calls_and_nothing_else_does(door: Door):
    token, secret = await door.made(role="org_admin")
    async with listening(door.identities()) as client:
        answered = await client.who(secret)
        others = {
            "X-Organization": "globex",
            "X-Org-Id": "globex",
            "X-Tenant": "globex",
            "X-User": "U_ADA",
            "X-Forwarded-User": "ada",
            "X-Role": "admin",
            "Cookie": "organization=globex; role=admin; token=cbt_x",
            "Authorization": f"Bearer {secret}",
        }
        query = {"organization": "globex", "role": "admin", "access_token": "cbt_x", "team": "T1"}
        swayed = await client.get("/who", {"headers": others, "params": query})
    assert answered.status == 200
    assert answered.body == swayed.body
    assert answered.body == {
        "team": "api",
        "id": str(token.id),
        "name": "grafana",
        "organization": "acme",
        "role": "org_admin",
        "zone": "Europe/Berlin",
    }


async def test_an_admins_token_sees_all_organizations(door: Door):
    _, secret = await door.made(caller=ADA, role="admin")
    async with listening(door.identities()) as client:
        body = (await client.who(secret)).body
    assert (body["organization"], body["role"]) == (None, "admin")


@pytest.mark.parametrize(
    "way",
    ["query", "cookie", "form", "x-api-key", "basic", "token", "lower", "two", "none", "spaces"],
)
async def test_a_token_that_is_sent_otherwise_is_not_seen(door: Door, way: str):
    _, secret = await door.made()
    ways: dict[str, dict[str, object]] = {
        "query": {"params": {"access_token": secret, "token": secret}},
        "cookie": {"headers": {"Cookie": f"token={secret}; Authorization=Bearer {secret}"}},
        "form": {"data": {"access_token": secret}},
        "x-api-key": {"headers": {"X-Api-Key": secret, "Proxy-Authorization": f"Bearer {secret}"}},
        "basic": {"headers": {"Authorization": f"Basic {secret}"}},
        "token": {"headers": {"Authorization": secret}},
        "lower": {"headers": {"Authorization": f"bearer {secret}"}},
        "two": {"headers": [("Authorization", f"Bearer {secret}")] * 2},
        "none": {},
        "spaces": {"headers": {"Authorization": f"Bearer {secret} {secret}"}},
    }
    async with listening(door.identities()) as client:
        answered = await client.get("/who", ways[way])
    if way == "lower":  # the scheme's case says nothing: RFC 9110, section 11.1
        assert answered.status == 200
        return
    assert answered.status == 401
    assert answered.headers["www-authenticate"] == "Bearer"
    assert answered.headers["content-type"] == "application/problem+json"
    assert (answered.body["title"], answered.body["detail"]) == ("Not identified", REFUSED)
    assert secret not in str(answered)


async def test_who_sends_nothing_has_failed_at_nothing(door: Door):
    async with listening(door.identities()) as client:
        assert (await client.who()).status == 401
        assert await door.failed() == []
        assert (await client.who("some.other.token")).status == 401
        assert (await client.who("x" * 9000)).status == 401
    assert await door.failed() == [("malformed", "unknown", 1)]


async def test_while_the_store_is_silent_nobody_is_told_to_be_unknown(door: Door):
    class Silent:
        async def caller_of(self, token: str) -> Caller:
            raise Unavailable("The store does not answer.")

    async with listening(door.identities(Silent())) as client:
        answered = await client.who("a.b.c")
    assert (answered.status, answered.headers["retry-after"]) == (503, "5")


async def test_a_token_that_sends_usage_opens_nothing_else(door: Door):
    _, secret = await door.made(scope="ingest")
    identities = door.identities()
    async with listening(identities) as client:
        refused = await client.who(secret)
    assert refused.status == 403
    assert refused.body["detail"] == "A token of scope ingest sends usage, and does nothing else."
    way = TokenIdentity(door.verifier)
    caller = await way.sender_of(secret)
    assert isinstance(caller, Gateway)
    assert (caller.organization, caller.role) == ("acme", Role.USER)
    _, other = await door.made("other", role="org_admin")
    assert not isinstance(await way.sender_of(other), Gateway)
    _, all_of_them = await door.made("all", ADA, role="admin", scope="ingest")
    assert (await way.sender_of(all_of_them)).organization is None
    with pytest.raises(BadInput, match="is no scope"):
        await door.made("third", scope="everything")
