"""The gallery: messages that an app could send, drawn and checked without being sent.

The app hands them over as plain payloads; this module knows nothing of how they are made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from playground.blockkit.layout import characters
from playground.blockkit.rules import Json
from playground.blockkit.validation import (
    MESSAGE_BLOCKS,
    MESSAGE_CHARACTERS,
    problems_of_blocks,
    too_long,
)
from playground.content import LONGEST_TEXT
from playground.model import JsonObject, Message, User
from playground.page.drawing import Drawing, Drawn
from playground.page.screens import Screens
from playground.page.visit import look_of
from playground.workspace import Workspace

BROADCASTS = ("<!channel", "<!here", "<!everyone", "<!subteam")
"""What would call everybody: no template has a reason to."""

TS = "1764000000.000000"
"""When all of them were said."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A message to be looked at.

    Args:
        template: what it is.
        data: what it is filled with: "typical", "empty", "extreme".
        payload: the message as Slack would get it; a picture's file id is known to the gallery.
        pictures: by file id: paints one for a theme, `light` or `dark`.
    """

    template: str
    data: str
    payload: JsonObject
    pictures: Mapping[str, Callable[[str], Awaitable[bytes]]]


@dataclass(frozen=True, slots=True)
class Gallery:
    """What is shown.

    Args:
        rooms: names of the rooms, as they are shown.
        exhibits: those of a room.
    """

    rooms: Sequence[str]
    exhibits: Callable[[str], Sequence[Exhibit]]


@dataclass(frozen=True, slots=True)
class Hung:
    """An exhibit, ready to be printed.

    Args:
        template: what it is.
        data: what it is filled with.
        message: drawn as in a channel.
        problems: why Slack would not take it; empty: it would.
        size: how much of the limits it takes.
    """

    template: str
    data: str
    message: Drawn
    problems: list[str]
    size: str


def verdict(exhibit: Exhibit) -> list[str]:
    """Why Slack, or a reader, would not take the message; empty where nothing is wrong."""
    blocks = cast("Json", exhibit.payload.get("blocks") or [])
    problems = problems_of_blocks(blocks, exhibit.pictures.__contains__)
    if too_long(blocks):
        problems.append(f"more than {MESSAGE_CHARACTERS:,} characters in its blocks")
    text = exhibit.payload.get("text")
    if not isinstance(text, str) or not text.strip():
        problems.append("no text for notifications and screen readers")
    elif len(text) > LONGEST_TEXT:
        problems.append(f"a text of more than {LONGEST_TEXT:,} characters")
    written = "\n".join(_texts(cast("Json", exhibit.payload)))
    problems += [f"calls everybody: {word}" for word in BROADCASTS if word in written]
    return problems


def _texts(value: Json) -> Iterator[str]:
    """All that is shown; values of buttons and alternative texts call nobody."""
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name == "text" and isinstance(part, str):
                yield part
            else:
                yield from _texts(part)


class GalleryPages:
    """The addresses of the gallery."""

    def __init__(self, workspace: Workspace, screens: Screens, gallery: Gallery) -> None:
        self._workspace = workspace
        self._screens = screens
        self._gallery = gallery

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        for path, endpoint in (
            ("/gallery", self.beginning),
            ("/gallery/{room}", self.room),
            ("/gallery/{room}/{number}/{file_id}", self.picture),
        ):
            router.add_api_route(path, endpoint, methods=["GET"], response_model=None)
        return router

    async def beginning(self) -> Response:
        """The first room."""
        if not self._gallery.rooms:
            raise HTTPException(404, "There is nothing in the gallery.")
        return RedirectResponse(f"/gallery/{self._gallery.rooms[0]}", 307)

    async def room(self, request: Request, room: str) -> Response:
        """All that hangs in a room; what it takes to make it holds nothing else up."""
        look = look_of(request, self._workspace)
        exhibits = await asyncio.to_thread(self._exhibits, room)
        hung = [
            self._hung(exhibit, look.reader, f"/gallery/{room}/{number}")
            for number, exhibit in enumerate(exhibits)
        ]
        drawing = Drawing(self._workspace, look.reader)
        page = self._screens.page(
            "gallery.html",
            look,
            drawing,
            current="",
            thread_ts="",
            home_app="",
            rooms=self._gallery.rooms,
            room=room,
            hung=hung,
            wrong=sum(bool(one.problems) for one in hung),
        )
        return HTMLResponse(page)

    async def picture(self, request: Request, room: str, number: int, file_id: str) -> Response:
        """A picture, in the theme in which the page is looked at."""
        exhibits = await asyncio.to_thread(self._exhibits, room)
        paint = exhibits[number].pictures.get(file_id) if 0 <= number < len(exhibits) else None
        if paint is None:
            raise HTTPException(404, "There is no such picture in the gallery.")
        theme = look_of(request, self._workspace).theme
        png = await paint("dark" if theme == "dark" else "light")
        # The theme is no part of the address.
        return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})

    def _exhibits(self, room: str) -> Sequence[Exhibit]:
        if room not in self._gallery.rooms:
            raise HTTPException(404, "There is no such room in the gallery.")
        return self._gallery.exhibits(room)

    def _hung(self, exhibit: Exhibit, reader: User, address: str) -> Hung:
        def picture(name: str) -> str | None:
            return f"{address}/{name}" if name in exhibit.pictures else None

        drawing = Drawing(self._workspace, reader)
        drawing.reading = replace(drawing.reading, picture=picture)
        app = next(iter(self._workspace.apps.values()), None)
        blocks = cast("list[JsonObject]", exhibit.payload.get("blocks") or [])
        message = Message(
            channel="",
            ts=TS,
            user=app.bot_user_id if app else reader.id,
            text=str(exhibit.payload.get("text") or ""),
            blocks=blocks,
        )
        used = characters(cast("Json", blocks))
        return Hung(
            template=exhibit.template,
            data=exhibit.data,
            message=drawing.message(message, None, in_thread=True),
            problems=verdict(exhibit),
            size=f"{len(blocks)} of {MESSAGE_BLOCKS} blocks, {used:,} of "
            f"{MESSAGE_CHARACTERS:,} characters",
        )
