"""Callers over HTTP by bearer tokens of an OpenID provider (JWT, RFC 7519, as RFC 8725 advises)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

import jwt
from fastapi import Request
from jwt.exceptions import (
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    MissingRequiredClaimError,
    PyJWTError,
)

from analysis.clock import Clock
from analysis.errors import BadInput, NotAllowed, NotIdentified
from analysis.roles import Role
from api.bearer import bearer_of
from api.oidc.keys import ALGORITHMS, ProviderKeys
from api.oidc.provider import Provider
from handlers import listing
from handlers.api_tokens.failures import Kind, LoginFailures
from handlers.api_tokens.verifying import not_identified
from handlers.caller import Caller
from handlers.nearest import shown

OIDC_TEAM = "oidc"
"""`Caller.team_id` of callers that the OpenID provider vouches for."""

LEEWAY = timedelta(seconds=60)
"""By which the provider's clock may differ from this one."""

LONGEST_SUBJECT = 255
"""Characters of `sub` (OpenID Connect Core 1.0, section 2)."""

_REQUIRED = ["iss", "aud", "sub", "exp", "iat"]

_AS_NUMBERS = (int, float)


@dataclass(frozen=True, slots=True)
class OidcIdentity:
    """Knows callers by tokens that an OpenID provider has signed; see `api.identity.Identity`.

    Attributes:
        provider: who signs.
        keys: of the provider.
        failures: hears of logins that fail.
        zone: of the deployment, in which the callers' days begin.
        clock: the present.
    """

    provider: Provider
    keys: ProviderKeys
    failures: LoginFailures
    zone: ZoneInfo
    clock: Clock

    async def caller(self, request: Request) -> Caller:
        """The caller behind a request; see `caller_of`."""
        token = bearer_of(request)
        if token is None:
            raise not_identified()
        return await self.caller_of(token)

    async def caller_of(self, token: str) -> Caller:
        """The caller whom a token vouches for.

        Raises:
            NotIdentified: the token is not the provider's, not for costbot, or not valid now.
            NotAllowed: its role or organization cannot be.
            Unavailable: the provider's keys cannot be had.
        """
        claims = await self._verified(token)
        fault = self._fault_of_time(claims)
        if fault:
            raise await self._refused(fault)
        subject = str(claims["sub"])
        if not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise await self._refused("oidc subject")
        try:
            role = self._role(claims)
            organization = self._organization(claims, role)
        except NotAllowed:
            await self.failures.failed(Kind("oidc role or organization"))
            raise
        name = claims.get("name")
        called = name if isinstance(name, str) and _is_a_line(name) else subject
        return Caller(OIDC_TEAM, subject, called, organization, role, self.zone)

    async def _verified(self, token: str) -> Mapping[str, object]:
        """The claims of a token whose signature, issuer and audience are right."""
        try:
            header = cast("dict[str, object]", jwt.get_unverified_header(token))
        except PyJWTError:
            raise await self._refused("oidc malformed") from None
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS or not isinstance(kid, str):
            raise await self._refused("oidc algorithm")
        key = await self.keys.find(kid)
        if key is None:
            raise await self._refused("oidc key")
        try:
            claims = jwt.decode(
                token,
                key,  # it fixes the algorithm: the header's alone decides nothing
                algorithms=sorted(ALGORITHMS),
                audience=self.provider.audience,
                issuer=self.provider.issuer,
                options={
                    "require": _REQUIRED,
                    "enforce_minimum_key_length": True,
                    # PyJWT asks the machine for the time; see `_fault_of_time`.
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except PyJWTError as error:
            raise await self._refused(_reason(error)) from None
        return cast("dict[str, object]", claims)

    def _fault_of_time(self, claims: Mapping[str, object]) -> str:
        """What is wrong with a token's times, by the clock; empty: nothing."""
        now, leeway = self.clock().timestamp(), LEEWAY.total_seconds()
        times = {name: claims.get(name) for name in ("exp", "iat", "nbf")}
        if times["nbf"] is None:
            del times["nbf"]
        for name, at in times.items():
            if isinstance(at, bool) or not isinstance(at, _AS_NUMBERS):
                return f"oidc {name}"
        numbers = {name: cast("float", at) for name, at in times.items()}
        # Written so that NaN, which is neither, is refused.
        if not numbers["exp"] > now - leeway:
            return "oidc expired"
        is_early = not all(numbers[name] <= now + leeway for name in numbers if name != "exp")
        return "oidc not yet valid" if is_early else ""

    def _role(self, claims: Mapping[str, object]) -> Role:
        claim = self.provider.role_claim
        said = claims.get(claim)
        if said is None:
            return Role.USER
        if not isinstance(said, str) or said not in set(Role):
            word = shown(said) if isinstance(said, str) else "That"
            raise NotAllowed(
                f"{word} is no role of costbot.",
                f"Have the claim `{claim}` be user, org_admin or admin.",
            )
        return Role(said)

    def _organization(self, claims: Mapping[str, object], role: Role) -> str | None:
        claim = self.provider.organization_claim
        said = claims.get(claim)
        if role is Role.ADMIN:
            if said is None:
                return None
            # Perhaps an organization's own admin was meant: who sees all is said beyond doubt.
            raise NotAllowed(
                "The role admin is of all organizations, and the token names one.",
                f"Have the role be org_admin, or leave out the claim `{claim}`.",
            )
        if not isinstance(said, str) or said != said.strip() or not _is_a_line(said):
            raise NotAllowed(
                "The token does not say whose costs it reaches.",
                f"Have the claim `{claim}` be the name of an organization.",
            )
        return said

    async def _refused(self, reason: str) -> NotIdentified:
        await self.failures.failed(Kind(reason))
        return not_identified()


def _is_a_line(text: str) -> bool:
    try:
        listing.line("a name", text)
    except BadInput:
        return False
    return True


def _reason(error: PyJWTError) -> str:
    match error:
        case InvalidAudienceError():
            return "oidc audience"
        case InvalidIssuerError():
            return "oidc issuer"
        case ImmatureSignatureError():
            return "oidc not yet valid"
        case MissingRequiredClaimError():
            return "oidc claims"
        case _:
            return "oidc signature"
