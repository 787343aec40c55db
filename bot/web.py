"""The HTTP surface of the process: Slack's requests, and health."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from analysis.errors import CostbotError
from api.health import health_router
from bot.assembly import Parts

SLACK_PATH = "/slack/events"
"""Where Slack sends everything: commands, clicks and events."""


def create_web_app(parts: Parts, slack: AsyncApp | None) -> FastAPI:
    """The ASGI app; without Slack's HTTP requests where Socket Mode alone is used."""
    app = FastAPI(title="costbot", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health_router({"store": _store_check(parts), "mart": _mart_check(parts)}))
    if slack is not None:
        handler = AsyncSlackRequestHandler(slack)

        async def slack_events(request: Request) -> Response:
            return await handler.handle(request)

        app.add_api_route(SLACK_PATH, slack_events, methods=["POST"])
    return app


def _store_check(parts: Parts):
    async def check() -> str | None:
        try:
            await parts.store.ping()
        except CostbotError as error:
            return str(error)
        return None

    return check


def _mart_check(parts: Parts):
    async def check() -> str | None:
        try:
            parts.engine.snapshot()
        except CostbotError as error:
            return str(error)
        return None

    return check
