"""A token of the REST API: what it reaches, and how long; never its secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from analysis.roles import Role

Standing = Literal["active", "expired", "revoked"]

Scope = Literal["all", "ingest"]
"""What a token is for: all that its role reaches, or to send usage and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTokenDraft:
    """A token as it is decided on; nothing of it is ever changed.

    Attributes:
        name: how people call it.
        prefix: how it begins, `cbt_` and 8 characters that are no secret.
        digest: SHA-256 of the whole token, hexadecimal. The secret is 256 random bits: nobody
            finds it by trying, however fast the hash is. Slow, salted hashes are for passwords,
            which people choose; here they would only slow down every request.
        organization: whose costs it reaches; None: all, for admins alone.
        role: how far it reaches.
        expires_at: UTC.
        scope: what it is for.
    """

    name: str
    prefix: str
    digest: str = field(repr=False)
    organization: str | None
    role: Role
    expires_at: datetime
    scope: Scope = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken(ApiTokenDraft):
    """A token as the store gives it.

    Attributes:
        id: its own.
        created_by: who made it (`Actor.key`).
        created_by_name: how they were called, for display.
        created_at: UTC.
        last_used_at: UTC, to the minute or so; None: never.
        revoked_at: UTC; None: it is not.
        revoked_by: who did (`Actor.key`).
    """

    id: UUID
    created_by: str
    created_by_name: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def standing(self, now: datetime) -> Standing:
        """What it is at an instant: a revoked one stays that, expired or not."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "active"
