"""What a browser shows of a link of costbot's: where to ask on. It tells of no thing whether it is.

Nothing is looked up: who opens an address has shown to nobody who they are.
"""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, HTTPException, Response

from api.app import PREFIX
from bot.links import PATH, link_of
from handlers.linked import Kind, Link

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;"
    "color:#1d2a27;background:#fff}code{background:#eef2f1;padding:.15em .4em;border-radius:4px;"
    "overflow-wrap:anywhere}h1{font-size:1.4rem}"
    "@media(prefers-color-scheme:dark){body{color:#e6ecea;background:#14211e}code{background:#22332f}}"
)
_ASKS = {
    Kind.BUDGET: ("A budget", "/budget show {}", "budgets/{}/status"),
    Kind.INCIDENT: ("An incident", "/cost incidents show {}", ""),
    Kind.RECOMMENDATION: ("A recommendation", "/recs show {}", "recommendations/{}"),
    Kind.STATEMENT: ("A statement", "/cost statement {}", "statements?month={}"),
}


def link_router() -> APIRouter:
    """The pages."""
    router = APIRouter()

    async def page(kind: str, key: str) -> Response:
        link = link_of(kind, key)
        if link is None:
            raise HTTPException(404)
        return Response(
            _page(link),
            media_type="text/html",
            headers={
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        )

    router.add_api_route(f"{PATH}/{{kind}}/{{key}}", page, methods=["GET"], response_model=None)
    return router


def _page(link: Link) -> str:
    what, command, path = _ASKS[link.kind]
    asked = escape(command.format(link.key))
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width,initial-scale=1">',
        f"<title>{what} · costbot</title><style>{_STYLE}</style>",
        f"<h1>{what} of costbot’s</h1>",
        f"<p>Ask in Slack, where costbot knows what you may see: <code>{asked}</code></p>",
    ]
    if path:
        address = escape(f"{PREFIX}/{path.format(link.key)}")
        parts.append(f"<p>With an API token: <code>GET {address}</code></p>")
    return "\n".join(parts)
