"""From an API token to a caller."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import NotAllowed, NotIdentified, Unavailable
from handlers.api_tokens.failures import Kind, LoginFailures
from handlers.api_tokens.permissions import TOKENS_TEAM
from handlers.api_tokens.secret import prefix_in, presented
from handlers.caller import Caller
from handlers.ingest.gateway import Gateway
from storage.records.api_token import ApiToken
from storage.repositories.api_tokens import USE_APART

log = logging.getLogger(__name__)

REMEMBERED = timedelta(seconds=10)
"""How long a token is known without a look into the store: a revocation is felt that late."""

MOST_REMEMBERED = 10_000

_NO_DIGEST = "0" * 64


class Tokens(Protocol):
    """Where tokens lie."""

    async def find_by_prefix(self, prefix: str) -> ApiToken | None:
        """The token that begins so; None: there is none."""
        ...

    async def used(self, uses: dict[UUID, datetime]) -> None:
        """Writes down when tokens were used."""
        ...


def not_identified() -> NotIdentified:
    """What everybody is told who is not identified: which of it is the case helps nobody else."""
    return NotIdentified(
        "The token is missing, wrong, expired or revoked.",
        "Send `Authorization: Bearer …`; an organization admin makes a token with "
        "`/cost token create NAME`.",
    )


@dataclass(slots=True)
class TokenVerifier:
    """Knows callers by their tokens.

    Attributes:
        tokens: all there are.
        failures: hears of logins that fail.
        zone: of the deployment, in which the callers' days begin.
        clock: the present.
    """

    tokens: Tokens
    failures: LoginFailures
    zone: ZoneInfo
    clock: Clock
    _remembered: OrderedDict[str, tuple[datetime, ApiToken | None]] = field(
        default_factory=OrderedDict[str, tuple[datetime, "ApiToken | None"]]
    )
    _uses: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    _written: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])

    async def verify(self, text: str, *, sending: bool = False) -> Caller:
        """The caller whom a token vouches for.

        Args:
            text: the token, as it was sent.
            sending: the caller sends usage; tokens of scope `ingest` open nothing else.

        Raises:
            NotIdentified: it is none, or unknown, expired or revoked.
            NotAllowed: it is of scope `ingest`, and nothing is sent.
            Unavailable: the store does not answer.
        """
        sent = presented(text)
        if sent is None:
            raise await self._refused(Kind("malformed", prefix_in(text) or ""))
        token = await self._token(sent.prefix)
        # An unknown token is compared, too: it takes as long as a known one with a wrong secret.
        if not compare_digest(sent.digest, _NO_DIGEST if token is None else token.digest):
            raise await self._refused(Kind("unknown", sent.prefix))
        if token is None:
            raise await self._refused(Kind("unknown", sent.prefix))
        now = self.clock()
        standing = token.standing(now)
        if standing != "active":
            raise await self._refused(Kind(standing, token.prefix, token.organization))
        is_gateway = token.scope == "ingest"
        if is_gateway and not sending:
            raise NotAllowed(
                "A token of scope ingest sends usage, and does nothing else.",
                "Make one without a scope for all else: `/cost token create NAME`.",
            )
        self._uses[token.id] = now
        kind = Gateway if is_gateway else Caller
        return kind(
            TOKENS_TEAM, str(token.id), token.name, token.organization, token.role, self.zone
        )

    async def write_down(self) -> None:
        """Writes when tokens were last used, of each once a minute; a failure is logged."""
        now = self.clock()
        due = {
            key: at
            for key, at in self._uses.items()
            if key not in self._written or now - self._written[key] >= USE_APART
        }
        if not due:
            return
        try:
            await self.tokens.used(due)
        except Unavailable as error:
            log.warning("the use of tokens could not be written down: %s", error)
            return
        self._written.update(dict.fromkeys(due, now))
        for key, at in due.items():
            if self._uses.get(key) == at:
                del self._uses[key]
        recently = now - USE_APART
        self._written = {key: at for key, at in self._written.items() if at > recently}

    async def _token(self, prefix: str) -> ApiToken | None:
        now = self.clock()
        remembered = self._remembered.get(prefix)
        if remembered is not None and timedelta() <= now - remembered[0] < REMEMBERED:
            return remembered[1]
        token = await self.tokens.find_by_prefix(prefix)
        self._remembered[prefix] = (now, token)
        self._remembered.move_to_end(prefix)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return token

    async def _refused(self, kind: Kind) -> NotIdentified:
        await self.failures.failed(kind)
        return not_identified()
