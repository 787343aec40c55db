"""What can be looked at: channels, threads, Home tabs, files, and the live updates of each."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from playground.delivery import Delivery
from playground.model import Channel, File, SlackApp, User
from playground.page.drawing import INLINE_PICTURES, may_see
from playground.page.live import LiveUpdates, Watching
from playground.page.pictures import stands_in_a_message
from playground.page.screens import Screens
from playground.page.visit import channel_of, look_of, reader_of
from playground.workspace import Workspace


class Looking:
    """The addresses that change nothing."""

    def __init__(
        self, workspace: Workspace, screens: Screens, delivery: Delivery, live: LiveUpdates
    ) -> None:
        self._workspace = workspace
        self._screens = screens
        self._delivery = delivery
        self._live = live

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        for path, endpoint in (
            ("/", self.beginning),
            ("/c/{channel_id}", self.channel),
            ("/app/{app_id}", self.home),
            ("/app/{app_id}/messages", self.app_messages),
            ("/live", self.live),
            ("/file/{file_id}/{name}", self.file),
            ("/picture/{file_id}", self.picture),
        ):
            router.add_api_route(path, endpoint, methods=["GET"], response_model=None)
        return router

    async def beginning(self, request: Request) -> Response:
        """The channel to begin in: the first in which an app is a member too."""
        reader = reader_of(request, self._workspace)
        bots = {app.bot_user_id for app in self._workspace.apps.values()}
        rooms = [c for c in self._workspace.channels_of(reader.id) if not c.is_im]

        def without_app(channel: Channel) -> bool:
            return bots.isdisjoint(channel.members)

        for channel in sorted(rooms, key=without_app):
            return RedirectResponse(f"/c/{channel.id}", 307)
        raise HTTPException(404, f"{reader.real_name} is not a member of any channel.")

    async def channel(
        self, request: Request, channel_id: str, thread: str = "", whole: bool = False
    ) -> Response:
        """A channel, with the thread below `thread` (a root's ts) beside it."""
        look = look_of(request, self._workspace)
        channel = channel_of(self._workspace, look.reader, channel_id)
        return HTMLResponse(self._screens.channel(look, channel, thread or None, whole=whole))

    async def home(self, request: Request, app_id: str) -> Response:
        """An app's Home tab; the app is told that it is being opened."""
        look = look_of(request, self._workspace)
        app = self._app(app_id)
        self._delivery.open_home(look.reader.id, app)
        return HTMLResponse(self._screens.home(look, app))

    async def app_messages(self, request: Request, app_id: str) -> Response:
        """The direct message with an app, made if there is none yet."""
        reader = reader_of(request, self._workspace)
        channel = self._workspace.open_im(reader.id, self._app(app_id).bot_user_id)
        return RedirectResponse(f"/c/{channel.id}", 307)

    async def live(
        self,
        request: Request,
        channel: str = "",
        thread: str = "",
        home: str = "",
        since: int = 0,
    ) -> Response:
        """Server-sent events with all that changes after version `since`."""
        reader = reader_of(request, self._workspace)
        seen = request.headers.get("last-event-id", "")
        version = int(seen) if seen.isdecimal() else since
        if home not in self._workspace.apps:
            home = ""
        watching = Watching(channel, thread, home)
        stream = self._live.stream(reader, watching, version)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def file(self, request: Request, file_id: str, name: str) -> Response:
        """A file to be saved, under the name it was given."""
        file = self._file(reader_of(request, self._workspace), file_id)
        del name  # it is in the address for people; the file knows its own
        # Never shown in place: a file that is HTML would be this page's own script.
        return Response(
            file.content or b"",
            media_type="application/octet-stream",
            headers={"Content-Disposition": "attachment"},
        )

    async def picture(self, request: Request, file_id: str) -> Response:
        """A picture, of the kinds that hold no script."""
        file = self._file(reader_of(request, self._workspace), file_id)
        if file.mimetype not in INLINE_PICTURES:
            raise HTTPException(404, "This file is not a picture.")
        return Response(file.content or b"", media_type=file.mimetype)

    def _app(self, app_id: str) -> SlackApp:
        app = self._workspace.apps.get(app_id)
        if app is None:
            raise HTTPException(404, "There is no such app here.")
        return app

    def _file(self, reader: User, file_id: str) -> File:
        file = self._workspace.files.get(file_id)
        shown = file is not None and (
            file.user == reader.id
            or any(may_see(self._workspace, reader.id, channel) for channel in file.channels)
            or stands_in_a_message(self._workspace, reader.id, file.id)
        )
        if file is None or not shown:
            raise HTTPException(404, "There is no such file here, or it is not shared with you.")
        return file
