"""The last defence: what looks like a secret, or is one of the deployment's, is no part of a line.

Nothing should ever get here: no line is written with a token in it. But libraries quote addresses
and answers in their errors, and a traceback holds what its exception says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MASK = "***"

LEAST = 6
"""Shorter values of settings are no secrets that can be told from other text."""

_START = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}))"
"""Where a word begins: behind what is percent-encoded, and behind `_`, too."""

_PATTERNS = (
    # Slack: tokens of bots, apps, users, configuration and refreshing, and old ones.
    _START + r"x(?:ox[a-z](?:\.xox[a-z])?|app)-[A-Za-z0-9-]{6,}",
    # costbot's API tokens; the 8 characters by which one is known are no secret.
    _START + r"cbt_[A-Za-z0-9_-]{12,}",
    _START + r"lin_(?:api|oauth)_[A-Za-z0-9]{6,}",
    # A signed token (JWT): header and payload are JSON objects.
    _START + r"eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*",
    # The keys of providers of models, which gateways may quote.
    _START + r"sk-[A-Za-z0-9_-]{16,}",
    # Fernet: what is encrypted at rest.
    _START + r"gAAAAA[A-Za-z0-9_=-]{20,}",
    # Addresses that are secrets by themselves.
    r"(?<=hooks\.slack\.com/)[A-Za-z0-9/_-]+",
    r"(?<=hooks\.slack\.com\\/)[A-Za-z0-9/\\_-]+",
    r"(?<=/commands/)T[A-Z0-9]+/[0-9]+/[A-Za-z0-9]+",
    r"(?<=/actions/)T[A-Z0-9]+/[0-9]+/[A-Za-z0-9]+",
)
_PLAIN = re.compile("|".join(_PATTERNS))
_CREDENTIALS = re.compile(r"(?i)\b(bearer|basic)(\s+|%20)[A-Za-z0-9._~+/=-]{6,}")
_USERINFO = re.compile(r"(?i)([a-z][a-z0-9+.-]*://)[^\s/@\"'<>]*:[^\s@\"'<>]*@")
_NAMED = re.compile(
    r"""(?ix)
    (?:\b|(?<=%[0-9a-f]{2}))
    ((?:client_|signing_|api_|access_|refresh_|id_|bot_|app_)?(?:secret|token|password|passwd)
       |authorization|x-slack-signature|ticket)
    (\\*["']?\s*(?:[=:]|%3[ad])\s*\[?b?\\*["']?)
    (?!\*\*\*|bearer\b|basic\b|None\b|null\b|["'{\[(\\])([^\s"'&,;)}\]]{6,})
    """
)
_PERSON = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
"""An address of e-mail: no secret, but a person's."""


def _written(value: str) -> set[str]:
    """A value as it stands in text, in addresses, in JSON and in what Python quotes."""
    plain = {
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
    }
    encoded = {quote(one, safe=safe) for one in plain for safe in ("", "/")}
    small = {re.sub("%..", lambda found: found[0].lower(), one) for one in encoded}
    slashed = {one.replace("/", "\\/") for one in plain}
    return plain | encoded | small | slashed


class Mask:
    """Takes secrets out of text.

    Args:
        secrets: values that are masked wherever they stand, besides all that looks like one.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {one for value in secrets for one in _written(value)}
        known = {one for one in known if len(one) >= LEAST}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def masked(self, text: str) -> str:
        """The text, without them."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        text = _PLAIN.sub(MASK, text)
        text = _CREDENTIALS.sub(rf"\1 {MASK}", text)
        text = _USERINFO.sub(rf"\1{MASK}@", text)
        text = _NAMED.sub(rf"\1\2{MASK}", text)
        return _PERSON.sub(MASK, text)


def secrets_in(settings: BaseModel) -> set[str]:
    """Every secret value of the settings, those of webhooks and inside of addresses included."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        _gather(getattr(settings, name), found)
    return found


def _gather(value: object, found: set[str]) -> None:
    match value:
        case SecretStr():
            plain = value.get_secret_value()
            found.add(plain)
            found.update(_password_in(plain))
        case BaseModel():
            found.update(secrets_in(value))
        case str():
            return
        case Mapping():
            for one in value.values():  # pyright: ignore[reportUnknownVariableType]
                _gather(one, found)  # pyright: ignore[reportUnknownArgumentType]
        case tuple() | list():
            for one in value:  # pyright: ignore[reportUnknownVariableType]
                _gather(one, found)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return


def _password_in(address: str) -> set[str]:
    """The password of an address, where one is in it."""
    if "://" not in address:
        return set()
    try:
        password = make_url(address).password
    except (ArgumentError, ValueError):
        return set()
    return {str(password)} if password else set()
