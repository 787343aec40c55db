"""The workspace: its state, and the few ways to change it, each of which the change feed reports.

It checks nothing that Slack's Web API checks (tokens, membership, limits): the methods do, before
they come here. It belongs to one event loop and is not safe between threads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playground.changes import ChangeFeed
from playground.clock import Clock
from playground.model import (
    Channel,
    Edited,
    File,
    JsonObject,
    MadeApp,
    Message,
    Reaction,
    SlackApp,
    Team,
    User,
    UserGroup,
    View,
)


@dataclass(slots=True)
class State:
    """All that is kept when the workspace is saved."""

    team: Team = field(default_factory=Team)
    users: dict[str, User] = field(default_factory=dict[str, User])
    user_groups: dict[str, UserGroup] = field(default_factory=dict[str, UserGroup])
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    messages: dict[str, dict[str, Message]] = field(default_factory=dict[str, dict[str, Message]])
    ephemerals: dict[str, dict[str, Message]] = field(default_factory=dict[str, dict[str, Message]])
    files: dict[str, File] = field(default_factory=dict[str, File])
    modals: dict[str, list[View]] = field(default_factory=dict[str, list[View]])
    homes: dict[str, View] = field(default_factory=dict[str, View])
    ids_given: int = 0
    last_ts: dict[str, str] = field(default_factory=dict[str, str])


class Workspace:
    """A Slack workspace in memory.

    Args:
        clock: gives every `ts` and `created`.
        state: what was loaded; an empty workspace if omitted.

    Attributes:
        changes: the feed of all that happens.
        apps: the installed apps by id; not saved, since they carry secrets.
        config_tokens: with which apps are made of manifests.
        made_apps: those that were, by id; they are installed by hand.
        public_url: where it is served, without a slash at the end; set by who serves it.
        processing_seconds: how long after its upload a picture can be shown in a block.
    """

    def __init__(self, clock: Clock, state: State | None = None) -> None:
        self.clock = clock
        self.state = state or State()
        self.changes = ChangeFeed()
        self.apps: dict[str, SlackApp] = {}
        self.config_tokens: set[str] = set()
        self.made_apps: dict[str, MadeApp] = {}
        self.processing_seconds = 0.0
        self.public_url = ""

    # ids and times

    def new_id(self, prefix: str) -> str:
        """An id of Slack's shape, never given before: `prefix` and ten capitals or digits."""
        self.state.ids_given += 1
        number, digits = self.state.ids_given, ""
        while number:
            number, digit = divmod(number, 36)
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
        return f"{prefix}{digits.rjust(10, '0')}"

    def new_ts(self, channel: str) -> str:
        """The present instant as a `ts` that is later than every other one in the channel."""
        micros = round((self.clock.now() - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)
        last = self.state.last_ts.get(channel)
        if last is not None:
            micros = max(micros, int(last.replace(".", "")) + 1)
        ts = f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
        self.state.last_ts[channel] = ts
        return ts

    # people, channels, apps

    @property
    def team(self) -> Team:
        """The workspace's own name and ids."""
        return self.state.team

    @property
    def users(self) -> dict[str, User]:
        """Everyone by id, bots too."""
        return self.state.users

    @property
    def channels(self) -> dict[str, Channel]:
        """Every channel and direct message by id."""
        return self.state.channels

    @property
    def files(self) -> dict[str, File]:
        """Every file by id."""
        return self.state.files

    def people(self) -> list[User]:
        """Everyone who is not a bot, in the order they were added."""
        return [user for user in self.users.values() if not user.is_bot]

    def add_user(self, user: User) -> None:
        """Add a person, or replace the one with the same id."""
        self.users[user.id] = user
        self.changes.record("person", user=user.id)

    @property
    def user_groups(self) -> dict[str, UserGroup]:
        """Every user group by id."""
        return self.state.user_groups

    def add_user_group(self, group: UserGroup) -> None:
        """Add a user group, or replace the one with the same id."""
        self.user_groups[group.id] = group
        self.changes.record("user_group")

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        creator: str = "",
        is_private: bool = False,
        topic: str = "",
        purpose: str = "",
        channel_id: str = "",
    ) -> Channel:
        """Make a channel; the id is given by the workspace unless one is named."""
        channel = Channel(
            id=channel_id or self.new_id("C"),
            name=name,
            created=self.clock.now(),
            creator=creator,
            is_private=is_private,
            topic=topic,
            purpose=purpose,
            members=list(members),
        )
        self.channels[channel.id] = channel
        self.changes.record("channel", channel=channel.id)
        return channel

    def find_channel(self, id_or_name: str) -> Channel | None:
        """The channel with this id, or this name with or without `#`."""
        if id_or_name in self.channels:
            return self.channels[id_or_name]
        name = id_or_name.removeprefix("#")
        named = (c for c in self.channels.values() if c.name == name and not c.is_im)
        return next(named, None)

    def open_im(self, user_id: str, other_id: str) -> Channel:
        """The direct message between the two, made if there is none yet."""
        pair = {user_id, other_id}
        for channel in self.channels.values():
            if channel.is_im and set(channel.members) == pair:
                return channel
        channel = Channel(
            id=self.new_id("D"),
            name="",
            created=self.clock.now(),
            creator=user_id,
            is_im=True,
            members=sorted(pair),
        )
        self.channels[channel.id] = channel
        self.changes.record("channel", channel=channel.id)
        return channel

    def channels_of(self, user_id: str) -> list[Channel]:
        """The channels and direct messages that a user is a member of."""
        return [channel for channel in self.channels.values() if user_id in channel.members]

    def join(self, channel_id: str, user_id: str) -> None:
        """Make the user a member of the channel."""
        members = self.channels[channel_id].members
        if user_id not in members:
            members.append(user_id)
            self.changes.record("channel", channel=channel_id)

    def install(self, app: SlackApp) -> None:
        """Install an app, or replace the one with the same id; its bot user must exist."""
        if app.bot_user_id not in self.users:
            raise ValueError(f"{app.name} has no bot user {app.bot_user_id} in this workspace")
        self.apps[app.id] = app

    def app_of_command(self, name: str) -> SlackApp | None:
        """The app that answers the slash command (`name` with its slash)."""
        for app in self.apps.values():
            if any(command.name == name for command in app.commands):
                return app
        return None

    # messages

    def post(self, message: Message) -> Message:
        """Keep a message in its channel, or for one user if it is ephemeral."""
        if message.ephemeral_to is not None:
            self.state.ephemerals.setdefault(message.channel, {})[message.ts] = message
            self._report(message)
            return message
        self.state.messages.setdefault(message.channel, {})[message.ts] = message
        if message.is_reply and message.thread_ts is not None:
            root = self.message(message.channel, message.thread_ts)
            if root is not None and root.thread_ts is None:
                root.thread_ts = root.ts
                self._report(root)
        self._report(message)
        return message

    def edit(
        self,
        message: Message,
        *,
        text: str | None = None,
        blocks: list[JsonObject] | None = None,
        attachments: list[JsonObject] | None = None,
        metadata: JsonObject | None = None,
        by: str = "",
    ) -> None:
        """Change what is given; `by` marks the message as edited by that user."""
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = blocks
        if attachments is not None:
            message.attachments = attachments
        if metadata is not None:
            message.metadata = metadata
        if by:
            message.edited = Edited(user=by, ts=self.new_ts(f"edits of {message.channel}"))
        self._report(message)

    def delete(self, message: Message) -> None:
        """Take a message out; the replies below it stay, as in Slack."""
        gone = message.ephemeral_to is not None
        store = self.state.ephemerals if gone else self.state.messages
        store.get(message.channel, {}).pop(message.ts, None)
        self.changes.record(
            "ephemeral_deleted" if gone else "message_deleted",
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.thread_ts or "",
            user=message.ephemeral_to or "",
        )

    def react(self, message: Message, name: str, user_id: str) -> bool:
        """Add an emoji; False if this user has already chosen it."""
        reaction = next((r for r in message.reactions if r.name == name), None)
        if reaction is None:
            message.reactions.append(Reaction(name, [user_id]))
        elif user_id in reaction.users:
            return False
        else:
            reaction.users.append(user_id)
        self._report(message)
        return True

    def message(self, channel_id: str, ts: str) -> Message | None:
        """The ordinary message with this `ts`."""
        return self.state.messages.get(channel_id, {}).get(ts)

    def ephemeral(self, channel_id: str, ts: str) -> Message | None:
        """The ephemeral message with this `ts`."""
        return self.state.ephemerals.get(channel_id, {}).get(ts)

    def history(self, channel_id: str) -> list[Message]:
        """What stands in the channel itself, oldest first: roots and broadcast replies."""
        messages = self.state.messages.get(channel_id, {}).values()
        return [m for m in messages if not m.is_reply or m.reply_broadcast]

    def thread(self, channel_id: str, root_ts: str) -> list[Message]:
        """The root, if it still stands, and its replies, oldest first."""
        messages = self.state.messages.get(channel_id, {}).values()
        return [m for m in messages if root_ts in (m.ts, m.thread_ts)]

    def visible(self, channel_id: str, user_id: str, thread_ts: str | None = None) -> list[Message]:
        """What a user sees in a channel or a thread, their ephemerals among it, oldest first."""
        shown = self.thread(channel_id, thread_ts) if thread_ts else self.history(channel_id)
        private = [
            m
            for m in self.state.ephemerals.get(channel_id, {}).values()
            if m.ephemeral_to == user_id and m.thread_ts == thread_ts
        ]
        # Of equal width since 2001 and until 2286: as text they sort as the numbers do.
        return sorted([*shown, *private], key=lambda m: m.ts) if private else shown

    def replies(self, message: Message) -> list[Message]:
        """The replies below a root."""
        return [m for m in self.thread(message.channel, message.ts) if m.ts != message.ts]

    # files

    def add_file(self, file: File) -> None:
        """Keep a file, or report that it has changed."""
        self.files[file.id] = file
        self.changes.record("file", ts=file.id)

    def can_show(self, file_id: str) -> bool:
        """Whether a block may show it: a picture, uploaded whole, and looked through by Slack."""
        file = self.files.get(file_id)
        if file is None or not file.completed or not file.mimetype.startswith("image/"):
            return False
        return file.ready_at is None or file.ready_at <= self.clock.now()

    def delete_file(self, file_id: str) -> None:
        """Take a file away, also from the messages that share it."""
        del self.files[file_id]
        for messages in self.state.messages.values():
            for message in messages.values():
                if file_id in message.files:
                    message.files.remove(file_id)
                    self._report(message)
        self.changes.record("file", ts=file_id)

    # views

    def modals_of(self, user_id: str) -> list[View]:
        """The user's stack of modals, the visible one last."""
        return self.state.modals.get(user_id, [])

    def home_of(self, user_id: str, app_id: str) -> View | None:
        """What the app has published on its Home tab for this user."""
        return self.state.homes.get(f"{app_id}/{user_id}")

    def set_modals(self, user_id: str, stack: list[View]) -> None:
        """Replace the user's stack of modals (an empty one closes them all)."""
        self.state.modals[user_id] = stack
        self.changes.record("modal", user=user_id)

    def set_home(self, view: View) -> None:
        """Publish a Home tab for the view's user."""
        self.state.homes[f"{view.app_id}/{view.user}"] = view
        self.changes.record("home", user=view.user)

    def find_view(self, view_id: str = "", external_id: str = "") -> View | None:
        """The open modal or published Home tab with this id (or the app's own `external_id`)."""
        stacks = [view for stack in self.state.modals.values() for view in stack]
        for view in [*stacks, *self.state.homes.values()]:
            if (view_id and view.id == view_id) or (
                external_id and view.external_id == external_id
            ):
                return view
        return None

    def _report(self, message: Message) -> None:
        self.changes.record(
            "message" if message.ephemeral_to is None else "ephemeral",
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.thread_ts or "",
            user=message.ephemeral_to or "",
        )
