"""The pages of an installation: the one that offers it, and the one that Slack leads back to."""

from __future__ import annotations

import logging
from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from analysis.errors import CostbotError, Refused, Unavailable
from bot.slack.installing import STATE_LASTS, Installing, NotInstalled

log = logging.getLogger(__name__)

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

_COOKIE = "costbot-install"

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The code is in the address: it must not go on to anywhere, and nothing foreign runs here."""

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;"
    "color:#1d1c1d;background:#fff}h1{font-size:1.4rem}code{background:#f2f2f0;padding:0 .25em}"
    "a.button{display:inline-block;padding:.6em 1.2em;border-radius:.4em;background:#1f3a34;"
    "color:#fff;text-decoration:none}@media(prefers-color-scheme:dark){"
    "body{color:#e8e8e6;background:#1a1d21}code{background:#2b2f33}a.button{background:#2f6e5f}}"
)


def install_router(installing: Installing, *, is_encrypted: bool) -> APIRouter:
    """The pages.

    Args:
        installing: does the work.
        is_encrypted: the browser comes over https:, and may keep the cookie for that alone.
    """
    router = APIRouter()

    async def install() -> Response:
        try:
            begun = await installing.begin()
        except Unavailable as error:
            return _page("Not now", f"<p>{escape(str(error))}</p>", 503)
        body = (
            "<p>It asks for what its commands, digests and alerts need, and looks at a channel's "
            "messages only to find its own among them. Until an admin of costbot has said whose "
            "costs your workspace may see, nobody there sees any.</p>"
            f'<p><a class="button" href="{escape(begun.address)}">Add to Slack</a></p>'
        )
        page = _page("Install costbot", body, 200)
        page.set_cookie(
            _COOKIE,
            begun.state,
            max_age=int(STATE_LASTS.total_seconds()),
            path=REDIRECT_PATH,
            secure=is_encrypted,
            httponly=True,
            samesite="lax",
        )
        return page

    async def redirect(request: Request) -> Response:
        try:
            workspace = await installing.finish(
                dict(request.query_params), request.cookies.get(_COOKIE, "")
            )
        except NotInstalled as refusal:
            page = _page("costbot is not installed", _refused(refusal), 400)
        except CostbotError as error:
            log.error("an installation failed: %s", error)
            page = _page("costbot is not installed", "<p>Try again in a minute.</p>", 503)
        else:
            key = escape(workspace.id)
            body = (
                f"<p>It is a member of <b>{escape(workspace.name or workspace.id)}</b> now.</p>"
                "<p>An admin of costbot says next whose costs are seen there: "
                f"<code>costbot workspaces map {key} --organization NAME</code></p>"
            )
            page = _page("costbot is installed", body, 200)
        page.delete_cookie(_COOKIE, path=REDIRECT_PATH)
        return page

    router.add_api_route(INSTALL_PATH, install, methods=["GET"], include_in_schema=False)
    router.add_api_route(REDIRECT_PATH, redirect, methods=["GET"], include_in_schema=False)
    return router


def _refused(refusal: Refused) -> str:
    return (
        f"<p>{escape(refusal.sentence)}</p>"
        f'<p><a class="button" href="{INSTALL_PATH}">Begin again</a></p>'
    )


def _page(title: str, body: str, status: int) -> HTMLResponse:
    content = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(content, status, dict(_HEADERS))
