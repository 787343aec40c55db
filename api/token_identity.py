"""Callers over HTTP by their API tokens: `Authorization: Bearer cbt_…`, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from api.bearer import bearer_of
from handlers.api_tokens.verifying import TokenVerifier, not_identified
from handlers.caller import Caller


@dataclass(frozen=True, slots=True)
class TokenIdentity:
    """Knows callers by API tokens; see `api.identity.Identity`.

    A revoked token may be taken for 10 seconds more, by each process that has just seen it.

    Attributes:
        verifier: of tokens.
    """

    verifier: TokenVerifier

    async def caller(self, request: Request) -> Caller:
        """The caller behind a request.

        Raises:
            NotIdentified: the token is missing, unknown, expired or revoked.
            Unavailable: the store does not answer.
        """
        token = bearer_of(request)
        if token is None:
            raise not_identified()
        return await self.caller_of(token)

    async def sender_of(self, token: str) -> Caller:
        """The caller whom a token vouches for, where usage is sent.

        Raises:
            NotIdentified: it is unknown, expired or revoked.
            Unavailable: the store does not answer.
        """
        return await self.verifier.verify(token, sending=True)

    async def caller_of(self, token: str) -> Caller:
        """The caller whom a token vouches for.

        Raises:
            NotIdentified: it is unknown, expired or revoked.
            Unavailable: the store does not answer.
        """
        return await self.verifier.verify(token)
