"""Bearer tokens of an OpenID provider, which is really asked for its keys."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from analysis.errors import NotAllowed, NotIdentified, Unavailable
from analysis.roles import Role
from api.oidc.identity import OidcIdentity
from api.oidc.keys import ProviderKeys
from api.oidc.provider import Provider
from handlers.caller import Caller
from tests.api_tokens.conftest import BERLIN, Door, listening
from tests.api_tokens.issuer import (
    AUDIENCE,
    Issuer,
    Signer,
    es256,
    issuing,
    rs256,
    rsa_key,
)

RSA = rs256()


@dataclass
class Known:
    """A provider, and costbot that knows it."""

    door: Door
    issuer: Issuer
    identity: OidcIdentity

    async def caller(self, signer: Signer = RSA, **changes: Any) -> Caller:
        """Who a token is."""
        return await self.identity.caller_of(self.issuer.token(signer, **changes))

    async def refused(self, token: str) -> str:
        """Why a token is refused, as the audit trail has it; whoever sent it is not told."""
        before = len(await self.door.failed())
        with pytest.raises(NotIdentified) as refusal:
            await self.identity.caller_of(token)
        assert refusal.value.sentence == "The token is missing, wrong, expired or revoked."
        assert token not in str(refusal.value)
        told = await self.door.failed()
        assert len(told) == before + 1
        return told[-1][0]

    async def why(self, signer: Signer = RSA, **changes: Any) -> str:
        """Why such a token is refused."""
        return await self.refused(self.issuer.token(signer, **changes))


@asynccontextmanager
async def knowing(door: Door, *signers: Signer, **changes: object) -> AsyncGenerator[Known]:
    async with issuing(door.clock, *signers) as issuer:
        provider = Provider(issuer.url, AUDIENCE)
        provider = replace(provider, **changes)  # pyright: ignore[reportArgumentType]
        keys = ProviderKeys(provider, door.clock)
        identity = OidcIdentity(provider, keys, door.failures, BERLIN, door.clock)
        yield Known(door, issuer, identity)


@pytest.mark.parametrize("signer", [RSA, es256()], ids=["RS256", "ES256"])
async def test_the_provider_says_who_calls(door: Door, signer: Signer):
    async with (
        knowing(door, signer) as known,
        listening(door.identities(known.identity)) as client,
    ):
        answered = await client.who(known.issuer.token(signer, aud=["other", AUDIENCE]))
        _, secret = await door.made()
        by_token = await client.who(secret)
    assert answered.body == {
        "team": "oidc",
        "id": "248289761001",
        "name": "Uma",
        "organization": "acme",
        "role": "user",
        "zone": "Europe/Berlin",
    }
    assert (by_token.status, by_token.body["team"]) == (200, "api")
    assert await door.failed() == []


@pytest.mark.parametrize(
    ("changes", "role", "organization"),
    [
        ({"costbot_role": "user"}, Role.USER, "acme"),
        ({"costbot_role": "org_admin"}, Role.ORG_ADMIN, "acme"),
        ({"costbot_role": "admin", "costbot_organization": None}, Role.ADMIN, None),
        ({"costbot_organization": "Acme"}, Role.USER, "Acme"),
        ({"costbot_organization": "a%"}, Role.USER, "a%"),
    ],
)
async def test_claims_say_how_far_somebody_reaches(
    door: Door, changes: dict[str, Any], role: Role, organization: str | None
):
    async with knowing(door, RSA) as known:
        caller = await known.caller(**changes)
    assert (caller.role, caller.organization) == (role, organization)


@pytest.mark.parametrize(
    "changes",
    [
        {"costbot_role": "root"},
        {"costbot_role": "Admin"},
        {"costbot_role": ["admin"]},
        {"costbot_role": ""},
        {"costbot_role": True},
        {"costbot_role": "admin"},  # and an organization: its own admin may have been meant
        {"costbot_organization": None},
        {"costbot_organization": ""},
        {"costbot_organization": " acme"},
        {"costbot_organization": "ac\nme"},
        {"costbot_organization": ["acme"]},
        {"costbot_organization": 7},
        {"costbot_organization": "x" * 201},
        {"costbot_role": "org_admin", "costbot_organization": None},
    ],
)
async def test_claims_that_say_nothing_clear_open_nothing(door: Door, changes: dict[str, Any]):
    async with knowing(door, RSA) as known:
        with pytest.raises(NotAllowed) as refusal:
            await known.caller(**changes)
    assert refusal.value.hint
    assert await door.failed() == [("oidc role or organization", "unknown", 1)]


async def test_claims_are_called_as_the_deployment_says(door: Door):
    async with knowing(door, RSA, organization_claim="tenant", role_claim="r") as known:
        caller = await known.caller(tenant="globex", r="org_admin", costbot_role="admin")
    assert (caller.organization, caller.role) == ("globex", Role.ORG_ADMIN)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "oidc issuer"),
        ({"aud": "another"}, "oidc audience"),
        ({"aud": ["another", "costbot2"]}, "oidc audience"),
        ({"aud": None}, "oidc claims"),
        ({"exp": None}, "oidc claims"),
        ({"iat": None}, "oidc claims"),
        ({"sub": None}, "oidc claims"),
        ({"sub": ""}, "oidc subject"),
        ({"sub": "x" * 256}, "oidc subject"),
        ({"sub": "a\nb"}, "oidc subject"),
        ({"exp": "tomorrow"}, "oidc exp"),
        ({"exp": True}, "oidc exp"),
        ({"exp": float("nan")}, "oidc expired"),
        ({"iat": float("nan")}, "oidc not yet valid"),
        ({"nbf": "x"}, "oidc nbf"),
    ],
)
async def test_a_token_with_other_claims_is_refused(
    door: Door, changes: dict[str, Any], reason: str
):
    async with knowing(door, RSA) as known:
        assert await known.why(**changes) == reason


async def test_an_issuer_with_a_slash_more_is_another(door: Door):
    async with knowing(door, RSA) as known:
        assert await known.why(iss=f"{known.issuer.url}/") == "oidc issuer"


async def test_times_are_held_against_the_clock_with_a_minute_to_spare(door: Door):
    async with knowing(door, RSA) as known:
        now = int(door.clock.now.timestamp())
        fits: list[dict[str, Any]] = [{"exp": now - 59}, {"iat": now + 60}, {"nbf": now + 60}]
        for fit in fits:
            assert (await known.caller(**fit)).organization == "acme"
        reasons = [
            await known.why(exp=now - 60),
            await known.why(iat=now + 61),
        ]
    assert reasons == ["oidc expired", "oidc not yet valid"]


async def test_a_token_ends_though_its_key_is_known(door: Door):
    async with knowing(door, RSA) as known:
        token = known.issuer.token(RSA)
        await known.identity.caller_of(token)
        door.clock.advance(timedelta(seconds=361))
        assert await known.refused(token) == "oidc expired"


def part(value: object) -> str:
    written = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(written).rstrip(b"=").decode()


async def test_nothing_but_the_providers_own_signature_is_taken(door: Door):
    other = rs256("one", 2)
    curve = Signer("one", "ES256", ec.generate_private_key(ec.SECP256R1()))
    async with knowing(door, RSA, es256()) as known:
        issuer = known.issuer
        claims = part(issuer.claims())
        public = RSA.private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        body = f"{part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{claims}"
        by_public_key = f"{body}.{part(hmac.new(public, body.encode(), sha256).digest())}"
        head, _, signature = issuer.token(RSA).split(".")
        forged = {
            "another key of the same id": issuer.token(other),
            "another kind of key": issuer.token(curve),
            "no signature": f"{part({'alg': 'none', 'kid': 'one'})}.{claims}.",
            "None": f"{part({'alg': 'None', 'kid': 'one'})}.{claims}.",
            "the public key as a secret": by_public_key,
            "other claims": f"{head}.{part(issuer.claims(costbot_role='admin'))}.{signature}",
            "no id of a key": jwt.encode(issuer.claims(), RSA.private, algorithm="RS256"),
            "RS512": jwt.encode(
                issuer.claims(), RSA.private, algorithm="RS512", headers={"kid": "one"}
            ),
            "the wrong algorithm of the key": f"{part({'alg': 'ES256', 'kid': 'one'})}.{claims}.",
            "critical": jwt.encode(
                issuer.claims(),
                RSA.private,
                algorithm="RS256",
                headers={"kid": "one", "crit": ["exp2"], "exp2": 1},
            ),
            "its own key within": jwt.encode(
                issuer.claims(),
                other.private,
                algorithm="RS256",
                headers={"kid": "one", "jwk": other.public(), "jku": "http://127.0.0.1:1/"},
            ),
            "garbage": "a.b.c",
            "empty": "..",
        }
        taken: list[str] = []
        for name, token in forged.items():
            try:
                await known.identity.caller_of(token)
            except NotIdentified:
                continue
            taken.append(name)
        assert taken == []
        assert issuer.asked == 1


async def test_keys_are_asked_for_once_an_hour(door: Door):
    async with knowing(door, RSA) as known:
        await asyncio.gather(*(known.caller() for _ in range(20)))
        door.clock.advance(timedelta(minutes=59))
        await known.caller()
        assert known.issuer.asked == 1
        door.clock.advance(timedelta(minutes=1))
        await known.caller()
        assert known.issuer.asked == 2


async def test_a_changed_key_is_fetched_at_its_first_token_and_the_old_one_ends(door: Door):
    new = rs256("two", 2)
    async with knowing(door, RSA) as known:
        await known.caller()
        known.issuer.keys = [new.public()]
        door.clock.advance(timedelta(minutes=2))
        assert (await known.caller(new)).organization == "acme"
        assert known.issuer.asked == 2
        assert await known.why(RSA) == "oidc key"


async def test_made_up_keys_make_costbot_ask_no_more_than_once_a_minute(door: Door):
    async with knowing(door, RSA) as known:
        for number in range(30):
            with pytest.raises(NotIdentified):
                await known.caller(rs256(f"made up {number}"))
            await known.caller()
        assert known.issuer.asked == 1
        door.clock.advance(timedelta(seconds=60))
        with pytest.raises(NotIdentified):
            await known.caller(rs256("made up"))
        assert known.issuer.asked == 2


async def test_while_the_provider_is_silent_its_last_keys_count_for_a_day(door: Door):
    async with knowing(door, RSA) as known:
        await known.caller()
        known.issuer.broken = web.Response(status=500)
        door.clock.advance(timedelta(hours=23))
        assert (await known.caller()).organization == "acme"
        assert known.issuer.asked == 2
        # Whether such a key is the provider's is not known now: that is no refusal.
        with pytest.raises(Unavailable):
            await known.caller(rs256("two", 2))
        door.clock.advance(timedelta(hours=2))
        with pytest.raises(Unavailable):
            await known.caller()


@pytest.mark.parametrize(
    "broken",
    ["status", "text", "list", "no keys", "redirect", "too large", "discovery", "no address"],
)
async def test_a_provider_that_answers_otherwise_opens_nothing(door: Door, broken: str):
    answers = {
        "status": web.Response(status=503),
        "text": web.Response(text="<html>"),
        "list": web.json_response([]),
        "no keys": web.json_response({"keys": []}),
        "redirect": web.Response(status=302, headers={"Location": "/keys2"}),
        "too large": web.Response(body=b" " * 1_000_001, content_type="application/json"),
    }
    async with knowing(door, RSA) as known:
        known.issuer.broken = answers.get(broken)
        if broken == "discovery":
            known.issuer.discovery = {"issuer": "https://elsewhere.example"}
        if broken == "no address":
            known.issuer.discovery = {"jwks_uri": None}
        with pytest.raises(Unavailable):
            await known.caller()
        known.issuer.broken, known.issuer.discovery = None, {}
        door.clock.advance(timedelta(minutes=1))
        assert (await known.caller()).organization == "acme"


async def test_keys_that_may_not_sign_are_passed_over(door: Door):
    weak = Signer("weak", "RS256", rsa_key(3, 1024))
    wide = Signer("wide", "ES384", ec.generate_private_key(ec.SECP384R1()))
    locking = rs256("locking")
    async with knowing(door, RSA) as known:
        known.issuer.keys = [
            weak.public(),
            wide.public(),
            locking.public(use="enc"),
            {"kty": "oct", "kid": "secret", "k": part(b"x" * 32), "use": "sig"},
            {"kty": "new", "kid": "strange"},
            {"kid": "one"},
            {"kty": "RSA", "kid": 7},
            RSA.public(),
        ]
        assert (await known.caller()).organization == "acme"
        with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
            token = known.issuer.token(weak)
        for one in (token, known.issuer.token(wide), known.issuer.token(locking)):
            with pytest.raises(NotIdentified):
                await known.identity.caller_of(one)
        assert known.issuer.asked == 1


async def test_where_the_keys_are_may_be_said_without_discovery(door: Door):
    async with issuing(door.clock, RSA) as issuer:
        provider = Provider("https://login.example.com", AUDIENCE, f"{issuer.url}/keys")
        keys = ProviderKeys(provider, door.clock)
        identity = OidcIdentity(provider, keys, door.failures, BERLIN, door.clock)
        token = issuer.token(RSA, iss="https://login.example.com")
        assert (await identity.caller_of(token)).organization == "acme"
