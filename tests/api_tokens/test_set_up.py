"""The settings of the ways in, and what comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.assembly import assembled
from bot.assembly.api_tokens import identities_opened
from bot.settings import Settings
from tests.api_tokens.issuer import AUDIENCE, issuing, rs256
from tests.stores import TestClock, lay_store


@pytest.mark.parametrize(
    "values",
    [
        {"oidc_issuer": "https://login.example.com"},
        {"oidc_audience": "costbot"},
        {"oidc_issuer": "http://login.example.com", "oidc_audience": "costbot"},
        {"oidc_issuer": "http://localhost.example.com", "oidc_audience": "costbot"},
        {"oidc_issuer": "ftp://127.0.0.1", "oidc_audience": "costbot"},
        {
            "oidc_issuer": "https://login.example.com",
            "oidc_audience": "costbot",
            "oidc_jwks_url": "http://login.example.com/keys",
        },
        {"api_token_most_days": 0},
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path: Path, values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(home=tmp_path, **values)  # pyright: ignore[reportArgumentType]


async def test_a_provider_is_asked_where_one_is_set(tmp_path: Path, clock: TestClock) -> None:
    lay_store(tmp_path)
    signer = rs256()
    async with issuing(clock, signer) as issuer:
        settings = Settings(home=tmp_path, oidc_issuer=issuer.url, oidc_audience=AUDIENCE)
        async with assembled(settings, clock) as parts, identities_opened(parts) as identities:
            assert identities.oidc is not None
            caller = await identities.oidc.caller_of(issuer.token(signer))
            assert (caller.team_id, caller.organization) == ("oidc", "acme")
        async with (
            assembled(Settings(home=tmp_path), clock) as parts,
            identities_opened(parts) as identities,
        ):
            assert identities.oidc is None
