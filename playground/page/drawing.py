"""Messages, modals and Home tabs as values that the templates print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from playground.model import File, JsonObject, Message, User, View
from playground.page import dates
from playground.page.blocks import blocks, text_object
from playground.page.emoji import emoji
from playground.page.mrkdwn import mrkdwn
from playground.page.reading import Reading
from playground.page.surface import Surface, as_objects, text_of
from playground.page.tables import csv_preview
from playground.workspace import Workspace

HUES = 8
COMPACT_WITHIN = 300
"""Seconds within which an author's next message is drawn without repeating who wrote it."""
INLINE_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds of pictures that a browser may show as part of the page; none of them can hold a script."""


@dataclass(frozen=True, slots=True)
class Face:
    """Who wrote something, as it is shown: a name, and a letter on one of a few colours."""

    id: str
    name: str
    letter: str
    hue: int
    is_app: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file below a message."""

    id: str
    title: str
    about: str
    address: str
    picture: str | None
    alt: str
    preview: Markup | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message, ready to be printed."""

    channel: str
    ts: str
    face: Face
    time: str
    instant: str
    spelled: str
    day: str | None
    compact: bool
    body: Markup
    files: list[Attached]
    reactions: list[tuple[str, int]]
    replies: int
    last_reply: str
    ephemeral: bool
    edited: bool
    root: str


@dataclass(frozen=True, slots=True)
class DrawnView:
    """A modal or a Home tab, ready to be printed."""

    id: str
    title: str
    submit: str
    close: str
    body: Markup
    depth: int
    app: str


class Drawing:
    """Draws for one reader.

    Args:
        workspace: where everything is looked up.
        reader: for whom; what they may not see has no name here.
    """

    def __init__(self, workspace: Workspace, reader: User) -> None:
        self.workspace = workspace
        self.reader = reader
        self.reading = Reading(
            users={user.id: user.real_name for user in workspace.users.values()},
            channels={
                channel.id: channel.name
                for channel in workspace.channels.values()
                if not channel.is_im and may_see(workspace, reader.id, channel.id)
            },
            reader=reader.id,
            zone=zone_of(reader),
            now=workspace.clock.now(),
            picture=self._picture,
        )

    def face(self, user_id: str) -> Face:
        """How a user is shown; also one that the workspace does not know."""
        user = self.workspace.users.get(user_id)
        name = user.real_name if user else user_id
        return Face(
            id=user_id,
            name=name,
            letter=name[:1].upper() or "?",
            hue=sum(map(ord, user_id)) % HUES,
            is_app=user is None or user.is_bot,
            title=user.title if user else "",
        )

    def messages(
        self, channel_id: str, thread_ts: str | None = None, latest: int | None = None
    ) -> list[Drawn]:
        """What the reader sees in a channel or a thread, oldest first; the `latest` if given."""
        shown = self.workspace.visible(channel_id, self.reader.id, thread_ts)
        before = [None, *shown]
        in_thread = thread_ts is not None
        start = 0 if latest is None else max(0, len(shown) - latest)
        return [
            self.message(message, previous, in_thread=in_thread)
            for previous, message in zip(before[start:-1], shown[start:], strict=True)
        ]

    def message(self, message: Message, previous: Message | None, *, in_thread: bool) -> Drawn:
        """One message; the one before decides whether day and author are repeated."""
        moment = self._moment(message.ts)
        last = self._moment(previous.ts) if previous else None
        new_day = last is None or last.date() != moment.date()
        replies = [] if in_thread else self.workspace.replies(message)
        root = message.thread_ts or message.ts
        is_private = message.ephemeral_to is not None
        return Drawn(
            channel=message.channel,
            ts=message.ts,
            face=self.face(message.user),
            time=f"{moment:%H:%M}",
            instant=moment.isoformat(),
            spelled=f"{moment.day} {moment:%B %Y, %H:%M:%S} ({self.reading.zone.key})",
            day=dates.day(moment, self._now()) if new_day and not in_thread else None,
            compact=not new_day and not is_private and _continues(previous, message),
            body=self._body(message, "t" if in_thread else "m"),
            files=[
                self._attached(self.workspace.files[file_id])
                for file_id in message.files
                if file_id in self.workspace.files
            ],
            reactions=[(emoji(r.name) or f":{r.name}:", len(r.users)) for r in message.reactions],
            replies=len(replies),
            last_reply=f"{self._moment(replies[-1].ts):%H:%M}" if replies else "",
            ephemeral=is_private,
            edited=message.edited is not None,
            root=root,
        )

    def view(self, view: View, depth: int = 1) -> DrawnView:
        """A modal or a Home tab, with what was entered in it so far and what is wrong with it."""
        is_modal = view.type == "modal"
        surface = Surface(
            self.reading,
            prefix=f"v-{view.id}",
            entered=view.state_values,
            errors=view.errors,
            sends=not is_modal,
        )
        drawn = as_objects(view.payload.get("blocks"))
        app = self.workspace.apps.get(view.app_id)
        return DrawnView(
            id=view.id,
            title=text_of(view.payload.get("title")),
            submit=text_of(view.payload.get("submit")),
            close=text_of(view.payload.get("close")) or ("Back" if depth > 1 else "Close"),
            body=blocks(drawn, surface),
            depth=depth,
            app=app.name if app else view.app_id,
        )

    def modal(self) -> DrawnView | None:
        """The reader's visible modal."""
        stack = self.workspace.modals_of(self.reader.id)
        return self.view(stack[-1], len(stack)) if stack else None

    def _body(self, message: Message, prefix: str) -> Markup:
        surface = Surface(self.reading, prefix=f"{prefix}-{message.ts.replace('.', '-')}")
        if message.blocks:
            body = blocks(message.blocks, surface)
        elif message.text:
            text = mrkdwn(message.text, self.reading)
            body = Markup('<div class="block section"><div class="text">{}</div></div>').format(
                text
            )
        else:
            body = Markup("")
        for attachment in message.attachments:
            body += self._attachment(attachment, surface)
        return body

    def _attachment(self, attachment: JsonObject, surface: Surface) -> Markup:
        inner = blocks(as_objects(attachment.get("blocks")), surface)
        text = text_of(attachment) or ("" if inner else str(attachment.get("fallback") or ""))
        if text:
            inner = text_object({"type": "mrkdwn", "text": text}, surface) + inner
        return Markup('<div class="attachment">{}</div>').format(inner)

    def _attached(self, file: File) -> Attached:
        address = f"/file/{file.id}/{quote(file.name)}"
        is_table = file.filetype == "csv" or file.mimetype == "text/csv"
        return Attached(
            id=file.id,
            title=file.title or file.name,
            about=f"{(file.filetype or 'file').upper()} · {_size(file.size)}",
            address=address,
            picture=self._picture(file.id),
            alt=file.alt_txt or file.title or file.name,
            preview=csv_preview(file.content) if is_table and file.content else None,
        )

    def _picture(self, name: str) -> str | None:
        file_id = next((i for i in self.workspace.files if i == name or f"/{i}/" in name), None)
        file = self.workspace.files.get(file_id or "")
        if file is None or file.mimetype not in INLINE_PICTURES or file.content is None:
            return None
        return f"/picture/{file.id}"

    def _moment(self, ts: str) -> datetime:
        return self.reading.local(float(ts)) or self._now()

    def _now(self) -> datetime:
        return self.reading.now.astimezone(self.reading.zone)


def may_see(workspace: Workspace, user_id: str, channel_id: str) -> bool:
    """Whether the channel is public or the user is a member of it."""
    channel = workspace.channels.get(channel_id)
    if channel is None:
        return False
    return user_id in channel.members or not (channel.is_private or channel.is_im)


def zone_of(user: User) -> ZoneInfo:
    """The user's zone; UTC where it is not an IANA zone."""
    try:
        return ZoneInfo(user.tz)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _continues(previous: Message | None, message: Message) -> bool:
    if previous is None or previous.user != message.user:
        return False
    alike = previous.ephemeral_to == message.ephemeral_to
    return alike and float(message.ts) - float(previous.ts) < COMPACT_WITHIN


def _size(number: int) -> str:
    for unit, length in (("MB", 1_000_000), ("kB", 1_000)):
        if number >= length:
            return f"{number / length:.1f} {unit}"
    return f"{number} bytes"
