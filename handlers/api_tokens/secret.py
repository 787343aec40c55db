"""What an API token looks like: `cbt_`, 8 characters by which it is known, its secret, a checksum.

    cbt_ 3fQ7xK2a pX9…43 characters…Lm 0aB3dE

All of it is digits and letters, so that a double click marks it whole. The checksum (CRC-32 of all
before it) tells a token from what merely looks like one: a scanner of secrets needs no question to
the server, and a token with a typo is refused without a look into the store. It guards nothing.

The 8 characters are drawn apart from the secret: they may be shown and logged, and shorten the
secret by nothing. The secret is 256 random bits. Of the whole token a single SHA-256 is kept: a
slow hash with a salt protects secrets that people choose, which can be guessed; 2^256 cannot be
tried, and a fast hash costs the requests nothing.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from string import ascii_lowercase, ascii_uppercase, digits
from zlib import crc32

from pydantic import SecretStr

MARK = "cbt_"
"""What every token begins with."""

ALPHABET = digits + ascii_uppercase + ascii_lowercase

KNOWN_BY = 8
SECRET_BYTES = 32
SECRET_LENGTH = 43
"""Digits of base 62 that 256 bits take."""
CHECKSUM_LENGTH = 6
"""Digits of base 62 that 32 bits take."""

PREFIX_LENGTH = len(MARK) + KNOWN_BY
LENGTH = PREFIX_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH

_TOKEN = re.compile(rf"{MARK}[0-9A-Za-z]{{{LENGTH - len(MARK)}}}", re.ASCII)
_PREFIX = re.compile(rf"{MARK}[0-9A-Za-z]{{{KNOWN_BY}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A token that was just made up.

    Attributes:
        text: all of it: shown once, and kept nowhere.
        prefix: how it begins; no secret.
        digest: of all of it, as the store keeps it.
    """

    text: SecretStr
    prefix: str
    digest: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Presented:
    """A token that somebody sent, and that may be one.

    Attributes:
        prefix: by which it is looked up.
        digest: with which it is compared.
    """

    prefix: str
    digest: str = field(repr=False)


def new_secret() -> NewSecret:
    """A token that nobody has had before."""
    prefix = MARK + "".join(secrets.choice(ALPHABET) for _ in range(KNOWN_BY))
    number = int.from_bytes(secrets.token_bytes(SECRET_BYTES))
    body = prefix + _base62(number, SECRET_LENGTH)
    text = body + checksum(body)
    return NewSecret(SecretStr(text), prefix, _digest(text))


def presented(text: str) -> Presented | None:
    """What was sent, taken apart; None: it is no token, or one with a typo."""
    if not _TOKEN.fullmatch(text):
        return None
    body, check = text[:-CHECKSUM_LENGTH], text[-CHECKSUM_LENGTH:]
    if checksum(body) != check:
        return None
    return Presented(text[:PREFIX_LENGTH], _digest(text))


def prefix_in(text: str) -> str | None:
    """The prefix with which a text begins: of a token, of a part of one; None: it begins unlike."""
    found = _PREFIX.match(text)
    return None if found is None else found[0]


def checksum(body: str) -> str:
    """What stands at the end of a token.

    Args:
        body: all before it.
    """
    return _base62(crc32(body.encode("ascii")), CHECKSUM_LENGTH)


def _digest(text: str) -> str:
    return sha256(text.encode("ascii")).hexdigest()


def _base62(number: int, length: int) -> str:
    written: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        written.append(ALPHABET[digit])
    return "".join(reversed(written))
