"""The HTTP surface of the process: Slack's requests, and health."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from api.app import PREFIX
from api.budget_check import budget_check_router
from api.health import health_router
from api.identity import Identity
from api.problems import answer_problems
from bot.assembly import Parts
from bot.assembly.observation import metrics_page_of, readiness_of
from bot.assembly.rest import rest_of
from bot.budget_watch import BudgetWatch
from bot.link_pages import link_router
from bot.observation.observed import Observed
from bot.observation.readiness import Part

SLACK_PATH = "/slack/events"
"""Where Slack sends everything: commands, clicks and events."""


def create_web_app(
    parts: Parts,
    slack: AsyncApp | None,
    watch: BudgetWatch | None = None,
    identity: Identity | None = None,
    further: Sequence[Part] = (),
    usage: Sequence[APIRouter] = (),
) -> FastAPI:
    """The ASGI app.

    Args:
        parts: that answer.
        slack: hears Slack's requests over HTTP; None: Socket Mode alone is used.
        watch: answers gateways; None: nothing does.
        identity: knows callers of the REST surface; None: there is no such surface.
        further: what `/ready` tells of besides the store, the mart and the outbox.
        usage: the calls by which usage comes in, of the REST surface.
    """
    app = FastAPI(title="costbot", docs_url=None, redoc_url=None, openapi_url=None)
    answer_problems(app)
    _watched(app, parts, further)
    if slack is not None:
        handler = AsyncSlackRequestHandler(slack)

        async def slack_events(request: Request) -> Response:
            return await handler.handle(request)

        app.add_api_route(SLACK_PATH, slack_events, methods=["POST"])
    app.include_router(link_router())
    if identity is not None:
        checks = () if watch is None else (checks_of(parts, watch, identity),)
        app.mount(PREFIX, rest_of(parts, identity, (*checks, *usage)))
    return app


def checks_of(parts: Parts, watch: BudgetWatch, identity: Identity) -> APIRouter:
    """What gateways ask before they spend."""
    token, counted = parts.settings.gateway_token, parts.observer.checks
    return budget_check_router(watch.checks, parts.dimensions, token, identity, counted)


def _watched(app: FastAPI, parts: Parts, further: Sequence[Part]) -> None:
    """What operators look at: probes, and metrics where they are counted."""
    readiness = readiness_of(parts, *further)
    app.include_router(health_router(readiness.look))
    if isinstance(parts.observer, Observed):
        app.include_router(metrics_page_of(parts, parts.observer, readiness))
