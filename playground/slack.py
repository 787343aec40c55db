"""The whole fake, put together around a workspace."""

from __future__ import annotations

from dataclasses import dataclass

from playground.clock import Clock
from playground.delivery import SLACKBOT, Delivery
from playground.events import Events
from playground.faults import Faults
from playground.model import User
from playground.rate_limits import RateLimits
from playground.response_urls import ResponseUrls
from playground.sender import Sender
from playground.socket_mode import SocketMode
from playground.triggers import Triggers
from playground.views import Views
from playground.web_api.call import Services
from playground.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FakeSlack:
    """A workspace and everything that Slack does with one.

    Attributes:
        workspace: the state.
        delivery: what people do.
        response_urls: answers without a token.
        rate_limits: may be switched off by `enabled`.
        faults: the switches for misbehaviour.
        socket_mode: the sockets of apps.
        services: the parts that the Web API's methods use.
    """

    workspace: Workspace
    delivery: Delivery
    response_urls: ResponseUrls
    rate_limits: RateLimits
    faults: Faults
    socket_mode: SocketMode
    sender: Sender
    services: Services

    @property
    def api_url(self) -> str:
        """The base URL for `slack_sdk`'s clients; known once the fake is served."""
        return f"{self.workspace.public_url}/api/"

    async def close(self) -> None:
        """Stop deliveries, and close every connection."""
        await self.delivery.events.close()
        await self.sender.close()
        await self.socket_mode.close()


def create_slack(
    workspace: Workspace, signing_clock: Clock | None = None, seed: int = 0
) -> FakeSlack:
    """Put a fake together.

    Args:
        workspace: its clock is the clock of every limit and deadline.
        signing_clock: stamps signatures; the workspace's clock if omitted. An app that compares
            them with real time refuses what a clock far from it has stamped.
        seed: for faults that strike at a rate.
    """
    clock = workspace.clock
    if SLACKBOT not in workspace.users:
        workspace.add_user(User(SLACKBOT, "slackbot", "Slackbot", is_bot=True))
    socket_mode = SocketMode()
    sender = Sender(clock, signing_clock or clock, socket_mode)
    triggers, views = Triggers(clock), Views(workspace)
    response_urls, rate_limits = ResponseUrls(workspace), RateLimits(clock)
    events = Events(workspace, sender, clock)
    return FakeSlack(
        workspace=workspace,
        delivery=Delivery(workspace, sender, triggers, response_urls, views, events),
        response_urls=response_urls,
        rate_limits=rate_limits,
        faults=Faults(seed),
        socket_mode=socket_mode,
        sender=sender,
        services=Services(workspace, triggers, views, rate_limits, socket_mode),
    )
