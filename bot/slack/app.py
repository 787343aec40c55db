"""The Bolt app: verified requests in, the listeners behind one permission check."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import cast

from aiohttp import ClientConnectionError
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from analysis.clock import Clock
from analysis.errors import NotAllowed, Refused
from bot.blocks.answer import Answer
from bot.blocks.modal import notice_view
from bot.blocks.refusal import failure_answer, refusal_answer, stranger_answer
from bot.observation.observer import Observer, Unobserved
from bot.pictures.painter import Painter
from bot.road import Road
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.attention import Attention
from bot.slack.boundary import unreachable
from bot.slack.budget_alerts import AlertListeners
from bot.slack.budgets import budget_listeners
from bot.slack.home import Home, is_opened
from bot.slack.home_publisher import HomePublisher
from bot.slack.identity import Identities
from bot.slack.listeners import Listeners
from bot.slack.many_workspaces import ManyWorkspaces
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun, by_word
from bot.slack.observed import ObservedApp, concluded
from bot.slack.pace import Pace
from bot.slack.permissions import needed_role, who, who_among_many
from bot.slack.pictures import FileApi, Pictures
from bot.slack.places import ViewPlace
from bot.slack.posting import ReportPosting
from bot.slack.recs import recs_listeners
from bot.slack.removals import removal_listeners
from bot.slack.reply import Replies, send
from bot.slack.report import Reports
from bot.slack.thread import Threads
from bot.slack.workspaces import ENTERED, WorkspaceClient
from bot.supervisor import Supervisor
from handlers.api_tokens.failures import Kind, LoginFailures
from handlers.budget_watch.acting import AlertHandler
from handlers.budgets.handlers import BudgetHandlers
from handlers.recommendations.handlers import RecommendationHandlers
from handlers.report import ReportHandler
from storage.repositories.inbound import InboundEventRepository

log = logging.getLogger(__name__)

NOT_INSTALLED = "costbot is not installed in this workspace: who manages its apps can install it."

CALLER = "caller"
"""Under which the middleware leaves the caller in Bolt's context."""


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """How costbot reaches one Slack workspace.

    Attributes:
        bot_token: `xoxb-…`; empty where `workspaces` have theirs.
        signing_secret: what Slack signs its requests with; None: Socket Mode alone.
        api_url: where the Web API is, a slash at its end.
        posts_apart: time between two messages in a channel; Slack wants a second.
        workspaces: those that installed costbot; None: there is one, of the token.
    """

    bot_token: SecretStr
    signing_secret: SecretStr | None
    api_url: str
    posts_apart: timedelta = timedelta(seconds=1)
    workspaces: ManyWorkspaces | None = None

    @property
    def client_token(self) -> str | None:
        """What calls go out with that are made in no workspace; None: they are refused."""
        return None if self.workspaces is not None else self.bot_token.get_secret_value()


def slack_client(access: SlackAccess) -> AsyncWebClient:
    """The Web API, obeying Retry-After and trying again what failed on Slack's side."""
    return WorkspaceClient(
        token=access.client_token,
        base_url=access.api_url,
        retry_handlers=[
            AsyncRateLimitErrorRetryHandler(max_retry_count=3),
            AsyncServerErrorRetryHandler(max_retry_count=3),
        ],
    )


def posting_client(access: SlackAccess) -> AsyncWebClient:
    """The Web API for messages that must not stand twice.

    What failed on Slack's side may have been posted all the same: it is looked for, not repeated.
    """
    return WorkspaceClient(
        token=access.client_token,
        base_url=access.api_url,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=3)],
    )


def create_bolt_app(
    access: SlackAccess,
    *,
    road: Road,
    report: ReportHandler,
    budgets: BudgetHandlers,
    recommendations: RecommendationHandlers,
    alerts: AlertHandler,
    clock: Clock,
    identities: Identities,
    inbound: InboundEventRepository,
    supervisor: Supervisor,
    home: HomePublisher,
    answer_within_seconds: float,
    pace: Pace | None = None,
    nouns: Sequence[MakeNoun] = (),
    painter: Painter | None = None,
    failures: LoginFailures | None = None,
    observer: Observer | None = None,
) -> AsyncApp:
    """The app that hears Slack, with every listener behind the permission table.

    `pace` is that of all else that posts in this process; None: nothing else does. `nouns` make
    those of `/cost` that have forms and buttons of their own. `painter` makes the pictures of
    answers; None: they come without. `failures` counts who is not known, for the audit trail.
    `observer` is told of all that is heard.
    """
    observer = observer or Unobserved()
    client = slack_client(access)
    secret = access.signing_secret
    app = ObservedApp(
        observer,
        # Without a secret nothing is heard over HTTP: a random one that nobody can sign with.
        signing_secret=secret.get_secret_value() if secret else token_hex(32),
        client=client,
        authorize=access.workspaces and access.workspaces.authorize,
        user_facing_authorize_error_message=NOT_INSTALLED,
        logger=logging.getLogger("bot.slack.bolt"),
    )
    pictures = painter and Pictures(painter, cast("FileApi", client))
    replies = Replies(supervisor, answer_within_seconds, pictures)
    api = cast("SlackApi", client)
    tab = Home(home, inbound, api, supervisor)
    gate = _Gate(identities, supervisor, replies.attention, tab, failures)
    hears = cast("BoltApp", app)
    hears.middleware(gate.permit)
    hears.error(_unexpected)
    if access.workspaces is not None:
        removal_listeners(access.workspaces).register(hears)
    tab.register(hears)
    careful = cast("SlackApi", posting_client(access))
    posting = ReportPosting(api, Threads(careful, pace or Pace(clock, access.posts_apart)))
    reports = Reports(report, posting, supervisor, clock)
    modals = Modals(api, supervisor, answer_within_seconds)
    made = tuple(make(api, replies, modals) for make in nouns)
    for noun in made:
        noun.register(hears)
    Listeners(road, replies, reports, api, modals, by_word(made)).register(hears)
    AlertListeners(alerts, replies).register(hears)
    listeners = budget_listeners(budgets, api, replies, road.dimensions, road.engine)
    listeners.register(hears)
    recs_listeners(recommendations, api, replies, identities).register(hears)
    return app


@dataclass(frozen=True, slots=True)
class _Gate:
    """The one place that decides who is heard."""

    identities: Identities
    supervisor: Supervisor
    attention: Attention
    home: Home
    failures: LoginFailures | None = None

    async def permit(
        self,
        body: Json,
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        needed = needed_role(body)
        if needed is None:
            return await next()  # heard by no listener: Bolt answers that itself
        team_id, user_id = (who if ENTERED.get() is None else who_among_many)(body)
        place = self.home.place(body, team_id, user_id)
        if is_opened(body):
            return await next()  # everybody has a Home tab: a stranger's says what to do
        try:
            caller = await self.identities.caller(team_id, user_id)
        except Refused as refusal:
            self._failed("not told apart", team_id, user_id)
            return self._refuse(body, refusal_answer(refusal), place)
        if caller is None:
            self._failed("stranger", team_id, user_id)
            return self._refuse(body, stranger_answer(team_id, user_id), place)
        if not caller.role.reaches(needed):
            refusal = NotAllowed(f"This is for {needed.label}s.", "Ask an admin for the role.")
            return self._refuse(body, refusal_answer(refusal), place)
        context[CALLER] = caller
        self.attention.heard(body, user_id)
        return await next()

    def _failed(self, reason: str, team_id: str, user_id: str) -> None:
        """Counts somebody who is not known, for the audit trail."""
        if self.failures is not None:
            kind = Kind(reason, team_id=team_id, user_id=user_id, surface="slack")
            self.supervisor.spawn(self.failures.failed(kind), "a login that failed")

    def _refuse(self, body: Json, answer: Answer, place: ViewPlace | None) -> BoltResponse:
        """The refusal in the response itself: an `ack` from a middleware would go nowhere."""
        concluded("refused")
        if "command" in body:
            return BoltResponse(status=200, body=answer.payload())
        if body.get("type") == "view_submission":
            return _in_modal(answer)
        if url := body.get("response_url"):
            work = send(str(url), answer, replaces=False)
            self.supervisor.spawn(work, "refusal of a click")
        elif place is not None:
            self.supervisor.spawn(place.show(answer), "refusal of a click")
        return BoltResponse(status=200, body="")


async def _unexpected(error: Exception, body: Json) -> BoltResponse:
    """What no listener caught: logged whole, and answered where Slack shows an answer."""
    concluded("failed")
    if isinstance(error, ClientConnectionError):
        error_id = unreachable(error, "a listener")
    else:
        error_id = token_hex(4)
        log.error("error %s in a listener", error_id, exc_info=error)
    if "command" in body:
        return BoltResponse(status=200, body=failure_answer(error_id).payload())
    if body.get("type") == "view_submission":
        return _in_modal(failure_answer(error_id))
    return BoltResponse(status=200, body="")


def _in_modal(answer: Answer) -> BoltResponse:
    """An answer in the place of the modal that was sent in."""
    view = notice_view("Costbot", [answer.text])
    return BoltResponse(status=200, body={"response_action": "update", "view": view})
