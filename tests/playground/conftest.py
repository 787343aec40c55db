from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest
from fastapi import FastAPI, Request
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import Response

from playground.beginning import begin
from playground.clock import ManualClock
from playground.model import Channel, Command, SlackApp, User
from playground.server import running
from playground.serving import serving
from playground.slack import FakeSlack
from playground.workspace import Workspace

ADA = User("U0ADA0001", "ada", "Ada", "ada@example.com", tz="Europe/Berlin")
BOB = User("U0BOB0001", "bob", "Bob", "bob@example.com")
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def new_app() -> SlackApp:
    return SlackApp(
        id="A0COSTBOT",
        name="Costbot",
        bot_user_id="U0COSTBOT",
        bot_id="B0COSTBOT",
        signing_secret=SECRET,
        bot_token="xoxb-1",
        app_token="xapp-1",
        commands=(Command("/cost", "today by model"),),
        events=frozenset({"app_mention", "app_home_opened", "message.im", "message.channels"}),
    )


@dataclass
class Stage:
    """A served workspace with an app in it, and the app's own `AsyncWebClient`.

    The client is Any: slack_sdk types its methods only in part.
    """

    slack: FakeSlack
    clock: ManualClock
    app: SlackApp
    client: Any
    costs: Channel
    general: Channel

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspace


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def stage(clock: ManualClock) -> AsyncIterator[Stage]:
    app = new_app()
    workspace = begin(clock, [ADA, BOB], app)
    costs, general = workspace.find_channel("costs"), workspace.find_channel("general")
    assert costs is not None
    assert general is not None
    async with running(workspace) as slack:
        client = AsyncWebClient(app.bot_token, base_url=slack.api_url)
        yield Stage(slack, clock, app, client, costs, general)


def refused(error: SlackApiError) -> Any:
    """The answer that slack_sdk raised."""
    return cast("Any", error).response


async def refusal(call: Awaitable[object]) -> dict[str, Any]:
    """What Slack says in refusing a call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return cast("dict[str, Any]", refused(caught.value).data)


Handler = Callable[[Request], Awaitable[Response]]


@asynccontextmanager
async def serving_app(stage: Stage, handle: Handler) -> AsyncGenerator[None]:
    """Serve whatever answers the app's requests."""
    web = FastAPI()

    async def slack_events(request: Request) -> Response:
        return await handle(request)

    web.add_api_route("/slack/events", slack_events, methods=["POST"])
    async with serving(web) as url:
        stage.app.request_url = f"{url}/slack/events"
        yield


@pytest.fixture
async def bolt(stage: Stage) -> AsyncIterator[AsyncApp]:
    """A real Bolt app that the workspace's deliveries reach."""
    app = AsyncApp(signing_secret=SECRET, client=stage.client)
    handler = AsyncSlackRequestHandler(app)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving_app(stage, handler.handle))
        yield app
