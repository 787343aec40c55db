"""A serving costbot that is observed: real HTTP, Slack's stand-in, jobs and messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import aiohttp

from analysis.errors import Unavailable
from bot import jobs
from bot.assembly import Parts, assembled, budgets_of, slack_app
from bot.assembly.api_tokens import api_tokens_of, identities_opened
from bot.assembly.ingest import Ingest, ingest_opened
from bot.assembly.observation import observer_of
from bot.budget_watch import BudgetWatch, watching
from bot.observation.http import ObservedHttp
from bot.observation.observed import Observed
from bot.observation.readiness import scheduler_part, slack_part
from bot.outbox.opened import sending
from bot.outbox.sender import Sender
from bot.scheduled import ledger_of
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.slack.pace import Pace
from bot.stage import access_to, admit, installed_app, people, user_groups
from bot.supervisor import Supervisor
from bot.upkeep import Upkeep
from bot.web import SLACK_PATH, create_web_app
from handlers.api_tokens.managing import NewToken
from handlers.caller import Caller
from playground.beginning import begin
from playground.clock import SystemClock
from playground.server import running
from playground.serving import serving
from playground.slack import FakeSlack
from tests.api.world import CALLERS
from tests.facts import fill
from tests.slack.conftest import FACTS, NOW
from tests.stores import TestClock, lay_store


@dataclass(frozen=True)
class World:
    """It, and what it hangs on.

    Attributes:
        parts: that answer.
        clock: theirs.
        observed: what is told of them.
        slack: they hang on.
        scheduler: of two jobs, one of which fails; it begins none by itself.
        watch: over the budgets.
        ingest: what takes usage in.
        supervisor: of their work.
        url: of the served app.
        token: an API token of acme's.
        session: to ask with.
    """

    parts: Parts
    clock: TestClock
    observed: Observed
    slack: FakeSlack
    scheduler: Scheduler
    watch: BudgetWatch
    ingest: Ingest
    supervisor: Supervisor
    url: str
    token: str
    session: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        """Asks: the status, the text and the headers, in lower case."""
        async with self.session.get(f"{self.url}{path}", headers=headers) as response:
            told = {name.lower(): value for name, value in response.headers.items()}
            return response.status, await response.text(), told

    async def gathered(self) -> None:
        """Has everything looked up that is looked up."""
        self.clock.advance(timedelta(seconds=10))
        status, _, _ = await self.get("/metrics")
        assert status == 200

    async def api(self, path: str) -> int:
        """Asks the REST surface as acme's."""
        bearer = {"Authorization": f"Bearer {self.token}"}
        return (await self.get(f"/api/v1/costs{path}", **bearer))[0]

    async def say(self, command: str, handle: str = "ada") -> None:
        """Types a command in Slack."""
        workspace = self.slack.workspace
        channel = workspace.find_channel("costs")
        assert channel is not None
        user = next(user for user in workspace.people() if user.name == handle)
        await self.slack.delivery.command(user.id, channel.id, command)
        await self.supervisor.idle()


async def _unavailable() -> None:
    raise Unavailable("What this job needs does not answer.")


async def api_token(parts: Parts, organization: str | None, name: str) -> str:
    """A token that reaches the costs of an organization."""
    admin: Caller = CALLERS["admin"]
    new = NewToken(name=name, organization=organization)
    return (await api_tokens_of(parts, "cli").create(new, admin)).secret.get_secret_value()


@asynccontextmanager
async def opened(home: Path) -> AsyncGenerator[World]:
    """A world in a folder."""
    settings = Settings(home=home)
    clock, observed = TestClock(NOW), observer_of(settings)
    lay_store(home)
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(assembled(settings, clock, observed))
        fill(parts.mart, FACTS, NOW, settings.hourly_days)
        app, now = installed_app(), SystemClock()
        workspace = begin(now, people(), app, groups=user_groups(now))
        await admit(parts.store, workspace.team.id)
        supervisor = Supervisor()
        slack = await stack.enter_async_context(running(workspace))
        slack.rate_limits.enabled = False
        access = replace(access_to(app, slack.api_url), posts_apart=timedelta())
        watch = await stack.enter_async_context(watching(parts))
        scheduler = Scheduler(clock, supervisor, ledger_of(parts), observer=observed)
        upkeep = Upkeep(parts.mart, parts.store, clock, budgets_of(parts, "system").raises)
        scheduler.add(jobs.FORGET, upkeep.forget)
        scheduler.add(jobs.END_MUTES, _unavailable)
        identity = await stack.enter_async_context(identities_opened(parts))
        further = (
            slack_part(access.client_token, access.api_url, clock),
            scheduler_part(lambda: scheduler.looked_at, clock),
        )
        ingest = await stack.enter_async_context(ingest_opened(parts))
        bolt = slack_app(parts, access, supervisor)
        web = create_web_app(parts, bolt, watch, identity, further)
        url = await stack.enter_async_context(serving(ObservedHttp(web, observed)))
        app.request_url = f"{url}{SLACK_PATH}"
        session = await stack.enter_async_context(aiohttp.ClientSession())
        token = await api_token(parts, "acme", "tests")
        yield World(
            parts, clock, observed, slack, scheduler, watch, ingest, supervisor, url, token, session
        )
        await supervisor.stop(5.0)


@asynccontextmanager
async def outbox_at_work(world: World) -> AsyncGenerator[Sender]:
    """Sends what is in the outbox."""
    app = next(iter(world.slack.workspace.apps.values()))
    access = access_to(app, world.slack.api_url)
    pace = Pace(world.clock, timedelta())
    async with sending(world.parts, access, world.supervisor, pace) as sender:
        yield sender
