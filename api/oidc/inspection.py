"""Whether the OpenID provider tells its keys: a part of `costbot doctor`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from analysis.checks import Check, failed, passed
from analysis.written import plural
from api.oidc.keys import ALGORITHMS, DISCOVERY, document_at, keys_in
from api.oidc.provider import Provider

NAME = "OpenID provider"
KEYS = "OpenID keys"

SECONDS = 10.0
"""How long the provider may take to answer."""


class _Found(Exception):
    """A fault; carries the check."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.sentence)
        self.check = check


@dataclass(frozen=True, slots=True)
class OidcInspection:
    """Asks the provider what costbot asks it when a token comes in.

    Attributes:
        provider: which one.
        seconds: how long it may take.
    """

    provider: Provider
    seconds: float = SECONDS

    async def inspect(self) -> list[Check]:
        """Two checks, the second only where the first is well; no token is shown to anybody."""
        timeout = aiohttp.ClientTimeout(total=self.seconds)
        checks: list[Check] = []
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                url = self.provider.jwks_url
                if url is None:
                    url, told = await self._discovered(session, self.provider.issuer)
                    checks.append(told)
                checks.append(await self._keys(session, url, self.provider))
            except _Found as found:
                checks.append(found.check)
        return checks

    async def _discovered(self, session: aiohttp.ClientSession, issuer: str) -> tuple[str, Check]:
        where = issuer.removesuffix("/") + DISCOVERY
        found = await _read(
            session,
            where,
            NAME,
            "See that COSTBOT_OIDC_ISSUER is the provider's address, without "
            f"{DISCOVERY}, and that this machine reaches it; or set COSTBOT_OIDC_JWKS_URL.",
        )
        told = found.get("issuer")
        if told != issuer:
            is_slash = isinstance(told, str) and told.rstrip("/") == issuer.rstrip("/")
            what = "ends otherwise: by a slash" if is_slash else "is another"
            sentence = f"The provider calls itself {told}, and COSTBOT_OIDC_ISSUER {what}."
            cure = f"Set COSTBOT_OIDC_ISSUER={told}: tokens bear it to the letter."
            raise _Found(failed(NAME, sentence, cure))
        url = found.get("jwks_uri")
        if not isinstance(url, str):
            cure = "Set COSTBOT_OIDC_JWKS_URL to where its keys are."
            raise _Found(failed(NAME, f"The document at {where} names no keys.", cure))
        if issuer.startswith("https://") and not url.startswith("https://"):
            sentence = f"Its keys are at {url}, without encryption: anybody could replace them."
            cure = "Have the provider name an https:// address, or set COSTBOT_OIDC_JWKS_URL."
            raise _Found(failed(NAME, sentence, cure))
        return url, passed(NAME, f"{issuer} tells where its keys are.")

    async def _keys(self, session: aiohttp.ClientSession, url: str, provider: Provider) -> Check:
        cure = "See that this machine reaches it; COSTBOT_OIDC_JWKS_URL names another address."
        document = await _read(session, url, KEYS, cure)
        try:
            keys = keys_in(document)
        except ValueError:
            kinds = " and ".join(sorted(ALGORITHMS))
            sentence = f"None of the keys at {url} can be used."
            cure = f"Have the provider sign by {kinds}, with RSA keys of 2048 bits or more."
            raise _Found(failed(KEYS, sentence, cure)) from None
        told = (
            f"{plural(len(keys), 'key')} at {url}; tokens for {provider.audience} are taken, with "
            f"their organization in {provider.organization_claim}."
        )
        return passed(KEYS, told)


async def _read(
    session: aiohttp.ClientSession, url: str, name: str, cure: str
) -> Mapping[str, object]:
    try:
        return await document_at(session, url)
    except TimeoutError:
        why = "nothing came in time"
    except ValueError as error:
        why = str(error) if str(error).startswith("answered ") else "it is no JSON object"
    except (aiohttp.ClientError, OSError) as error:
        told = str(error)
        if isinstance(error, OSError):  # asyncio's own text names an address in place of the reason
            number = error.errno or 0
            told = os.strerror(number) if number > 0 else error.strerror
        why = " ".join((told or type(error).__name__).split()).rstrip(".")
    raise _Found(failed(name, f"{url} cannot be read: {why}.", cure))
