"""Webhooks as a way out: a signed POST, as Standard Webhooks (standardwebhooks.com) has it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from pydantic import ValidationError

from analysis.clock import Clock
from bot.outbox.outcome import Later, Never, NotTried, Outcome, Sent, StillMine, Unsure
from bot.outbox.payloads import WebhookEvent
from bot.outbox.steps import reached
from bot.outbox.webhooks import Webhook
from storage.records.delivery import Delivery

_EARLY = frozenset({408, 425, 429})
"""Refusals that are over after a while: request timeout, too early, too many."""

LONGEST_WAIT = timedelta(hours=1)
"""A longer Retry-After is not believed."""


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """What is sent as `webhook-signature`: HMAC-SHA256 of id, time and body, in base64.

    Args:
        secret: shared with the receiver.
        message_id: what is sent as `webhook-id`.
        timestamp: what is sent as `webhook-timestamp`: seconds since 1970.
        body: as it is sent.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Posts the outbox's messages to webhooks.

    What a receiver has done with a post cannot be asked: one whose answer was lost is posted again
    under the same `webhook-id` and `Idempotency-Key`, by which the receiver knows it.

    No redirect is followed: whoever answers for the address could else point costbot at what is
    near it, a cloud's metadata service for one.

    Attributes:
        webhooks: by their names in the settings.
        timeout: how long a post may take.
        clock: the present.
    """

    webhooks: Mapping[str, Webhook]
    timeout: timedelta
    clock: Clock

    async def deliver(self, delivery: Delivery, still_mine: StillMine) -> Outcome:
        """Posts a message; see `Channel.deliver`."""
        webhook = self.webhooks.get(delivery.address)
        if webhook is None:
            return Never(f"There is no webhook {delivery.address!r}: put it into COSTBOT_WEBHOOKS.")
        try:
            event = WebhookEvent.model_validate(delivery.payload)
        except ValidationError as error:
            return Never(f"The message cannot be read: {error.errors()[0]['msg']}.")
        body = _body(delivery, event)
        if not await still_mine():
            return NotTried()
        reached("sending", delivery)
        outcome = await self._posted(webhook, delivery, body)
        if isinstance(outcome, Sent):
            reached("stored", delivery)
        return outcome

    async def _posted(self, webhook: Webhook, delivery: Delivery, body: bytes) -> Outcome:
        now = self.clock()
        timestamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "costbot",
            "Idempotency-Key": delivery.digest,
            "webhook-id": delivery.digest,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(webhook.key, delivery.digest, timestamp, body),
        }
        url = webhook.url.get_secret_value()
        patience = aiohttp.ClientTimeout(total=self.timeout.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return _meaning(answer.status, answer.headers, now)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            # Their own words name the address.
            return Later("The webhook could not be reached.")
        except aiohttp.InvalidURL:
            return Never("The webhook's address is none: correct it in COSTBOT_WEBHOOKS.")
        except TimeoutError:
            return Unsure("The webhook did not answer in time.")
        except aiohttp.ClientError:
            return Unsure("The connection to the webhook broke.")


def _body(delivery: Delivery, event: WebhookEvent) -> bytes:
    body = {
        "type": event.event,
        "timestamp": delivery.created_at.isoformat().replace("+00:00", "Z"),
        "data": event.data,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _meaning(status: int, headers: Mapping[str, str], now: datetime) -> Outcome:
    if 200 <= status < 300:
        return Sent(str(status))
    said = f"The webhook answered {status}."
    if status >= 500 or status in _EARLY:
        return Later(said, _retry_after(headers, now))
    if 300 <= status < 400:
        return Never(f"{said} Redirects are not followed: set the address it points to.")
    if status in (404, 410):
        return Never(f"{said} It is gone: correct its address, or take it out of the contacts.")
    if status in (401, 403):
        return Never(f"{said} It does not let costbot in: check its secret on both sides.")
    return Never(f"{said} It does not take the message.")


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    value = headers.get("Retry-After", "")
    if value.isdecimal():
        wait = timedelta(seconds=int(value[:9]))
    else:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        if at.tzinfo is None:
            return None
        wait = at - now
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None
