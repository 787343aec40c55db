"""Whole pages and the parts of them that are swapped in, from templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from playground.faults import Faults
from playground.model import Channel, Command, Message, SlackApp, User
from playground.page.drawing import Drawing, may_see
from playground.page.elements import confirmation
from playground.page.faults_menu import menu
from playground.page.surface import JsonObject, Surface
from playground.workspace import Workspace

LATEST = 100
"""How many messages of a channel are drawn unless the whole of it is asked for."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line worth typing, such as `/cost today by model`, and what it answers."""

    line: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, and how: the reader and the theme (`light`, `dark`, or `auto`)."""

    reader: User
    theme: str = "auto"
    address: str = "/"


class Screens:
    """Prints pages.

    Args:
        workspace: what is shown.
        suggestions: shown as chips above the composer, and offered while typing.
        faults: the switches that the faults menu shows; without them there is no menu.
    """

    def __init__(
        self,
        workspace: Workspace,
        suggestions: Sequence[Suggestion] = (),
        faults: Faults | None = None,
    ) -> None:
        self.workspace = workspace
        self._faults = faults
        self.suggestions = list(suggestions)
        self.has_gallery = False
        self._templates = Environment(
            loader=PackageLoader("playground.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def channel(
        self, look: Look, channel: Channel, thread_ts: str | None, *, whole: bool = False
    ) -> str:
        """A channel or direct message, its latest messages or the whole of it.

        A thread stands beside it if one is open.
        """
        drawing = Drawing(self.workspace, look.reader)
        root = self.workspace.message(channel.id, thread_ts) if thread_ts else None
        app = self._app_in(channel, look.reader)
        messages = drawing.messages(channel.id, latest=None if whole else LATEST)
        length = len(self.workspace.visible(channel.id, look.reader.id))
        return self.page(
            "channel.html",
            look,
            drawing,
            current=channel.id,
            channel=channel,
            channel_name=self.channel_name(channel, look.reader),
            is_member=look.reader.id in channel.members,
            messages=messages,
            earlier=length - len(messages),
            thread_ts=root.ts if root else "",
            thread=drawing.messages(channel.id, root.ts) if root else [],
            app=app,
            home_app="",
            about=channel.topic or channel.purpose,
        )

    def home(self, look: Look, app: SlackApp) -> str:
        """An app's Home tab."""
        drawing = Drawing(self.workspace, look.reader)
        view = self.workspace.home_of(look.reader.id, app.id)
        return self.page(
            "home.html",
            look,
            drawing,
            current=app.id,
            app=app,
            home_app=app.id,
            thread_ts="",
            home=drawing.view(view) if view else None,
        )

    def confirm(
        self, look: Look, element: JsonObject, fields: list[tuple[str, str]], target: str
    ) -> str:
        """What an element asks before it acts, as a form that sends the fields again."""
        question = confirmation(element, Surface(Drawing(self.workspace, look.reader).reading))
        template = self._templates.get_template("confirm.html")
        return template.render(question=question, fields=fields, target=target)

    def notice(self, look: Look, title: str, text: str) -> str:
        """A page that says one thing: a question, or what went wrong."""
        template = self._templates.get_template("notice.html")
        return template.render(title=title, text=text, theme=look.theme, back=look.address)

    def message(self, reader: User, message: Message, *, in_thread: bool) -> str:
        """One message as it stands among the others."""
        drawing = Drawing(self.workspace, reader)
        root = message.thread_ts if in_thread else None
        shown = self.workspace.visible(message.channel, reader.id, root)
        earlier = [other for other in shown if other.ts < message.ts]
        drawn = drawing.message(message, earlier[-1] if earlier else None, in_thread=in_thread)
        return self._part("message", drawn, in_thread)

    def modal(self, reader: User) -> str:
        """The reader's visible modal; empty if there is none."""
        view = Drawing(self.workspace, reader).modal()
        return self._part("modal", view) if view else ""

    def home_body(self, reader: User, app_id: str) -> str:
        """The content of a Home tab alone."""
        view = self.workspace.home_of(reader.id, app_id)
        app = self.workspace.apps[app_id]
        drawn = Drawing(self.workspace, reader).view(view) if view else None
        return self._part("home_body", drawn, app)

    def sidebar(self, reader: User, current: str) -> str:
        """The lists of channels, people and apps."""
        return self._part("sidebar_lists", self._sidebar(reader), current)

    def channel_name(self, channel: Channel, reader: User) -> str:
        """The channel's name, or whom a direct message is with."""
        if not channel.is_im:
            return channel.name
        return Drawing(self.workspace, reader).face(channel.other(reader.id)).name

    def _app_in(self, channel: Channel, reader: User) -> SlackApp | None:
        if not channel.is_im:
            return None
        other = channel.other(reader.id)
        return next((a for a in self.workspace.apps.values() if a.bot_user_id == other), None)

    def _sidebar(self, reader: User) -> dict[str, Any]:
        drawing = Drawing(self.workspace, reader)
        rooms = [c for c in self.workspace.channels.values() if not c.is_im]
        ims = [c for c in self.workspace.channels_of(reader.id) if c.is_im]
        faces = [(channel, drawing.face(channel.other(reader.id))) for channel in ims]
        return {
            "channels": [c for c in rooms if may_see(self.workspace, reader.id, c.id)],
            "people": [(channel, face) for channel, face in faces if not face.is_app],
            "apps": [(a, drawing.face(a.bot_user_id)) for a in self.workspace.apps.values()],
            "app_ims": {channel.other(reader.id): channel.id for channel in ims},
        }

    def _commands(self) -> list[Command]:
        return [command for app in self.workspace.apps.values() for command in app.commands]

    def _part(self, macro: str, *values: object) -> str:
        module = self._templates.get_template("parts.html").module
        return str(getattr(module, macro)(*values))

    def page(self, template: str, look: Look, drawing: Drawing, **values: object) -> str:
        """A whole page from a template, with what stands on every page."""
        return self._templates.get_template(template).render(
            team=self.workspace.team,
            me=drawing.face(look.reader.id),
            people=[drawing.face(person.id) for person in self.workspace.people()],
            zone=drawing.reading.zone.key,
            theme=look.theme,
            address=look.address,
            version=self.workspace.changes.version,
            sidebar=self._sidebar(look.reader),
            modal=drawing.modal(),
            faults=menu(self._faults) if self._faults else None,
            suggestions=self.suggestions,
            commands=self._commands(),
            has_gallery=self.has_gallery,
            **values,
        )
