"""Costbot as several workspaces install it: over real HTTP, in two Slacks that look alike."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import aiohttp
from pydantic import SecretStr

from bot.assembly import Parts, assembled, slack_app
from bot.assembly.workspaces import install_pages_of, slack_access_of
from bot.outbox.outcome import Timing
from bot.outbox.sender import Sender
from bot.outbox.ways_out import WaysOut, channels_of
from bot.settings import Settings
from bot.slack.many_workspaces import ManyWorkspaces
from bot.slack.pace import Pace
from bot.stage import installed_app, people
from bot.supervisor import Supervisor
from bot.web import SLACK_PATH, create_web_app
from handlers.workspaces.managing import WorkspaceHandler
from handlers.workspaces.sealing import new_key
from playground.clock import ManualClock, SystemClock
from playground.model import Message, SlackApp, Team
from playground.outcome import Outcome
from playground.serving import serving
from playground.several.listing import Listing
from playground.several.server import AUTHORIZE, running_several
from playground.several.slacks import Slacks
from playground.slack import FakeSlack, create_slack
from playground.workspace import State, Workspace
from storage import Store
from tests.facts import Fact, fill, request
from tests.slack.conftest import NOW, at
from tests.stores import lay_store

CLIENT_ID, CLIENT_SECRET = "111.222", "planted-client-secret"

OTTO, UTE = "U0OTTO0001", "U0UTE00001"

FACTS: Sequence[Fact] = (
    request(at(20, 9), "3", model="gpt-4", organization="acme", provider="openai"),
    request(at(20, 9), "700", model="claude", organization="globex", provider="anthropic"),
)


@dataclass(frozen=True)
class World:
    """What the tests act on."""

    parts: Parts
    slacks: Slacks
    slack_url: str
    url: str
    many: ManyWorkspaces
    supervisor: Supervisor
    browser: aiohttp.ClientSession
    key: SecretStr

    @property
    def store(self) -> Store:
        """Of everything that is kept."""
        return self.parts.store

    @property
    def handler(self) -> WorkspaceHandler:
        """Keeps the workspaces."""
        return self.many.handler

    def slack(self, team: str) -> FakeSlack:
        """One of the Slacks."""
        return self.slacks.by_id[team]

    async def begin(self) -> tuple[str, str]:
        """Opens the page: the address of Slack's page, and the cookie."""
        async with self.browser.get(f"{self.url}/slack/install") as answer:
            page = await answer.text()
            assert answer.status == 200, page
            cookie = answer.headers["Set-Cookie"]
        assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax"))
        address = re.search(r'href="([^"]+)"', page)
        assert address is not None
        return unescape(address[1]), cookie.partition(";")[0]

    async def allow(self, address: str, team: str, *, do: str = "allow", user: str = OTTO) -> str:
        """Presses a button of Slack's page: where the browser is sent then."""
        form = {"team": team, "user": user, "do": do}
        async with self.browser.post(address, data=form, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]

    async def come_back(self, address: str, cookie: str) -> tuple[int, str]:
        """Follows Slack's redirect."""
        headers = {"Cookie": cookie}
        async with self.browser.get(address, headers=headers) as answer:
            return answer.status, await answer.text()

    async def install(self, team: str) -> tuple[int, str]:
        """All of it."""
        address, cookie = await self.begin()
        return await self.come_back(await self.allow(address, team), cookie)

    async def say(self, team: str, text: str, user: str = UTE) -> Outcome:
        """A command, and everything that comes of it."""
        slack = self.slack(team)
        channel = slack.workspace.find_channel("costs")
        assert channel is not None
        outcome = await slack.delivery.command(user, channel.id, text)
        await self.supervisor.idle()
        return outcome

    def channel(self, team: str) -> str:
        """The id of #costs, to which the bot is invited."""
        workspace = self.slack(team).workspace
        channel = workspace.find_channel("costs")
        assert channel is not None
        if self.slacks.listing.app.id in workspace.apps:
            workspace.join(channel.id, workspace.apps[self.slacks.listing.app.id].bot_user_id)
        return channel.id

    def posted(self, team: str) -> list[Message]:
        """What the bot has said in a workspace, wherever."""
        messages = self.slack(team).workspace.state.messages.values()
        return [one for there in messages for one in there.values() if one.app_id]

    async def send_outbox(self) -> None:
        """Lets everything out that waits in the outbox."""
        pace = Pace(lambda: NOW, timedelta())
        ways = WaysOut(slack=(SecretStr(""), f"{self.slack_url}/api/"), workspaces=self.many)
        deliveries = self.store.deliveries
        channels = channels_of(ways, deliveries, pace, lambda: NOW, Timing())
        await Sender(deliveries, channels, self.supervisor, lambda: NOW, "one").send_what_is_due()

    async def settle(self) -> None:
        """Waits until every event has arrived."""
        for slack in self.slacks.by_id.values():
            await slack.delivery.events.settle()
        await self.supervisor.idle()


def workspace(team: str, name: str, enterprise: str = "") -> FakeSlack:
    """A Slack with the same people and channels as every other one here."""
    made = Workspace(ManualClock(NOW), State(team=Team(team, name, name.lower(), enterprise)))
    for person in people():
        made.add_user(person)
    made.add_channel("costs", members=[one.id for one in made.people()])
    slack = create_slack(made, SystemClock())
    slack.rate_limits.enabled = False
    return slack


@asynccontextmanager
async def world(
    folder: Path, *, rotates: bool = False, store_url: str | None = None, own: str = ""
) -> AsyncGenerator[World]:
    """Two workspaces by themselves, T0ACME and T0GLOBEX, and two of the grid E0GRID.

    Args:
        folder: costbot's home.
        rotates: whether Slack's tokens end.
        store_url: of the store; None: in the home.
        own: the workspace whose token is in the settings; empty: none is.
    """
    template: SlackApp = replace(installed_app(), bot_token="", app_token="")
    redirects: list[str] = []
    listing = Listing(template, CLIENT_ID, CLIENT_SECRET, (), rotates)
    slacks = Slacks(
        listing,
        [
            workspace("T0ACME", "Acme"),
            workspace("T0GLOBEX", "Globex"),
            workspace("T0EAST", "East", "E0GRID"),
            workspace("T0WEST", "West", "E0GRID"),
        ],
        ManualClock(NOW),
    )
    key = SecretStr(new_key())
    lay_store(folder)
    own_token = None
    if own:
        code = slacks.allow(own, OTTO, template.scopes or frozenset(), "")
        own_token = SecretStr(slacks.exchange(code, "")["access_token"])
    async with running_several(slacks) as slack_url:
        settings = Settings(
            home=folder,
            store_url=None if store_url is None else SecretStr(store_url),
            slack_signing_secret=SecretStr(template.signing_secret),
            slack_bot_token=own_token,
            slack_client_id=CLIENT_ID,
            slack_client_secret=SecretStr(CLIENT_SECRET),
            encryption_keys=cast("tuple[SecretStr, ...]", (key,)),
            slack_api_url=f"{slack_url}/api/",
            default_organization="acme",
        )
        async with assembled(settings, lambda: NOW) as assembled_parts:
            fill(assembled_parts.mart, FACTS, NOW, settings.hourly_days)
            parts, access = slack_access_of(assembled_parts)
            assert access.workspaces is not None
            supervisor = Supervisor()
            web = create_web_app(parts, slack_app(parts, access, supervisor))
            web.include_router(install_pages_of(settings, access.workspaces))
            async with serving(web) as url, aiohttp.ClientSession() as browser:
                template.request_url = f"{url}{SLACK_PATH}"
                if own:
                    slacks.by_id[own].workspace.apps[template.id].request_url = template.request_url
                redirects.append(f"{url}/slack/oauth_redirect")
                slacks.listing = replace(listing, redirect_urls=tuple(redirects))
                many = access.workspaces
                yield World(parts, slacks, slack_url, url, many, supervisor, browser, key)
                await supervisor.stop(10)


def query_of(address: str) -> dict[str, list[str]]:
    """What stands behind the question mark of an address."""
    return parse_qs(urlsplit(address).query)


__all__ = ["AUTHORIZE", "World", "query_of", "world"]
