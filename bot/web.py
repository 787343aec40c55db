"""The HTTP surface of the process: Slack's requests, and health."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from analysis.errors import CostbotError
from api.app import PREFIX
from api.budget_check import budget_check_router
from api.health import health_router
from api.identity import Identity
from api.problems import answer_problems
from bot.assembly import Parts
from bot.assembly.rest import rest_of
from bot.budget_watch import BudgetWatch

SLACK_PATH = "/slack/events"
"""Where Slack sends everything: commands, clicks and events."""


def create_web_app(
    parts: Parts,
    slack: AsyncApp | None,
    watch: BudgetWatch | None = None,
    identity: Identity | None = None,
) -> FastAPI:
    """The ASGI app.

    Args:
        parts: that answer.
        slack: hears Slack's requests over HTTP; None: Socket Mode alone is used.
        watch: answers gateways; None: nothing does.
        identity: knows callers of the REST surface; None: there is no such surface.
    """
    app = FastAPI(title="costbot", docs_url=None, redoc_url=None, openapi_url=None)
    answer_problems(app)
    app.include_router(health_router({"store": _store_check(parts), "mart": _mart_check(parts)}))
    if slack is not None:
        handler = AsyncSlackRequestHandler(slack)

        async def slack_events(request: Request) -> Response:
            return await handler.handle(request)

        app.add_api_route(SLACK_PATH, slack_events, methods=["POST"])
    if watch is not None and identity is not None:
        token = parts.settings.gateway_token
        app.include_router(budget_check_router(watch.checks, parts.dimensions, token, identity))
    if identity is not None:  # behind the check: what is mounted answers all else of its prefix
        app.mount(PREFIX, rest_of(parts, identity))
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
