"""What a workspace is made of: people, channels, messages, files, views, apps, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from secrets import randbelow, token_hex
from typing import Any, ClassVar

from pydantic import ConfigDict

JsonObject = dict[str, Any]
"""A JSON object as it came over the wire: a block, a view, a payload."""


@dataclass(slots=True)
class User:
    """A person, or the face of an app.

    Args:
        id: Slack's shape, `U` and at least eight capital letters or digits.
        name: the handle, lower case, without `@`.
        real_name: the name that is displayed.
        email: the address that `users.lookupByEmail` finds.
        tz: an IANA zone.
        title: what the page shows beside the name, such as "admin of all organizations".
        is_bot: whether this is an app's bot user.
        is_admin: whether the person administers the workspace (not costbot).
    """

    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "UTC"
    title: str = ""
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False


@dataclass(slots=True)
class UserGroup:
    """A user group, such as `@cost-leads`.

    Args:
        id: Slack's shape, `S` and at least eight capital letters or digits.
        handle: what it is mentioned by, lower case, without `@`.
        name: the name that is displayed.
        created: when it was made; it counts as changed then as well.
        description: what it is for.
        users: the ids of its members.
        enabled: whether it is in use; Slack keeps groups that are not.
    """

    id: str
    handle: str
    name: str
    created: datetime
    description: str = ""
    users: list[str] = field(default_factory=list[str])
    enabled: bool = True


@dataclass(slots=True)
class Channel:
    """A public or private channel, or a direct message between two (`is_im`)."""

    id: str
    name: str
    created: datetime
    creator: str = ""
    is_private: bool = False
    is_im: bool = False
    topic: str = ""
    purpose: str = ""
    members: list[str] = field(default_factory=list[str])

    def other(self, user_id: str) -> str:
        """Whom `user_id` talks to in this direct message (oneself, if alone)."""
        return next((member for member in self.members if member != user_id), user_id)


@dataclass(slots=True)
class Edited:
    """Who changed a message, and when."""

    user: str
    ts: str


@dataclass(slots=True)
class Reaction:
    """An emoji below a message (`name` without colons) and who chose it."""

    name: str
    users: list[str]


@dataclass(slots=True)
class Message:
    """One message; `text` and `blocks` are kept as they were sent.

    Args:
        channel: the channel's id.
        ts: its identity in the channel, seconds and microseconds, such as `1733400000.000100`.
        user: the author's user id (an app's bot user for what an app posts).
        thread_ts: the root's `ts`, on replies, and on the root itself once it has a reply.
        bot_id: set on what an app posts.
        metadata: `{"event_type": …, "event_payload": …}` if it was sent with some.
        ephemeral_to: the only user who sees it; None for ordinary messages.
        reply_broadcast: a reply that is shown in the channel too.
        files: ids of the files shared by it.
    """

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[JsonObject] = field(default_factory=list[JsonObject])
    attachments: list[JsonObject] = field(default_factory=list[JsonObject])
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    metadata: JsonObject | None = None
    edited: Edited | None = None
    reactions: list[Reaction] = field(default_factory=list[Reaction])
    files: list[str] = field(default_factory=list[str])
    ephemeral_to: str | None = None
    reply_broadcast: bool = False
    subtype: str | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class File:
    """An uploaded file; shared in a message only once its upload is completed.

    Args:
        ready_at: when Slack has looked through it: only then a block may show it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        ser_json_bytes="base64", val_json_bytes="base64"
    )

    id: str
    name: str
    title: str
    user: str
    created: datetime
    mimetype: str
    filetype: str
    expected_size: int
    alt_txt: str = ""
    content: bytes | None = None
    completed: bool = False
    ready_at: datetime | None = None
    channels: list[str] = field(default_factory=list[str])

    @property
    def size(self) -> int:
        """Bytes received, or announced while none have been."""
        return len(self.content) if self.content is not None else self.expected_size


@dataclass(slots=True)
class View:
    """A modal or an App Home tab as the app sent it (`payload`), with what Slack adds to it.

    Args:
        payload: the view's JSON: type, title, blocks, submit, close, private_metadata, …
        state_values: what the person has entered so far: block_id → action_id → value.
        errors: block_id → sentence, from a `response_action: errors`.
    """

    id: str
    type: str
    user: str
    app_id: str
    payload: JsonObject
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    external_id: str = ""
    state_values: JsonObject = field(default_factory=JsonObject)
    errors: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as an app's manifest declares it.

    Args:
        name: with its slash.
        usage_hint: shown while it is typed.
        description: shown beside it.
        should_escape: names of people and channels are passed on as references.
    """

    name: str
    usage_hint: str = ""
    description: str = ""
    should_escape: bool = False


@dataclass(slots=True)
class SlackApp:
    """An installed app.

    Args:
        id: `A…`.
        name: as shown.
        bot_user_id: the `U…` of its bot user, which must be a user of the workspace.
        bot_id: `B…`.
        request_url: where commands, interactions and events are sent; empty for Socket Mode alone.
        signing_secret: signs what is sent.
        bot_token: `xoxb-…`.
        app_token: `xapp-…`, for Socket Mode.
        scopes: the granted bot scopes; None grants every one.
        events: the subscribed event types.
        socket_mode: whether deliveries go through the socket in place of `request_url`.
        is_org_wide: it was installed for all workspaces of a grid.
        unfurl_domains: links that lead there, or to parts of them, are told to the app.
    """

    id: str
    name: str
    bot_user_id: str
    bot_id: str
    signing_secret: str
    bot_token: str
    app_token: str = ""
    request_url: str = ""
    commands: tuple[Command, ...] = ()
    scopes: frozenset[str] | None = None
    events: frozenset[str] = frozenset({"app_mention", "app_home_opened", "message.im"})
    socket_mode: bool = False
    is_org_wide: bool = False
    unfurl_domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeApp:
    """An app as it was made of a manifest; it is not installed.

    Attributes:
        id: `A…`.
        manifest: of which it was made.
        signing_secret, client_id, client_secret: that were given to it.
    """

    id: str
    manifest: JsonObject
    signing_secret: str = field(default_factory=lambda: token_hex(16))
    client_id: str = field(default_factory=lambda: f"{randbelow(10**12)}.{randbelow(10**12)}")
    client_secret: str = field(default_factory=lambda: token_hex(16))


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace's own name and ids; of a grid it has the grid's as well, `E…`."""

    id: str = "T0PLAYGRND"
    name: str = "Playground"
    domain: str = "playground"
    enterprise_id: str = ""
