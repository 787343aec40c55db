"""The page's addresses: what can be looked at, and what can be done there (by plain forms)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from playground.delivery import Delivery
from playground.faults import Faults
from playground.page.actions import Actions
from playground.page.gallery import Gallery, GalleryPages
from playground.page.guard import Guard
from playground.page.live import LiveUpdates
from playground.page.looking import Looking
from playground.page.screens import Screens, Suggestion
from playground.page.visit import by_script, look_of
from playground.workspace import Workspace

STATIC = Path(__file__).parent / "static"


class Page:
    """The page as an ASGI application (`app`), to be mounted at `/`.

    Args:
        workspace: what is shown.
        delivery: tells the app what people do.
        suggestions: lines worth typing, shown as chips and while typing.
        faults: the fake's switches; without them there is no faults menu.
        gallery: messages to be looked at; without them there is no gallery.
    """

    def __init__(
        self,
        workspace: Workspace,
        delivery: Delivery,
        suggestions: Sequence[Suggestion] = (),
        faults: Faults | None = None,
        gallery: Gallery | None = None,
    ) -> None:
        self._workspace = workspace
        self._screens = Screens(workspace, suggestions, faults)
        self.live = LiveUpdates(workspace, self._screens)
        self.app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        self.app.include_router(Looking(workspace, self._screens, delivery, self.live).router())
        self.app.include_router(Actions(workspace, self._screens, delivery, faults).router())
        if gallery is not None:
            self._screens.has_gallery = True
            self.app.include_router(GalleryPages(workspace, self._screens, gallery).router())
        self.app.mount("/static", StaticFiles(directory=STATIC))
        self.app.add_exception_handler(HTTPException, self._refused)
        self.app.add_middleware(Guard)

    def close(self) -> None:
        """End the live updates of every open window; call it before the server shuts down."""
        self.live.close()

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        if by_script(request):
            return PlainTextResponse(error.detail, error.status_code)
        try:
            look = look_of(request, self._workspace)
        except HTTPException as worse:
            return PlainTextResponse(worse.detail, worse.status_code)
        page = self._screens.notice(look, "That did not work", error.detail)
        return HTMLResponse(page, error.status_code)
