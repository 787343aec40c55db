"""Which webhooks there are: the settings name each, with its address and its secret."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, field_validator

SHORTEST_SECRET = 16
"""Bytes: HMAC-SHA256 is no safer than its key."""


class Webhook(BaseModel):
    """Where events are posted.

    Attributes:
        url: `https://…`, or `http://…` where it is near; as secret as a token that it may hold.
        secret: what each post is signed with, at least 16 bytes; `whsec_…` is base64, as Standard
            Webhooks has it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: SecretStr
    secret: SecretStr

    @field_validator("url")
    @classmethod
    def _is_one(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in ("https", "http") or not parts.hostname:
            message = "a webhook's url begins with https://"
            raise ValueError(message)
        return value

    @field_validator("secret")
    @classmethod
    def _is_long_enough(cls, value: SecretStr) -> SecretStr:
        if len(_key(value)) < SHORTEST_SECRET:
            message = f"a webhook's secret has at least {SHORTEST_SECRET} bytes"
            raise ValueError(message)
        return value

    @property
    def key(self) -> bytes:
        """The secret as it is signed with."""
        return _key(self.secret)


def _key(secret: SecretStr) -> bytes:
    text = secret.get_secret_value()
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        message = "what follows whsec_ is no base64"
        raise ValueError(message) from None
