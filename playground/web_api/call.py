"""What every method gets: who calls, with which arguments, and the workspace to answer from."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from playground.arguments import Arguments
from playground.model import Channel, File, JsonObject, SlackApp, User
from playground.rate_limits import TIER_3, RateLimits
from playground.slack_error import SlackError, missing
from playground.socket_mode import SocketMode
from playground.triggers import Triggers
from playground.views import Views
from playground.workspace import Workspace

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the fake that methods use."""

    workspace: Workspace
    triggers: Triggers
    views: Views
    rate_limits: RateLimits
    socket_mode: SocketMode


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method by an app."""

    method: str
    app: SlackApp
    args: Arguments
    services: Services

    @property
    def workspace(self) -> Workspace:
        """The workspace that is called."""
        return self.services.workspace

    @property
    def bot(self) -> str:
        """The user id of the calling app's bot."""
        return self.app.bot_user_id

    def channel(self, name: str = "channel", *, member: bool = False) -> Channel:
        """The conversation that an argument names by id, or `#name` where Slack takes one.

        Args:
            name: the argument.
            member: whether the app must be in it.

        Raises:
            SlackError: `channel_not_found` (private ones that the app is not in, too) or
                `not_in_channel`.
        """
        sent = self.args.text(name)
        if not sent:
            raise missing(name)
        channel = self.workspace.channels.get(sent)
        if channel is None:
            raise SlackError("channel_not_found")
        return self.reachable(channel, member=member)

    def reachable(self, channel: Channel, *, member: bool) -> Channel:
        """The channel, if the app may know of it, and is in it where it must be."""
        if self.bot not in channel.members:
            if channel.is_private or channel.is_im:
                raise SlackError("channel_not_found")
            if member:
                raise SlackError("not_in_channel")
        return channel

    def user(self, name: str = "user", error: str = "user_not_found") -> User:
        """The user whose id an argument holds.

        Raises:
            SlackError: `error`, if there is none.
        """
        user = self.workspace.users.get(self.args.required(name))
        if user is None:
            raise SlackError(error)
        return user

    def file(self) -> File:
        """The file that the argument `file` names.

        Raises:
            SlackError: `file_not_found`.
        """
        file = self.workspace.files.get(self.args.required("file"))
        if file is None:
            raise SlackError("file_not_found")
        return file

    def page(
        self, items: Sequence[Item], default: int, most: int = 1000
    ) -> tuple[Sequence[Item], JsonObject]:
        """The page of the items that `cursor` and `limit` ask for, and its response_metadata.

        Raises:
            SlackError: `invalid_cursor` or `invalid_limit`.
        """
        limit = self.args.number("limit", default)
        if limit < 0 or limit > most:
            raise SlackError("invalid_limit")
        start = _position(self.args.text("cursor"))
        end = start + (limit or default)
        more = _cursor(end) if end < len(items) else ""
        return items[start:end], {"response_metadata": {"next_cursor": more}}


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(position)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise SlackError("invalid_cursor")


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what runs, the scopes of which the app needs one, the calls a minute, the token."""

    run: Callable[[Call], Awaitable[JsonObject]]
    scopes: tuple[str, ...] = ()
    a_minute: int = TIER_3
    app_token: bool = False


SCOPES_OF_CONVERSATIONS = {"public": "channels", "private": "groups", "im": "im"}


def check_conversation_scope(call: Call, channel: Channel, right: str) -> None:
    """Refuse where the app lacks `channels:`, `groups:` or `im:` with this right.

    Raises:
        SlackError: `missing_scope`.
    """
    kind = "im" if channel.is_im else "groups" if channel.is_private else "channels"
    check_scope(call.app, (f"{kind}:{right}",))


def check_scope(app: SlackApp, scopes: tuple[str, ...]) -> None:
    """Refuse where the app has been granted none of these scopes.

    Raises:
        SlackError: `missing_scope` with `needed` and `provided`.
    """
    if scopes and app.scopes is not None and not app.scopes.intersection(scopes):
        provided = ",".join(sorted(app.scopes))
        raise SlackError(
            "missing_scope", details={"needed": ",".join(scopes), "provided": provided}
        )
