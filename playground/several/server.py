"""Several workspaces over real HTTP.

- `/oauth/v2/authorize`: the page on which somebody picks a workspace and allows the installation;
- `/api/oauth.v2.access`, `/api/apps.uninstall`, `/api/auth.revoke`;
- `/api/{method}`: the Web API of the workspace whose token is sent;
- `/{id of a workspace}/…`: its response_urls, uploads and files.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from playground.arguments import Received, receive
from playground.endpoints import Endpoints
from playground.model import JsonObject
from playground.server import create_app
from playground.serving import serving
from playground.several.slacks import Slacks
from playground.slack import FakeSlack
from playground.slack_error import SlackError

AUTHORIZE = "/oauth/v2/authorize"


class _Pages:
    """What browsers and apps ask for that is of no workspace's."""

    def __init__(self, slacks: Slacks) -> None:
        self._slacks = slacks
        self._endpoints = {key: Endpoints(slack) for key, slack in slacks.by_id.items()}

    async def authorize(self, request: Request) -> Response:
        """GET: the page with its buttons; POST: one of them was pressed."""
        query = dict(request.query_params)
        listing = self._slacks.listing
        redirect_uri = query.get("redirect_uri", "")
        scopes = frozenset(filter(None, query.get("scope", "").split(",")))
        if query.get("client_id") != listing.client_id:
            return HTMLResponse("<p>invalid_client_id</p>", 400)
        if redirect_uri and not redirect_uri.startswith(listing.redirect_urls):
            return HTMLResponse("<p>bad_redirect_uri</p>", 400)
        if not scopes or not scopes <= (listing.app.scopes or scopes):
            return HTMLResponse("<p>invalid_scope</p>", 400)
        if request.method == "GET":
            return HTMLResponse(self._page(scopes))
        async with request.form() as form:
            place, user = str(form.get("team", "")), str(form.get("user", ""))
            is_allowed = form.get("do") == "allow"
        back = {"state": query.get("state", "")}
        if is_allowed:
            back["code"] = self._slacks.allow(place, user, scopes, redirect_uri)
        else:
            back["error"] = "access_denied"
        target = urlsplit(redirect_uri or listing.redirect_urls[0])
        return RedirectResponse(urlunsplit(target._replace(query=urlencode(back))), 302)

    def _page(self, scopes: frozenset[str]) -> str:
        app = self._slacks.listing.app
        places = [
            *((key, slack.workspace.team.name) for key, slack in self._slacks.by_id.items()),
            *((grid, f"All workspaces of {grid}") for grid in self._slacks.grids),
        ]
        options = "".join(
            f'<option value="{escape(key)}">{escape(name)}</option>' for key, name in places
        )
        first = next(iter(self._slacks.by_id.values()))
        people = "".join(
            f'<option value="{escape(one.id)}">{escape(one.real_name)}</option>'
            for one in first.workspace.people()
        )
        wishes = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in sorted(scopes))
        return (
            f"<!doctype html><title>Allow {escape(app.name)}</title>"
            '<body style="font:16px system-ui;max-width:30rem;margin:3rem auto">'
            f"<h1>{escape(app.name)} is requesting permission</h1><ul>{wishes}</ul>"
            f'<form method="post"><p><select name="team">{options}</select> as '
            f'<select name="user">{people}</select></p>'
            '<p><button name="do" value="cancel">Cancel</button> '
            '<button name="do" value="allow">Allow</button></p></form>'
        )

    async def call(self, request: Request) -> Response:
        """A method of the Web API: of the app itself, or of the workspace of the token."""
        await request.body()
        name: str = request.path_params["method"]
        try:
            received = await receive(request)
            if name == "oauth.v2.access":
                return JSONResponse({"ok": True, **self._access(request, received)})
            found = self._slacks.of_token(received.token)
            if name == "apps.uninstall":
                self._check_client(request, received)
            if name in ("apps.uninstall", "auth.revoke"):
                self._slacks.uninstall(self._slacks.given.tokens[received.token].place)
                return JSONResponse({"ok": True, "revoked": True})
        except SlackError as refused:
            return JSONResponse(refused.answer())
        slack = _meant(found, received)
        return await self._endpoints[slack.workspace.team.id].call(request)

    def _access(self, request: Request, received: Received) -> JsonObject:
        self._check_client(request, received)
        arguments = received.arguments
        if arguments.text("grant_type") == "refresh_token":
            return self._slacks.refresh(arguments.text("refresh_token"))
        return self._slacks.exchange(arguments.text("code"), arguments.text("redirect_uri"))

    def _check_client(self, request: Request, received: Received) -> None:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        client_id = received.arguments.text("client_id")
        secret = received.arguments.text("client_secret")
        if scheme.lower() == "basic":
            try:
                client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                raise SlackError("invalid_client_id") from None
        if client_id != self._slacks.listing.client_id:
            raise SlackError("invalid_client_id")
        if secret != self._slacks.listing.client_secret:
            raise SlackError("bad_client_secret")


def _meant(found: list[FakeSlack], received: Received) -> FakeSlack:
    """Of a grid's workspaces the one that knows the channel or the person of a call."""
    named = {received.arguments.text(name) for name in ("channel", "user", "users", "user_id")}
    for slack in found:
        workspace = slack.workspace
        if received.arguments.text("team_id") == workspace.team.id:
            return slack
    for slack in found:
        if named & {*slack.workspace.channels, *slack.workspace.users}:
            return slack
    return found[0]


@asynccontextmanager
async def running_several(slacks: Slacks) -> AsyncGenerator[str]:
    """Serve workspaces on a free port of the loopback, for tests.

    Yields:
        The URL, without a slash at the end; the Web API is below it at `/api/`.
    """
    pages = _Pages(slacks)
    app = Starlette(
        routes=[
            Route(AUTHORIZE, pages.authorize, methods=["GET", "POST"]),
            Route("/api/{method:path}", pages.call, methods=["GET", "POST"]),
            *(Mount(f"/{key}", create_app(slack)) for key, slack in slacks.by_id.items()),
        ]
    )
    async with serving(app) as url:
        for key, slack in slacks.by_id.items():
            slack.workspace.public_url = f"{url}/{key}"
        try:
            yield url
        finally:
            for slack in slacks.by_id.values():
                await slack.close()
