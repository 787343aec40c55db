"""The answer to a request with a key: claimed before the work, kept with what the work decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

KEPT = timedelta(hours=24)
"""For how long an answer is given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """A key, and the request that it is of.

    Attributes:
        organization: of the caller; None: an admin of all.
        caller: see `Actor.key`.
        key: as the client has chosen it.
        fingerprint: of method, address and body.
    """

    organization: str | None
    caller: str
    key: str
    fingerprint: str

    @property
    def id(self) -> str:
        """Tells the keys of all callers apart; the key itself is not kept."""
        parts = (repr(self.organization), self.caller, self.key)
        return sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered.

    Attributes:
        status: of HTTP.
        headers: those that are given again.
        body: as it was sent.
    """

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The key is this request's.

    Attributes:
        attempt: without which nothing can be kept under the key.
    """

    attempt: UUID


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Another request with this key is at work.

    Attributes:
        seconds: until it is given up at the latest.
    """

    seconds: int


@dataclass(frozen=True, slots=True)
class OfAnother:
    """The key is that of a request that asked for something else."""


Claimed = Begun | UnderWay | OfAnother | KeptAnswer
"""What becomes of a request with a key."""
