"""An OpenID provider on the loopback: it signs tokens, and changes its keys."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.stores import TestClock

AUDIENCE = "costbot"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Signer:
    """A key of the provider's.

    Attributes:
        kid: its id.
        algorithm: that it signs with.
        private: it.
    """

    kid: str
    algorithm: str
    private: PrivateKey

    def public(self, **more: object) -> dict[str, object]:
        """As the provider tells it."""
        public: Any = self.private.public_key()
        is_curve = isinstance(self.private, ec.EllipticCurvePrivateKey)
        written = ECAlgorithm.to_jwk(public) if is_curve else RSAAlgorithm.to_jwk(public)
        return {**json.loads(written), "kid": self.kid, "use": "sig", **more}


@cache
def rsa_key(number: int = 1, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key; making one takes a tenth of a second."""
    del number
    return rsa.generate_private_key(65537, bits)


def rs256(kid: str = "one", number: int = 1) -> Signer:
    """An RSA key."""
    return Signer(kid, "RS256", rsa_key(number))


def es256(kid: str = "curve") -> Signer:
    """A key on the curve P-256."""
    return Signer(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))


@dataclass
class Issuer:
    """The provider.

    Attributes:
        clock: of its tokens.
        url: where it is: its issuer.
        keys: that it tells.
        asked: how often it was asked for them.
        broken: what it answers in place of them; None: nothing is wrong.
        discovery: that differs in its discovery document.
    """

    clock: TestClock
    url: str = ""
    keys: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    asked: int = 0
    broken: web.Response | None = None
    discovery: dict[str, object] = field(default_factory=dict[str, object])

    def claims(self, **changes: object) -> dict[str, object]:
        """What a fit token says; a claim that is changed to None is left out."""
        now = int(self.clock.now.timestamp())
        usual: dict[str, object] = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "248289761001",
            "iat": now,
            "exp": now + 300,
            "name": "Uma",
            "costbot_organization": "acme",
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def token(self, signer: Signer, **changes: object) -> str:
        """A token that it signs."""
        return jwt.encode(
            self.claims(**changes),
            signer.private,
            algorithm=signer.algorithm,
            headers={"kid": signer.kid},
        )

    async def on_discovery(self, request: web.Request) -> web.Response:
        """Its discovery document."""
        usual = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        return web.json_response({**usual, **self.discovery})

    async def on_keys(self, request: web.Request) -> web.Response:
        """Its keys."""
        self.asked += 1
        if self.broken is not None:
            return self.broken
        return web.json_response({"keys": self.keys})


@asynccontextmanager
async def issuing(clock: TestClock, *signers: Signer) -> AsyncGenerator[Issuer]:
    """The provider on a free port."""
    issuer = Issuer(clock, keys=[one.public() for one in signers])
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", issuer.on_discovery)
    app.router.add_get("/keys", issuer.on_keys)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = cast("int", runner.addresses[0][1])
        issuer.url = f"http://127.0.0.1:{port}"
        yield issuer
    finally:
        await runner.cleanup()
