"""Who calls over HTTP: made from a verified credential and from nothing else."""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from handlers.caller import Caller


class Senders(Protocol):
    """Knows who sends usage; tokens that may do nothing else are among them."""

    async def sender(self, request: Request) -> Caller:
        """The caller behind a request.

        Raises:
            NotIdentified: the credential is missing, unknown, expired or revoked.
            Unavailable: it cannot be checked at the moment.
        """
        ...


class Identity(Protocol):
    """Knows callers by the credential that they send.

    No other header, no argument, no cookie and no part of a body is looked at.
    """

    async def caller(self, request: Request) -> Caller:
        """The caller behind a request.

        Raises:
            NotIdentified: the credential is missing, unknown, expired or revoked.
            Unavailable: it cannot be checked at the moment.
        """
        ...
