"""Which server takes costbot's e-mail, and which addresses there are."""

from __future__ import annotations

from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

from analysis.errors import BadInput

EXAMPLES = (
    "Use `smtp://user:password@host:587` (STARTTLS), `smtps://user:password@host:465` (TLS), or "
    "`smtp://host:25?tls=no` for a relay that is near."
)

_NEAR = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The server that takes costbot's e-mail, and as whom it is sent.

    Attributes:
        host, port: where it is.
        sender: costbot's own address.
        user: None: it asks for none.
        password: of the user.
        tls: `at_once`, `starttls` (never without), or `no`.
    """

    host: str
    port: int
    sender: Address
    user: str | None = None
    password: SecretStr | None = None
    tls: Literal["at_once", "starttls", "no"] = "starttls"


def parse_server(url: SecretStr, sender: str) -> SmtpServer:
    """Reads the address of a server.

    Args:
        url: as in `EXAMPLES`; user and password percent-encoded.
        sender: costbot's address: `costbot@example.com`.

    Raises:
        BadInput: one of them cannot be used; the address of the server is never repeated, for it
            may hold a password.
    """
    try:
        parts = urlsplit(url.get_secret_value())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadInput("The address of the e-mail server cannot be read.", EXAMPLES) from None
    wishes = parse_qs(parts.query)
    without = wishes == {"tls": ["no"]}
    if parts.scheme not in ("smtp", "smtps") or not host or (wishes and not without):
        raise BadInput("The address of the e-mail server cannot be read.", EXAMPLES)
    if without and (parts.scheme == "smtps" or (parts.password and host not in _NEAR)):
        raise BadInput("A password is not sent without TLS.", EXAMPLES)
    own = mailbox(sender)
    if own is None:
        raise BadInput(f"{sender!r} is no e-mail address to send from.", "One is bot@example.com.")
    implicit = parts.scheme == "smtps"
    return SmtpServer(
        host=host,
        port=port or (465 if implicit else 587),
        sender=own,
        user=unquote(parts.username) if parts.username else None,
        password=SecretStr(unquote(parts.password)) if parts.password else None,
        tls="at_once" if implicit else "no" if without else "starttls",
    )


def mailbox(text: str) -> Address | None:
    """The address of one mailbox; None: it is none."""
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        return None
    if not address.domain or not text.isascii() or any(c.isspace() for c in text):
        return None
    return address
