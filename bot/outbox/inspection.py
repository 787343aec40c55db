"""Whether e-mail and webhooks can leave: a part of `costbot doctor`. Nothing is sent."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from analysis.checks import Check, failed, failed_with, passed, warned
from analysis.errors import BadInput
from bot.outbox.mail_server import SmtpServer, parse_server
from bot.outbox.webhooks import Webhook

SECONDS = 10.0
"""How long a server may take to answer."""

MAIL = "e-mail"

_TLS = {"at_once": "with TLS", "starttls": "with STARTTLS", "no": "without TLS"}


@dataclass(frozen=True, slots=True)
class MailInspection:
    """Looks at the server that takes costbot's e-mail.

    Attributes:
        url: of the server; None: it is not set.
        sender: costbot's own address.
        seconds: how long it may take to answer.
    """

    url: SecretStr | None
    sender: str
    seconds: float = SECONDS

    async def inspect(self) -> list[Check]:
        """What the server says to a greeting, to TLS and to the password."""
        if self.url is None:
            return []
        try:
            server = parse_server(self.url, self.sender)
        except BadInput as error:
            return [failed_with(MAIL, error)]
        return [await self._greeted(server)]

    async def _greeted(self, server: SmtpServer) -> Check:
        import aiosmtplib  # slow to load, and most deployments tell nobody by e-mail

        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=self.seconds,
            use_tls=server.tls == "at_once",
            start_tls=server.tls == "starttls",
            username=server.user,
            password=server.password.get_secret_value() if server.password else None,
        )
        where = f"{server.host}:{server.port}"
        try:
            async with asyncio.timeout(2 * self.seconds):
                await client.connect()
                await client.ehlo()
                await client.quit()
        except aiosmtplib.SMTPAuthenticationError as error:
            sentence = f"The server {where} does not take the password: {_word(error.message)}."
            return failed(MAIL, sentence, "Correct user and password in COSTBOT_SMTP_URL.")
        except aiosmtplib.SMTPNotSupported as error:
            sentence = f"The server {where} cannot do what it is asked for: {_word(error.message)}."
            return failed(MAIL, sentence, "See docs/outbox.md for what COSTBOT_SMTP_URL can say.")
        except (aiosmtplib.SMTPException, OSError) as error:
            sentence = f"The server {where} cannot be spoken to: {_word(str(error))}."
            cure = "See that this machine reaches it, that it listens on this port, and that its "
            return failed(MAIL, sentence, f"{cure}certificate is right.")
        finally:
            client.close()
        who = "takes the password" if server.user else "asks for no password"
        return passed(MAIL, f"The server {where} answers {_TLS[server.tls]}, and {who}.")


@dataclass(frozen=True, slots=True)
class WebhookInspection:
    """Looks at the addresses of webhooks.

    Attributes:
        webhooks: by name.
        seconds: how long looking for a host may take.
    """

    webhooks: Mapping[str, Webhook]
    seconds: float = SECONDS

    async def inspect(self) -> list[Check]:
        """What can be told without posting anything; of an address the host alone is named."""
        return list(
            await asyncio.gather(
                *(self._looked_at(name, webhook) for name, webhook in self.webhooks.items())
            )
        )

    async def _looked_at(self, name: str, webhook: Webhook) -> Check:
        what = f"webhook {name}"
        try:
            parts = urlsplit(webhook.url.get_secret_value())
            host, port = parts.hostname or "", parts.port
        except ValueError:
            cure = "Correct its url in COSTBOT_WEBHOOKS."
            return failed(what, "Its address cannot be read.", cure)
        port = port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(self.seconds):
                loop = asyncio.get_running_loop()
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            sentence = f"Nobody knows the host {host}."
            return failed(what, sentence, "Correct its url in COSTBOT_WEBHOOKS, or the DNS here.")
        if parts.scheme == "https":
            return passed(what, f"It is posted to {host} with TLS, signed; nothing was posted.")
        if all(_is_here(str(address[4][0])) for address in found):
            return passed(what, f"It is posted to {host}, this machine, signed.")
        sentence = f"What is posted to {host} goes without TLS: others may read it on its way."
        return warned(what, sentence, "Give it an https:// address in COSTBOT_WEBHOOKS.")


def _is_here(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _word(said: str) -> str:
    """What went wrong, in a line without a full stop."""
    return " ".join(said.split())[:200].rstrip(".") or "it gives no reason"
