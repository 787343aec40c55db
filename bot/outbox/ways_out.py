"""The ways out that a deployment has set up; what each needs is loaded when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr

from analysis.clock import Clock
from bot.outbox.mail_server import SmtpServer
from bot.outbox.outcome import Channel, Timing
from bot.outbox.webhooks import Webhook
from bot.pictures.painter import Painter
from bot.slack.pace import Pace
from storage.records.delivery import ChannelKind
from storage.repositories.deliveries import DeliveryRepository

if TYPE_CHECKING:
    from bot.slack.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What is set up.

    Attributes:
        slack: the bot's token and the address of the Web API; None: no Slack.
        workspaces: of Slack, each with a token of its own; None: there is one.
        mail: see `bot.outbox.mail_server.parse_server`; None: no e-mail.
        webhooks: by their names.
        linear: the key and the address of its API; None: no Linear.
    """

    slack: tuple[SecretStr, str] | None = None
    mail: SmtpServer | None = None
    webhooks: Mapping[str, Webhook] = field(default_factory=dict[str, Webhook])
    linear: tuple[SecretStr, str] | None = None
    workspaces: Workspaces | None = None


def channels_of(
    ways: WaysOut,
    deliveries: DeliveryRepository,
    pace: Pace,
    clock: Clock,
    timing: Timing,
    painter: Painter | None = None,
) -> dict[ChannelKind, Channel]:
    """What sends through each of them.

    Args:
        ways: that are set up.
        deliveries: the outbox, in which replies find their roots.
        pace: of messages to Slack, shared with all else that posts in this process.
        clock: the present.
        timing: how long an attempt may take.
        painter: of the pictures in Slack; None: messages go without.
    """
    channels: dict[ChannelKind, Channel] = {}
    if ways.slack is not None:
        from bot.outbox.slack import SlackChannel, outbox_client
        from bot.outbox.slack_calls import Calls
        from bot.slack.pictures import FileApi, Pictures

        token, api_url = ways.slack
        own = token.get_secret_value() if ways.workspaces is None else None
        client = outbox_client(own, api_url)
        calls = Calls(client, timing.timeout)
        pictures = painter and Pictures(painter, cast("FileApi", client), pace.pause)
        channels["slack"] = SlackChannel(
            calls, pace, deliveries.find_keys, pictures, ways.workspaces
        )
    if ways.mail is not None:
        from bot.outbox.email import EmailChannel

        channels["email"] = EmailChannel(ways.mail, timing.timeout)
    if ways.webhooks:
        from bot.outbox.webhook import WebhookChannel

        channels["webhook"] = WebhookChannel(ways.webhooks, timing.timeout, clock)
    if ways.linear is not None:
        from bot.outbox.linear import LinearChannel
        from bot.outbox.linear_calls import LinearCalls

        key, url = ways.linear
        linear_calls = LinearCalls(key, url, timing.timeout, clock)
        channels["linear"] = LinearChannel(linear_calls, deliveries.find_keys)
    return channels
