"""Service accounts: their keys, and the tokens that they get for a signed assertion."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from playground.bigquery.refusal import Refusal
from playground.model import JsonObject

_LIFETIME = 3600


class InvalidGrant(Exception):
    """An assertion gets no token."""


@dataclass
class Accounts:
    """Who may come in, by `client_email`."""

    _keys: dict[str, rsa.RSAPublicKey] = field(default_factory=dict[str, rsa.RSAPublicKey])
    _tokens: set[str] = field(default_factory=set[str])

    def write_key_file(
        self, path: Path, url: str, email: str = "costbot@execution.iam.gserviceaccount.com"
    ) -> None:
        """Make a service account with a fresh key, and write its key file.

        Args:
            path: of the file.
            url: of the stand-in, whose `/token` answers.
            email: of the account; a new key takes the place of its old one.
        """
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._keys[email] = key.public_key()
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        content = {
            "type": "service_account",
            "project_id": email.partition("@")[2].partition(".")[0],
            "private_key_id": secrets.token_hex(20),
            "private_key": pem.decode(),
            "client_email": email,
            "client_id": "100000000000000000001",
            "token_uri": f"{url}/token",
        }
        path.write_text(json.dumps(content))
        path.chmod(0o600)

    def revoke(self) -> None:
        """Let no token in that was given out so far."""
        self._tokens.clear()

    def grant(self, assertion: str) -> JsonObject:
        """A token for a JSON web token that an account has signed (RFC 7523).

        Raises:
            InvalidGrant: no known account has signed it.
        """
        try:
            header, claims, signature = assertion.split(".")
            email = str(cast("JsonObject", json.loads(_decoded(claims)))["iss"])
            key = self._keys[email]
        except (ValueError, KeyError) as error:
            raise InvalidGrant("Invalid grant: account not found") from error
        try:
            key.verify(
                _decoded(signature),
                f"{header}.{claims}".encode(),
                padding.PKCS1v15(),
                hashes.SHA256(),
            )
        except InvalidSignature as error:
            raise InvalidGrant("Invalid JWT Signature.") from error
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self._tokens.add(token)
        return {"access_token": token, "expires_in": _LIFETIME, "token_type": "Bearer"}

    def check(self, authorization: str) -> None:
        """Let a request in by its header.

        Raises:
            Refusal: it bears no token that was given out.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or token not in self._tokens:
            message = (
                "Request had invalid authentication credentials. Expected OAuth 2 access token,"
                " login cookie or other valid authentication credential."
            )
            raise Refusal("authError", message, 401, location="Authorization")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
