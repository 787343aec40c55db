"""The public keys of an OpenID provider: fetched when they are needed, and kept.

They are fetched again after an hour, and at once where a token names a key that is not among them:
a provider has changed its keys. No more than one fetch a minute comes of that, however many keys
tokens make up. While the provider is silent, the keys that it told last count for a day.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import aiohttp
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from analysis.clock import Clock
from analysis.errors import Unavailable
from api.oidc.provider import Provider

log = logging.getLogger(__name__)

FRESH = timedelta(hours=1)
APART = timedelta(minutes=1)
"""Between two fetches, be they answered or not."""
KEPT = timedelta(days=1)
"""How long keys count while the provider is silent."""

TIMEOUT_SECONDS = 5.0
LARGEST = 1_000_000
"""Bytes of a document."""
SMALLEST_RSA = 2048
"""Bits."""

DISCOVERY = "/.well-known/openid-configuration"

ALGORITHMS = frozenset({"RS256", "ES256"})
"""What tokens may be signed with: asymmetric alone, so that a public key cannot be a secret."""


@dataclass(slots=True)
class ProviderKeys:
    """The keys of one provider.

    Attributes:
        provider: whose they are.
        clock: the present.
    """

    provider: Provider
    clock: Clock
    _keys: Mapping[str, PyJWK] = field(default_factory=dict[str, PyJWK])
    _fetched: datetime | None = None
    _tried: datetime | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, kid: str) -> PyJWK | None:
        """The key of an id; None: the provider has none, as far as is known.

        Raises:
            Unavailable: the provider does not tell its keys, and they are not known otherwise.
        """
        is_on_its_way = kid not in self._keys and self._lock.locked()
        if is_on_its_way or self._needs(kid):
            async with self._lock:  # whoever waited here finds what was fetched meanwhile
                if self._needs(kid):
                    await self._fetch()
        key = self._keys.get(kid)
        is_silent = self._fetched is None or self._fetched != self._tried
        is_known = self._fetched is not None and self.clock() - self._fetched <= KEPT
        if not is_known or (key is None and is_silent):
            raise Unavailable("The OpenID provider does not tell its keys.")
        return key

    def _needs(self, kid: str) -> bool:
        """Whether keys are to be fetched, and may be."""
        now = self.clock()
        if self._tried is not None and timedelta() <= now - self._tried < APART:
            return False
        is_fresh = self._fetched is not None and now - self._fetched < FRESH
        return kid not in self._keys or not is_fresh

    async def _fetch(self) -> None:
        self._tried = self.clock()
        try:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
            async with aiohttp.ClientSession(timeout=timeout) as session:
                url = self.provider.jwks_url or await self._discovered(session)
                self._keys = keys_in(await document_at(session, url))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # The address is the deployment's own; a provider's answer stays out of the log.
            log.warning("the keys of the OpenID provider: %s", type(error).__name__)
            return
        self._fetched = self._tried

    async def _discovered(self, session: aiohttp.ClientSession) -> str:
        issuer = self.provider.issuer
        found = await document_at(session, issuer.removesuffix("/") + DISCOVERY)
        url = found.get("jwks_uri")
        # OpenID Connect Discovery 1.0, section 4.3: it has to be the issuer's own document.
        if found.get("issuer") != issuer or not isinstance(url, str):
            message = "the discovery document is another's, or names no keys"
            raise ValueError(message)
        if issuer.startswith("https://") and not url.startswith("https://"):
            message = "the keys are to be read without encryption"
            raise ValueError(message)
        return url


async def document_at(session: aiohttp.ClientSession, url: str) -> dict[str, object]:
    """A JSON object that is read over HTTP.

    Raises:
        ValueError: it is none, or too large, or not there.
    """
    async with session.get(url, allow_redirects=False) as response:
        if response.status != 200:
            message = f"answered {response.status}"
            raise ValueError(message)
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > LARGEST:
                message = "too large"
                raise ValueError(message)
    found: object = json.loads(body)
    if not isinstance(found, dict):
        message = "no JSON object"
        raise ValueError(message)
    return cast("dict[str, object]", found)


def keys_in(document: Mapping[str, object]) -> dict[str, PyJWK]:
    """The keys with which tokens may be signed, by their ids; others are passed over.

    Raises:
        ValueError: there is none.
    """
    listed = document.get("keys")
    members = cast("list[object]", listed) if isinstance(listed, list) else []
    keys: dict[str, PyJWK] = {}
    for member in members:
        if not isinstance(member, dict):
            continue
        values = cast("dict[str, object]", member)
        kid, use = values.get("kid"), values.get("use", "sig")
        if not isinstance(kid, str) or use != "sig":
            continue
        try:
            key = PyJWK(values)
        except (PyJWTError, TypeError):
            continue  # of a kind that this version does not know: others may fit
        if _fits(key):
            keys[kid] = key
    if not keys:
        message = "no key that fits"
        raise ValueError(message)
    return keys


def _fits(key: PyJWK) -> bool:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    public: object = key.key
    match key.algorithm_name:
        case "RS256":
            return isinstance(public, RSAPublicKey) and public.key_size >= SMALLEST_RSA
        case "ES256":
            is_curve = isinstance(public, EllipticCurvePublicKey)
            return is_curve and isinstance(public.curve, SECP256R1)
        case _:
            return False
