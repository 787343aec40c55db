"""API tokens and the ways in over HTTP, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from api.identities import Identities, Way
from api.token_identity import TokenIdentity
from bot.assembly import Parts
from handlers.api_tokens.failures import LoginFailures
from handlers.api_tokens.managing import ApiTokenHandler
from handlers.api_tokens.verifying import TokenVerifier
from queries.breakdown import known_values
from storage.records.audit import Surface

if TYPE_CHECKING:
    from bot.slack.nouns import MakeNoun

WRITTEN_EVERY = 10.0
"""Seconds after which is written down what is not written while a caller waits."""


def api_tokens_of(parts: Parts, surface: Surface) -> ApiTokenHandler:
    """What can be done with API tokens on one surface.

    Args:
        parts: whose store holds them.
        surface: the audit trail names it.
    """

    async def known() -> Sequence[str]:
        return await known_values(parts.engine, parts.dimensions["organization"], None)

    most_days = parts.settings.api_token_most_days
    return ApiTokenHandler(parts.store, parts.clock, surface, most_days, known)


def api_token_noun_of(parts: Parts) -> MakeNoun:
    """What hears `/cost token` in Slack."""
    from bot.slack.api_tokens import make_api_tokens

    return make_api_tokens(api_tokens_of(parts, "slack"), parts.clock)


@asynccontextmanager
async def identities_opened(parts: Parts) -> AsyncGenerator[Identities]:
    """The ways in over HTTP; what they have counted is written down meanwhile, and at the end."""
    failures = LoginFailures(parts.store.audit, parts.clock)
    zone = parts.settings.zone_info
    verifier = TokenVerifier(parts.store.api_tokens, failures, zone, parts.clock)
    writing = asyncio.create_task(_written_down(verifier, failures))
    try:
        yield Identities(TokenIdentity(verifier), _oidc_of(parts, failures), failures)
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await verifier.write_down()
        await failures.write_down(is_over=True)


async def _written_down(verifier: TokenVerifier, failures: LoginFailures) -> None:
    while True:
        await asyncio.sleep(WRITTEN_EVERY)
        await verifier.write_down()
        await failures.write_down()


def _oidc_of(parts: Parts, failures: LoginFailures) -> Way | None:
    settings = parts.settings
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return None
    # Cryptography takes a while to load, and most deployments need none of it.
    from api.oidc.identity import OidcIdentity
    from api.oidc.keys import ProviderKeys
    from api.oidc.provider import Provider

    provider = Provider(
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        jwks_url=settings.oidc_jwks_url,
        organization_claim=settings.oidc_organization_claim,
        role_claim=settings.oidc_role_claim,
    )
    keys = ProviderKeys(provider, parts.clock)
    return OidcIdentity(provider, keys, failures, settings.zone_info, parts.clock)
