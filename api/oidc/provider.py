"""What costbot knows of the OpenID provider whose tokens it takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider.

    Attributes:
        issuer: as it stands in `iss`, to the letter.
        audience: one of those in `aud`: tokens that are meant for others are refused.
        jwks_url: where its keys are; None: its discovery document says so.
        organization_claim: in which claim the organization stands.
        role_claim: in which claim the role stands.
    """

    issuer: str
    audience: str
    jwks_url: str | None = None
    organization_claim: str = "costbot_organization"
    role_claim: str = "costbot_role"
