"""All ways in over HTTP: which of them is asked is said by what the token looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fastapi import Request

from api.bearer import bearer_of
from handlers.api_tokens.failures import Kind, LoginFailures
from handlers.api_tokens.secret import MARK
from handlers.api_tokens.verifying import not_identified
from handlers.caller import Caller


class Way(Protocol):
    """Knows callers by tokens of one form."""

    async def caller_of(self, token: str) -> Caller:
        """The caller whom a token vouches for.

        Raises:
            NotIdentified: it is unknown, expired or revoked.
            Unavailable: it cannot be checked at the moment.
        """
        ...


class TokenWay(Way, Protocol):
    """Knows callers by API tokens."""

    async def sender_of(self, token: str) -> Caller:
        """The caller whom a token vouches for, where usage is sent.

        Raises:
            NotIdentified: it is unknown, expired or revoked.
            Unavailable: it cannot be checked at the moment.
        """
        ...


@dataclass(frozen=True, slots=True)
class Identities:
    """Knows callers by API tokens and, where it is set up, by those of an OpenID provider.

    See `api.identity.Identity`. A token that one way refuses is not tried by another.

    Attributes:
        tokens: asked for what begins with `cbt_`.
        oidc: asked for what has three parts with dots between; None: not set up.
        failures: hears of tokens of no form that is known.
    """

    tokens: TokenWay
    oidc: Way | None
    failures: LoginFailures

    async def caller(self, request: Request) -> Caller:
        """The caller behind a request.

        Raises:
            NotIdentified: the token is missing, unknown, expired or revoked.
            NotAllowed: an OpenID provider vouches for somebody whose role or organization cannot
                be.
            Unavailable: the store, or the provider's keys, cannot be reached.
        """
        token = await self._token(request)
        if token.startswith(MARK):
            return await self.tokens.caller_of(token)
        return await self._foreign(token)

    async def sender(self, request: Request) -> Caller:
        """The caller behind a request that sends usage; see `api.identity.Senders`.

        Raises:
            NotIdentified, NotAllowed, Unavailable: as `caller` does.
        """
        token = await self._token(request)
        if token.startswith(MARK):
            return await self.tokens.sender_of(token)
        return await self._foreign(token)

    async def _token(self, request: Request) -> str:
        token = bearer_of(request)
        if token is None:
            if "authorization" in request.headers:
                await self.failures.failed(Kind("malformed"))
            raise not_identified()
        return token

    async def _foreign(self, token: str) -> Caller:
        if self.oidc is not None and token.count(".") == 2:
            return await self.oidc.caller_of(token)
        await self.failures.failed(Kind("malformed"))
        raise not_identified()
