"""E-mail as a way out, over SMTP."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import aiosmtplib
from aiosmtplib import SMTP
from pydantic import ValidationError

from bot.outbox.mail_server import SmtpServer, mailbox
from bot.outbox.outcome import Later, Never, NotTried, Outcome, Sent, StillMine, Unsure
from bot.outbox.payloads import EmailMessagePayload
from bot.outbox.steps import reached
from storage.records.delivery import Delivery, digest_of

log = logging.getLogger(__name__)

POLICY = SMTP_POLICY.clone(cte_type="7bit")
"""Every server takes seven bits."""

LEAVE_WITHIN = 1.0
"""Seconds for the goodbye, which changes nothing."""


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """Sends the outbox's messages as e-mail.

    A mailbox cannot be searched: a message whose reply was lost between its last byte and the
    server's "250" is sent again. Its `Message-ID` is made of the key, so that it is the same both
    times, and those mailboxes that look at it keep one.

    Attributes:
        server: that takes them.
        timeout: how long each exchange with it may take, and all of them together.
    """

    server: SmtpServer
    timeout: timedelta

    async def deliver(self, delivery: Delivery, still_mine: StillMine) -> Outcome:
        """Sends a message; see `Channel.deliver`."""
        to = mailbox(delivery.address)
        if to is None:
            return Never(f"{delivery.address!r} is no e-mail address: correct it.")
        try:
            payload = EmailMessagePayload.model_validate(delivery.payload)
        except ValidationError as error:
            return Never(f"The message cannot be read: {error.errors()[0]['msg']}.")
        message = self._message(delivery, payload, to)
        attempt = _Attempt(self, delivery, message, still_mine)
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                return await attempt.run()
        except TimeoutError as error:
            return attempt.failed(f"The e-mail server did not answer in time ({_word(error)}).")
        except aiosmtplib.SMTPResponseException as error:
            return attempt.refused(error.code, error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return attempt.failed(f"The connection to the e-mail server failed ({_word(error)}).")
        finally:
            await attempt.leave()

    def _message(
        self, delivery: Delivery, payload: EmailMessagePayload, to: Address
    ) -> EmailMessage:
        message = EmailMessage(policy=POLICY)
        message["From"] = self.server.sender
        message["To"] = to
        message["Subject"] = payload.subject
        message["Date"] = format_datetime(delivery.created_at)
        message["Message-ID"] = self._message_id(delivery.digest)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody is away for this
        if payload.root is not None:
            root = self._message_id(digest_of(payload.root))
            message["In-Reply-To"] = root
            message["References"] = root
        message.set_content(payload.text)
        if payload.html is not None:
            message.add_alternative(payload.html, subtype="html")
        return message

    def _message_id(self, digest: str) -> str:
        return f"<{digest[:40]}@{self.server.sender.domain}>"


class _Attempt:
    """One e-mail on its way."""

    def __init__(
        self,
        channel: EmailChannel,
        delivery: Delivery,
        message: EmailMessage,
        still_mine: StillMine,
    ) -> None:
        server = channel.server
        self._sender = server.sender.addr_spec
        self._delivery = delivery
        self._message = message
        self._still_mine = still_mine
        self._is_handed_over = False
        self._client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=channel.timeout.total_seconds(),
            use_tls=server.tls == "at_once",
            start_tls=server.tls == "starttls",
            username=server.user,
            password=server.password.get_secret_value() if server.password else None,
        )

    async def run(self) -> Outcome:
        """Hands it over."""
        await self._client.connect()
        await self._client.mail(self._sender)
        await self._client.rcpt(self._delivery.address)
        if not await self._still_mine():
            return NotTried()
        reached("sending", self._delivery)
        self._is_handed_over = True
        await self._client.data(self._message.as_bytes())
        reached("stored", self._delivery)
        return Sent(str(self._message["Message-ID"]))

    async def leave(self) -> None:
        """Says goodbye where somebody still listens."""
        try:
            if self._client.is_connected:
                await self._client.quit(timeout=LEAVE_WITHIN)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.debug("no goodbye from the e-mail server: %s", _word(error))
        finally:
            self._client.close()

    def failed(self, reason: str) -> Outcome:
        """What follows where the server fell silent."""
        if self._is_handed_over:
            log.warning(
                "delivery %d may arrive twice, under one Message-ID: %s", self._delivery.id, reason
            )
            return Unsure(reason)
        return Later(reason, is_unsure=self._delivery.state == "uncertain")

    def refused(self, code: int, error: aiosmtplib.SMTPResponseException) -> Outcome:
        """What follows where the server said no: RFC 5321, 4.2.1: 4yz for now, 5yz for good."""
        unsure = self._delivery.state == "uncertain"
        said = f"The e-mail server said {code} {_word(error)}."
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            cure = "Check the user and the password in COSTBOT_SMTP_URL."
            return Later(f"{said} {cure}", is_unsure=unsure)
        if code < 400:  # no answer that SMTP knows
            return self.failed(said)
        if code >= 500 and not isinstance(
            error, (aiosmtplib.SMTPConnectResponseError, aiosmtplib.SMTPHeloError)
        ):
            return Never(f"{said} Check the address {self._delivery.address}.")
        return Later(said, is_unsure=unsure)


def _word(error: BaseException) -> str:
    """What the server said, for people, in a line."""
    message = error.message if isinstance(error, aiosmtplib.SMTPException) else str(error)
    return " ".join(message.split())[:200] or type(error).__name__
