"""Costbot as a process: Slack over HTTP or a socket, or the playground in Slack's place."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from secrets import token_hex

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from starlette.types import ASGIApp

from analysis.errors import BadInput
from bot.assembly import Parts, assembled, slack_app
from bot.assembly.api_tokens import identities_opened
from bot.assembly.home import home_of
from bot.assembly.ingest import usage_routers_opened
from bot.assembly.observation import observer_of
from bot.assembly.workspaces import install_pages_of, slack_access_of
from bot.blocks.help import QUESTIONS
from bot.budget_watch import BudgetWatch, watching
from bot.gallery import NOUNS
from bot.gallery.showing import shown_of
from bot.install_routes import INSTALL_PATH
from bot.observation.http import ObservedHttp
from bot.observation.lag import lag_watched
from bot.observation.readiness import Part, scheduler_part, slack_part
from bot.outbox.opened import sending
from bot.pictures.chart import THEMES, Theme
from bot.pictures.painter import Painter
from bot.scheduled import scheduled
from bot.settings import Settings
from bot.slack.app import SlackAccess
from bot.slack.group_members import group_members
from bot.slack.home_publisher import HomePublisher
from bot.slack.pace import Pace
from bot.stage import access_to, admit, installed_app, load_or_begin
from bot.supervisor import Supervisor
from bot.warehouse import jobs_opened, sync_of
from bot.web import SLACK_PATH, create_web_app
from handlers.sync import SyncHandler
from playground.linear.server import linear_app
from playground.linear.service import Linear
from playground.page.gallery import Exhibit, Gallery
from playground.page.routes import Page
from playground.page.screens import Suggestion
from playground.persistence import keep_saved, load
from playground.server import create_app
from playground.slack import FakeSlack, create_slack

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"""How long work that is under way may take when the process is told to end."""

Announce = Callable[[str], None]


async def run(settings: Settings, *, with_playground: bool, announce: Announce) -> None:
    """Serves until the process is interrupted.

    Args:
        settings: of the deployment.
        with_playground: a Slack of one's own at `/`, in place of a real one.
        announce: says where to click.

    Raises:
        BadInput: the port is taken, or a setting that Slack needs is missing.
    """
    listener = _listen(settings)
    port = int(listener.getsockname()[1])
    supervisor = Supervisor()
    observer = observer_of(settings)
    async with assembled(settings, observer=observer) as parts, lag_watched(observer):
        try:
            if with_playground:
                await _serve_playground(parts, supervisor, listener, port, announce)
            else:
                await _serve_slack(parts, supervisor, listener, port, announce)
        finally:
            await supervisor.stop(GRACE_SECONDS)
            await asyncio.to_thread(observer.close)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is at work while costbot serves.

    Attributes:
        watch: over the budgets.
        wake: tells the outbox that there is something to send.
        probed: what `/ready` tells of it.
        home: publishes Home tabs.
    """

    watch: BudgetWatch
    wake: Callable[[], None]
    probed: tuple[Part, ...]
    home: HomePublisher


@asynccontextmanager
async def _at_work(
    parts: Parts, supervisor: Supervisor, access: SlackAccess, pace: Pace
) -> AsyncGenerator[_Work]:
    """What costbot does by itself while it serves: jobs, and the messages that come of them."""
    async with (
        sending(parts, access, supervisor, pace) as sender,
        watching(parts, sender.wake) as watch,
        _sync_if_set_up(parts) as sync,
    ):
        members = group_members(access, parts.clock)
        home = home_of(parts, access, supervisor)
        scheduler = scheduled(parts, supervisor, watch, sync, sender.wake, members, home)
        scheduler.start()
        try:
            probed = (
                slack_part(access.client_token, access.api_url, parts.clock),
                scheduler_part(lambda: scheduler.looked_at, parts.clock),
            )
            yield _Work(watch, sender.wake, probed, home)
        finally:
            await scheduler.stop(GRACE_SECONDS)


@asynccontextmanager
async def _sync_if_set_up(parts: Parts) -> AsyncGenerator[SyncHandler | None]:
    """What refreshes the mart from BigQuery; None: it is not set up, or wanted by hand alone."""
    settings = parts.settings
    if settings.bigquery_project is None or not settings.sync_minutes:
        yield None
        return
    async with jobs_opened(settings, parts.store, parts.clock) as jobs:
        yield sync_of(settings, parts.store, parts.mart, jobs, parts.clock)


def _listen(settings: Settings) -> socket.socket:
    try:
        listener = socket.create_server((settings.host, settings.port))
    except OSError as error:
        sentence = f"Port {settings.port} of {settings.host} cannot be used: {error.strerror}."
        hint = f"Stop what uses it, or take another: --port {settings.port + 1}."
        raise BadInput(sentence, hint) from error
    # uvicorn writes head and body apart: held back to be joined, an answer takes 40 ms longer.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def _serve_slack(
    parts: Parts,
    supervisor: Supervisor,
    listener: socket.socket,
    port: int,
    announce: Announce,
) -> None:
    settings = parts.settings
    app_token = settings.slack_app_token
    parts, access = slack_access_of(parts)
    pace = Pace(parts.clock, access.posts_apart)
    over_http = settings.slack_signing_secret is not None
    ways = [f"at http://{settings.host}:{port}{SLACK_PATH}"] if over_http else []
    async with AsyncExitStack() as stack:
        work = await stack.enter_async_context(_at_work(parts, supervisor, access, pace))
        bolt = slack_app(parts, access, supervisor, pace, work.wake, work.home)
        identity = await stack.enter_async_context(identities_opened(parts))
        heard = bolt if over_http else None
        usage = await stack.enter_async_context(usage_routers_opened(parts, identity))
        web = create_web_app(parts, heard, work.watch, identity, work.probed, usage)
        if access.workspaces is not None:
            web.include_router(install_pages_of(settings, access.workspaces))
            ways.append(f"wherever it is installed from {INSTALL_PATH}")
        if app_token is not None:
            await stack.enter_async_context(socket_mode(bolt, app_token.get_secret_value()))
            ways.append("through a socket (Socket Mode)")
        observed = ObservedHttp(web, parts.observer)
        await serve_until_interrupted(observed, listener, lambda: announce(_hears(ways)))


def _hears(ways: Sequence[str]) -> str:
    return "\n".join(f"costbot hears Slack {way}" for way in ways)


@asynccontextmanager
async def socket_mode(bolt: AsyncApp, app_token: str) -> AsyncGenerator[None]:
    """Hears Slack through a socket that costbot opens, for as long as the block lasts."""
    handler = AsyncSocketModeHandler(bolt, app_token)
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()


async def _serve_playground(
    parts: Parts,
    supervisor: Supervisor,
    listener: socket.socket,
    port: int,
    announce: Announce,
) -> None:
    url = f"http://127.0.0.1:{port}"
    parts, linear = _with_linear(_with_address(parts, port), url)
    app = installed_app(parts.settings.public_url)
    app.request_url = f"{url}{SLACK_PATH}"
    path = parts.settings.home / "playground.json"
    workspace = load_or_begin(app, load(path))
    workspace.public_url = url
    await admit(parts.store, workspace.team.id)
    slack = create_slack(workspace)
    page = Page(workspace, slack.delivery, _suggestions(), slack.faults, _gallery(parts.painter))
    access = access_to(app, slack.api_url)
    pace = Pace(parts.clock, access.posts_apart)
    saving = asyncio.create_task(keep_saved(workspace, path))
    try:
        async with (
            AsyncExitStack() as at_work,
            identities_opened(parts) as identity,
            usage_routers_opened(parts, identity) as usage,
        ):
            work = await at_work.enter_async_context(_at_work(parts, supervisor, access, pace))
            bolt = slack_app(parts, access, supervisor, pace, work.wake, work.home)
            web = create_web_app(parts, bolt, work.watch, identity, work.probed, usage)
            if linear is not None:
                web.mount("/linear", linear_app(linear))
            _mount(web, slack, page)

            async def before_end() -> None:
                # What is under way calls the playground: it ends while that still answers.
                page.close()
                await at_work.aclose()
                await supervisor.stop(GRACE_SECONDS)

            announced = _welcome(parts.settings, port)
            observed = ObservedHttp(web, parts.observer)
            await serve_until_interrupted(
                observed, listener, lambda: announce(announced), before_end
            )
    finally:
        await supervisor.idle()
        await slack.close()
        saving.cancel()
        with suppress(asyncio.CancelledError):
            await saving


def _with_address(parts: Parts, port: int) -> Parts:
    """Links that lead to this machine, where no others are wanted."""
    if parts.settings.public_url is not None:
        return parts
    changed = {"public_url": f"http://localhost:{port}"}
    return replace(parts, settings=parts.settings.model_copy(update=changed))


def _with_linear(parts: Parts, url: str) -> tuple[Parts, Linear | None]:
    """A Linear of one's own at `/linear/`, in place of a real one that is not set up."""
    if parts.settings.linear_token is not None:
        return parts, None
    token = token_hex(16)
    changed = {"linear_token": SecretStr(token), "linear_api_url": f"{url}/linear/graphql"}
    settings = parts.settings.model_copy(update=changed)
    teams = {"ENG": "Engineering", "FIN": "FinOps"}
    return replace(parts, settings=settings), Linear(parts.clock, token, teams)


def _mount(web: FastAPI, slack: FakeSlack, page: Page) -> None:
    web.router.routes.extend(create_app(slack).routes)
    web.mount("/", page.app)


def _gallery(painter: Painter) -> Gallery:
    """Every message template, drawn and checked by the playground."""
    painters: dict[Theme, Painter] = {theme: painter.in_theme(theme) for theme in THEMES}

    def exhibits(noun: str) -> list[Exhibit]:
        return [
            Exhibit(one.entry.template, one.entry.data, one.payload, one.pictures)
            for one in shown_of(noun, painters)
        ]

    return Gallery(NOUNS, exhibits)


def _suggestions() -> list[Suggestion]:
    worth_asking = {**QUESTIONS, "help": "Everything that can be asked"}
    return [
        *(Suggestion(f"/cost {text}", meaning) for text, meaning in worth_asking.items()),
        Suggestion("/budget create", "What may be spent, and who hears when it nearly is"),
        Suggestion("/budget list", "All budgets, with where they stand"),
        Suggestion("/recs", "What could be saved, the most important first"),
    ]


def _welcome(settings: Settings, port: int) -> str:
    is_own_linear = settings.linear_api_url.endswith(f":{port}/linear/graphql")
    issues = f"  Issues are filed at   http://localhost:{port}/linear/\n" if is_own_linear else ""
    return (
        f"\n  The playground is at  http://localhost:{port}/\n"
        "  Open it and type      /cost today by model\n"
        "  Or, in a terminal     .venv/bin/costbot say '/cost 7d by organization'\n"
        f"{issues}"
        f"  Its data lies in      {settings.home}\n"
        "  Stop it with          Ctrl+C\n"
    )


async def serve_until_interrupted(
    web: ASGIApp,
    listener: socket.socket,
    on_start: Callable[[], None],
    before_end: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serves an ASGI app on a bound socket until SIGINT or SIGTERM.

    Args:
        web: the app.
        listener: where it is served.
        on_start: is called once a request is answered and a signal ends the process in order.
        before_end: is awaited before open connections are, while requests are still answered.
    """
    config = uvicorn.Config(
        web,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, on_start, before_end)
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn's server, which ends in order.

    It ends the work that calls it, and tells open windows of its end, before it waits for them. And
    it keeps to itself the signal that ended it: raised again, as uvicorn does, it would end the
    process before the playground is saved, the work under way is done and the store is closed.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        on_start: Callable[[], None],
        before_end: Callable[[], Awaitable[None]] | None,
    ) -> None:
        super().__init__(config)
        self._on_start = on_start
        self._before_end = before_end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._before_end is not None:
            await self._before_end()
        await super().shutdown(sockets)
