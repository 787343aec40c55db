"""A serving costbot watches its budgets: it alerts once, and answers gateways."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp

from analysis.clock import system_clock
from bot.assembly import assembled
from bot.settings import Settings
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.model import SlackApp
from playground.server import running
from playground.workspace import Workspace
from storage.records.budget import BudgetDraft
from tests.facts import add, request
from tests.road.serving import Served, served
from tests.road.test_serve import deployment
from tests.road.test_socket_mode import until

TOKEN = "a-gateways-own-token"


@dataclass
class Town:
    """The Slack that a costbot speaks to."""

    app: SlackApp
    workspace: Workspace
    channel: str

    def said(self) -> list[str]:
        """What stands in the channel, threads left out."""
        return [
            message.text
            for message in self.workspace.visible(self.channel, self.app.bot_user_id)
            if message.thread_ts in (None, message.ts)
        ]

    def drawn(self) -> str:
        """The blocks of everything that stands in the channel, threads included."""
        messages = self.workspace.visible(self.channel, self.app.bot_user_id)
        return "\n".join(str(message.blocks) for message in messages)


def town() -> Town:
    app = installed_app()
    app.socket_mode = True
    workspace = begin(SystemClock(), people(), app)
    channel = workspace.find_channel("costs")
    assert channel is not None
    return Town(app, workspace, channel.id)


async def spent(home: Path, channel: str) -> None:
    """Acme has spent 96 of 100 dollars since yesterday."""
    async with assembled(Settings(home=home)) as parts:
        now = system_clock()
        add(parts.mart, [request(now, "96", organization="acme", model="gpt-4")])
        draft = BudgetDraft(
            name="Acme's own",
            limit=Decimal(100),
            kind="annual",
            zone=ZoneInfo("UTC"),
            start=now.date() - timedelta(days=1),
            organization="acme",
            is_hard=True,
            forecast=None,
            slack_channels=(channel,),
        )
        await parts.store.budgets.add(draft, created_by="the operator")


async def answered(costbot: Served, estimate: str) -> object:
    """What a gateway is told, once the budgets are known."""
    async with asyncio.timeout(20):
        while (answer := await asked(costbot, TOKEN, estimate))[0] == 503:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.1)
    return answer[1]


async def asked(costbot: Served, token: str, estimate: str) -> tuple[int, object]:
    found = await costbot.says(r"hears Slack at (http://127\.0\.0\.1:\d+)/slack/events")
    url = f"{found[1]}/api/v1/costs/budgets/check"
    parameters = {"organization": "acme", "model": "gpt-4", "estimated_cost": estimate}
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, params=parameters, headers=headers) as response,
    ):
        answer = await response.json()
        return response.status, answer.get("decision")


async def test_a_level_is_told_once_across_restarts_and_a_gateway_is_answered(tmp_path: Path):
    here = town()
    home = tmp_path / "home"
    await spent(home, here.channel)
    async with running(here.workspace) as slack:
        variables = {**deployment(here.app, slack), "COSTBOT_GATEWAY_TOKEN": TOKEN}
        async with served(home, "--port", "0", **variables) as costbot:
            await until(lambda: len(here.said()) == 1)
            assert await answered(costbot, "1") == "warn"
            assert await answered(costbot, "5") == "deny"
            assert (await asked(costbot, "another-token-of-no-worth", "1"))[0] == 401
            assert await costbot.terminated() == 0
        async with served(home, "--port", "0", **variables) as costbot:
            await costbot.says("hears Slack at")
            assert await answered(costbot, "1") == "warn"
            assert await costbot.terminated() == 0
    [told] = here.said()
    assert "\N{REPLACEMENT CHARACTER}" not in here.drawn()
    assert "Acme's own" in told
    assert "96" in told
    assert TOKEN not in costbot.output
    assert "Traceback" not in costbot.output
