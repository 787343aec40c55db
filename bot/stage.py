"""Costbot on the stage of the playground: the real app, signed requests, a Slack of one's own.

The only place, with `bot.serving`, that imports the playground.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from secrets import token_hex
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from analysis.errors import BadInput
from analysis.roles import Role
from bot.assembly import Parts, slack_app
from bot.cast import CAST
from bot.links import Links
from bot.slack.app import SlackAccess
from bot.slack.permissions import EVENTS, SCOPES
from bot.supervisor import Supervisor
from bot.web import SLACK_PATH, create_web_app
from handlers.nearest import did_you_mean, shown
from playground.beginning import begin
from playground.clock import Clock, SystemClock
from playground.model import Channel, Command, JsonObject, Message, SlackApp, User, UserGroup
from playground.persistence import State
from playground.rendering import message_json
from playground.server import running
from playground.serving import serving
from playground.slack import FakeSlack
from playground.workspace import Workspace
from storage.records.person import Person
from storage.store import Store

CHANNEL = "costs"
"""Where `costbot say` speaks."""

LEADS = "S0LEADS001"
"""The user group @cost-leads."""

GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a command that was said.

    Attributes:
        command: as it was said.
        status: of the HTTP response; None: none came in time.
        failure: what Slack would show in place of an answer; empty where there is one.
        ack: the body of the response.
        messages: what was said after it: through the response URL, in direct messages, or in the
            channel and its threads; or by Slack itself, where it failed.
        pictures: the files that these messages show, PNG.
        forms: the views that it has opened, the visible one last.
    """

    command: str
    status: int | None
    failure: str
    ack: JsonObject
    messages: list[JsonObject]
    pictures: list[bytes] = field(default_factory=list[bytes])
    forms: list[JsonObject] = field(default_factory=list[JsonObject])

    @property
    def shown(self) -> list[JsonObject]:
        """What stands there in the end: an answer whose picture came after it stands there once."""
        texts = [message.get("text") for message in self.messages]
        is_replaced = self.ack.get("text") in texts
        return [*([self.ack] if self.ack and not is_replaced else []), *self.messages]

    def as_json(self) -> JsonObject:
        """One line of `costbot say --json`."""
        line = {"command": self.command, "status": self.status, "ack": self.ack}
        return {
            **line,
            "messages": self.messages,
            **({"forms": self.forms} if self.forms else {}),
            **({"error": self.failure} if self.failure else {}),
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """A running costbot and the Slack that it hangs on."""

    slack: FakeSlack
    supervisor: Supervisor

    def user_id(self, name: str) -> str:
        """The Slack id of a person of the playground, by handle or id.

        Raises:
            BadInput: there is nobody of that name.
        """
        for user in self.slack.workspace.people():
            if name.casefold() in (user.id.casefold(), user.name):
                return user.id
        handles = [user.name for user in self.slack.workspace.people()]
        sentence = f"There is nobody called {shown(name)} in the playground."
        raise BadInput(sentence, did_you_mean(name, handles))

    async def say(self, command: str, name: str) -> Heard:
        """Says `command` as a person, and waits for everything that comes of it."""
        workspace = self.slack.workspace
        user_id = self.user_id(name)
        channel = workspace.find_channel(CHANNEL)
        if channel is None:
            raise BadInput(f"The playground has no channel #{CHANNEL}.")
        workspace.set_modals(user_id, [])  # those of earlier commands
        before = {message.ts for message in _sent_by_itself(workspace, user_id, channel)}
        outcome = await self.slack.delivery.command(user_id, channel.id, command)
        await self.supervisor.idle()
        posted = outcome.reply.posted if outcome.reply else []
        # What Slack itself says in place of an ack.
        refused = outcome.messages if outcome.error else []
        # What came after the ack, be it in the place of what the ack had put there.
        in_ack = [message for message in outcome.messages if message.edited is None]
        later = [message for message in posted if message not in in_ack]
        sent = [
            message
            for message in _sent_by_itself(workspace, user_id, channel)
            if message.ts not in before and message not in posted
        ]
        said = [message_json(message, workspace) for message in (*refused, *later, *sent)]
        return Heard(
            command=command,
            status=outcome.status,
            failure=outcome.error,
            ack=outcome.ack,
            messages=said,
            pictures=[content for message in said for content in self._pictures_in(message)],
            forms=[view.payload for view in workspace.modals_of(user_id)],
        )

    @property
    def names(self) -> dict[str, str]:
        """How a reader sees the ids of channels and people."""
        workspace = self.slack.workspace
        channels = {one.id: f"#{one.name}" for one in workspace.channels.values() if one.name}
        return {**channels, **{one.id: f"@{one.real_name}" for one in workspace.users.values()}}

    def _pictures_in(self, message: JsonObject) -> Iterator[bytes]:
        files = self.slack.workspace.files
        for block in cast("list[JsonObject]", message.get("blocks") or []):
            if block.get("type") == "image" and (shown := block.get("slack_file")):
                content = files[str(shown["id"])].content
                if content is not None:
                    yield content


def _sent_by_itself(workspace: Workspace, user_id: str, channel: Channel) -> list[Message]:
    """What an app has posted in a person's direct messages, the channel and its threads."""
    return [
        message
        for one in workspace.channels_of(user_id)
        if one.is_im or one.id == channel.id
        for message in workspace.state.messages.get(one.id, {}).values()
        if message.app_id
    ]


@asynccontextmanager
async def staged(parts: Parts, wake: Callable[[], None] | None = None) -> AsyncGenerator[Stage]:
    """Costbot and a fresh playground, each on a free port of the loopback.

    Args:
        parts: that answer.
        wake: is called when there is something in the outbox.
    """
    app = installed_app(parts.settings.public_url)
    clock = SystemClock()
    workspace = begin(clock, people(), app, groups=user_groups(clock))
    await admit(parts.store, workspace.team.id)
    supervisor = Supervisor()
    async with running(workspace) as slack:
        slack.rate_limits.enabled = False  # one person at one terminal is not a flood
        access = replace(access_to(app, slack.api_url), posts_apart=timedelta())
        bolt = slack_app(parts, access, supervisor, wake=wake)
        async with serving(create_web_app(parts, bolt)) as url:
            app.request_url = f"{url}{SLACK_PATH}"
            try:
                yield Stage(slack, supervisor)
            finally:
                await supervisor.stop(GRACE_SECONDS)


def installed_app(public_url: str | None = None) -> SlackApp:
    """Costbot as an app of the playground, with secrets that nobody knew before.

    Args:
        public_url: where its links lead; None: it has none.
    """
    domain = Links(public_url or "").domain
    return SlackApp(
        id="A0COSTBOT1",
        name="costbot",
        bot_user_id="U0COSTBOT1",
        bot_id="B0COSTBOT1",
        signing_secret=token_hex(16),
        bot_token=f"xoxb-{token_hex(12)}",
        app_token=f"xapp-{token_hex(12)}",
        scopes=SCOPES,
        events=frozenset(EVENTS),
        unfurl_domains=(domain,) if domain else (),
        commands=(
            Command(
                "/cost",
                "today by model | 7d | pricing | help",
                "What AI compute costs",
                should_escape=True,
            ),
            Command(
                "/budget",
                "create | list | show NAME | help",
                "What we mean to spend at most",
                should_escape=True,
            ),
            Command(
                "/recs",
                "list | show ID | accept ID | tracker | help",
                "What we could save",
                should_escape=True,
            ),
        ),
    )


def access_to(app: SlackApp, api_url: str) -> SlackAccess:
    """How costbot reaches the playground."""
    return SlackAccess(
        bot_token=SecretStr(app.bot_token),
        signing_secret=SecretStr(app.signing_secret),
        api_url=api_url,
    )


def people() -> list[User]:
    """The cast as users of the workspace."""
    return [
        User(
            id=player.user_id,
            name=player.handle,
            real_name=player.name,
            email=f"{player.handle}@playground.example",
            tz=player.zone,
            title=player.title,
        )
        for player in CAST
    ]


def user_groups(clock: Clock) -> list[UserGroup]:
    """The groups of the workspace: one, to try roles by group with."""
    group = UserGroup(
        id=LEADS,
        handle="cost-leads",
        name="Cost leads",
        created=clock.now(),
        description="Look after what their organization spends",
        users=[player.user_id for player in CAST if player.role is Role.ORG_ADMIN],
    )
    return [group]


async def admit(store: Store, team_id: str) -> None:
    """Makes the cast known to costbot, each with their role; strangers stay strangers."""
    for player in CAST:
        if player.role is not None and await store.people.find(team_id, player.user_id) is None:
            person = Person(
                team_id=team_id,
                user_id=player.user_id,
                name=player.name,
                organization=player.organization,
                role=player.role,
                zone=ZoneInfo(player.zone),
            )
            await store.people.put(person)


def load_or_begin(app: SlackApp, saved: State | None) -> Workspace:
    """The playground's workspace, as it was left."""
    clock = SystemClock()
    return begin(clock, people(), app, saved, user_groups(clock))
