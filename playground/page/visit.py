"""A request as the page understands it: who looks, what the form holds, where to go back to."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from playground.model import Channel, User
from playground.page.drawing import may_see
from playground.page.screens import Look
from playground.workspace import Workspace

PERSON_COOKIE = "playground_person"
THEME_COOKIE = "playground_theme"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


class Form:
    """The text fields of a form."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def one(self, name: str) -> str:
        """The field's last value; empty if there is none."""
        value = self._data.get(name)
        return value if isinstance(value, str) else ""

    def every(self, name: str) -> Sequence[str]:
        """All values of the field."""
        return [value for value in self._data.getlist(name) if isinstance(value, str)]

    def items(self) -> list[tuple[str, str]]:
        """Every field and value, in order."""
        return [(k, v) for k, v in self._data.multi_items() if isinstance(v, str)]


async def form_of(request: Request) -> Form:
    """The form that the request carries."""
    return Form(await request.form())


def reader_of(request: Request, workspace: Workspace) -> User:
    """The person whom the cookie names, else the first one.

    Raises:
        HTTPException: 503, the workspace has no people.
    """
    people = {person.id: person for person in workspace.people()}
    chosen = people.get(request.cookies.get(PERSON_COOKIE, ""))
    if chosen is not None:
        return chosen
    if not people:
        raise HTTPException(503, "This workspace has no people yet. Add one at its start.")
    return next(iter(people.values()))


def look_of(request: Request, workspace: Workspace) -> Look:
    """Who looks, in which theme, at which address."""
    theme = request.cookies.get(THEME_COOKIE, "")
    query = f"?{request.url.query}" if request.url.query else ""
    return Look(
        reader=reader_of(request, workspace),
        theme=theme if theme in THEMES else "auto",
        address=request.url.path + query,
    )


def channel_of(workspace: Workspace, reader: User, channel_id: str) -> Channel:
    """The channel, if the reader may see it.

    Raises:
        HTTPException: 404, there is none, or it is not theirs to see.
    """
    if not may_see(workspace, reader.id, channel_id):
        raise HTTPException(404, "There is no such channel here, or you are not a member of it.")
    return workspace.channels[channel_id]


def by_script(request: Request) -> bool:
    """Whether the page's script asks, which stays on the page, and not a plain form."""
    return request.headers.get("x-page") == "script"


def done(request: Request, back: str) -> Response:
    """The answer to something done: nothing to the script, a way back to a plain form."""
    if by_script(request):
        return Response(status_code=204)
    return RedirectResponse(safe_path(back), 303)


def safe_path(path: str) -> str:
    """The path if it lies on this server, else the beginning."""
    leads_away = not path.startswith("/") or path.startswith(("//", "/\\"))
    return "/" if leads_away or any(ord(c) < 32 for c in path) else path
