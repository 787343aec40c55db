"""The outbox's worker of a serving process, put together from the settings."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from secrets import token_hex

from pydantic import SecretStr

from bot.assembly import Parts, machine_name
from bot.outbox.mail_server import SmtpServer, parse_server
from bot.outbox.outcome import Timing
from bot.outbox.sender import Sender
from bot.outbox.ways_out import WaysOut, channels_of
from bot.settings import Settings
from bot.slack.app import SlackAccess
from bot.slack.pace import Pace
from bot.supervisor import Supervisor


@asynccontextmanager
async def sending(
    parts: Parts, access: SlackAccess, supervisor: Supervisor, pace: Pace
) -> AsyncGenerator[Sender]:
    """Sends what is in the outbox for as long as the block lasts.

    Args:
        parts: whose store holds it.
        access: to the Slack that messages go to.
        supervisor: keeps the work.
        pace: of messages to Slack, shared with all else that posts in this process.

    Raises:
        BadInput: the e-mail server in the settings cannot be used.
    """
    ways = WaysOut(
        slack=(access.bot_token, access.api_url),
        mail=mail_server_of(parts.settings),
        webhooks=parts.settings.webhooks,
        linear=linear_of(parts.settings),
        workspaces=access.workspaces,
    )
    deliveries, clock = parts.store.deliveries, parts.clock
    channels = channels_of(ways, deliveries, pace, clock, Timing(), parts.painter)
    worker = f"{machine_name()}-{os.getpid()}-{token_hex(4)}"
    sender = Sender(deliveries, channels, supervisor, clock, worker, observer=parts.observer)
    running = supervisor.spawn(sender.run(), "outbox")
    try:
        yield sender
    finally:
        await sender.stop()
        await running


def linear_of(settings: Settings) -> tuple[SecretStr, str] | None:
    """The key and the address of Linear's API, if a key is set."""
    if settings.linear_token is None:
        return None
    return settings.linear_token, settings.linear_api_url


def mail_server_of(settings: Settings) -> SmtpServer | None:
    """The e-mail server that is set up, if one is.

    Raises:
        BadInput: it cannot be used.
    """
    if settings.smtp_url is None:
        return None
    return parse_server(settings.smtp_url, settings.smtp_from)
