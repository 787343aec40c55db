"""The page, the fake and the sample app, each served on the loopback, put together as one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Mount

from playground.beginning import begin
from playground.clock import Clock, SystemClock
from playground.page.routes import Page
from playground.page.screens import Suggestion
from playground.server import create_app
from playground.serving import serving
from playground.slack import FakeSlack, create_slack
from playground.workspace import Workspace
from tests.playground_page.sample_app import PEOPLE, SampleApp, installed

SUGGESTIONS = (
    Suggestion("/cost today by model", "What today has cost, model by model"),
    Suggestion("/cost week by organization", "Who spent the last seven days"),
    Suggestion("/cost 30d by day", "A month, day by day"),
    Suggestion("/cost help", "Everything that can be asked"),
)


@dataclass
class Served:
    """What a test needs of it all."""

    url: str
    slack: FakeSlack
    app: SampleApp
    page: Page

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspace

    def channel(self, name: str = "costs") -> str:
        """A channel's id."""
        found = self.workspace.find_channel(name)
        assert found is not None
        return found.id


@asynccontextmanager
async def served(clock: Clock | None = None) -> AsyncGenerator[Served]:
    """A workspace with the sample app, its page at `url`; its clock is the machine's if omitted."""
    installation = installed()
    workspace = begin(clock or SystemClock(), PEOPLE, installation)
    slack = create_slack(workspace)
    page = Page(workspace, slack.delivery, SUGGESTIONS, slack.faults)
    fake = create_app(slack)
    whole = Starlette(routes=[*fake.routes, Mount("/", page.app)])
    async with serving(whole) as url:
        workspace.public_url = url
        app = SampleApp(slack.api_url)
        async with serving(app.asgi()) as app_url:
            installation.request_url = f"{app_url}/slack/events"
            try:
                yield Served(url, slack, app, page)
            finally:
                page.close()
                await slack.close()
