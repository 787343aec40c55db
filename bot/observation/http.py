"""Every request over HTTP: its id, its line in the log, its count, its span."""

from __future__ import annotations

import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analysis.request_id import new_request_id, sane_request_id, under
from bot.observation.observer import Observer

log = logging.getLogger(__name__)

HEADER = b"x-request-id"

TOLD = ("/api/v1/", "/slack/", "/link/")
"""How the routes begin whose requests have their line at INFO: not those of probes, nor those of
the playground, which asks itself again and again."""

QUIET = frozenset({"/api/v1/costs/budgets/check", "/api/v1/costs/usage"})
"""Of these, those that gateways ask thousands of times: at DEBUG alone."""

_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"})


class ObservedHttp:
    """An ASGI app around another.

    A request goes under the id that its header `X-Request-Id` brings, if that is a sane one, else
    under a new one; the response tells it.

    Args:
        app: answers.
        observer: is told.
    """

    def __init__(self, app: ASGIApp, observer: Observer) -> None:
        self._app = app
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        told = headers.get(HEADER, b"").decode("latin-1")
        with under(sane_request_id(told) or new_request_id()) as number:
            await self._observed(scope, receive, send, headers, number.encode())

    async def _observed(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], number: bytes
    ) -> None:
        began, status = perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message = {**message, "headers": [*message.get("headers", ()), (HEADER, number)]}
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        parent = headers.get(b"traceparent")
        carried = None if parent is None else {"traceparent": parent.decode("latin-1")}
        with self._observer.span(method, carried) as span:
            try:
                await self._app(scope, receive, sending)
            finally:
                route, seconds = route_of(scope), perf_counter() - began
                span.name(f"{method} {route}")
                span.tell("http.request.method", method)
                span.tell("http.route", route)
                span.tell("http.response.status_code", status)
                self._observer.requested(method, route, status, seconds)
                log.log(
                    logging.INFO if _is_told(route) else logging.DEBUG,
                    "%s %s %d, %.0f ms",
                    method,
                    route,
                    status,
                    seconds * 1000,
                )


def _is_told(route: str) -> bool:
    return route.startswith(TOLD) and route not in QUIET


def route_of(scope: Scope) -> str:
    """The template of the route that has answered; `other`: none of those that are declared.

    Never the path itself, which holds ids and what people type.
    """
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    return "other" if path is None else f"{scope.get('root_path', '')}{path}"
