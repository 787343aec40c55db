"""Google's token endpoint in small, and key files of service accounts that ask it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from playground.serving import serving

EMAIL = "costbot@explore-costs.iam.gserviceaccount.com"


def write_key_file(path: Path, token_uri: str) -> str:
    """A fresh key.

    Returns:
        Its private part, to be found nowhere else.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    content = {
        "type": "service_account",
        "project_id": "explore-costs",
        "private_key_id": "1",
        "private_key": private,
        "client_email": EMAIL,
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(content), encoding="ascii")
    return private


@asynccontextmanager
async def token_endpoint(*, grants: bool) -> AsyncGenerator[str]:
    """Serves tokens, or refuses them as Google refuses a key that was deleted."""

    async def token(request: Request) -> JSONResponse:
        assert b"assertion=" in await request.body()
        if not grants:
            body = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
            return JSONResponse(body, 400)
        return JSONResponse({"access_token": "1", "expires_in": 3600, "token_type": "Bearer"})

    app = Starlette(routes=[Route("/token", token, methods=["POST"])])
    async with serving(app) as url:
        yield f"{url}/token"
