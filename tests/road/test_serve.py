"""`costbot serve` as a process: where to click, how it ends, what it never says."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.model import SlackApp
from playground.server import running
from playground.slack import FakeSlack
from tests.road.processes import costbot
from tests.road.serving import Served, served
from tests.road.test_socket_mode import until

ADA, OTTO = "U0ADA00001", "U0OTTO0001"
PROMPT_SECONDS = 8.0
"""In which a process that serves open windows has to end; on its own it takes a tenth of one."""


async def address(costbot: Served) -> str:
    """Where the playground says that it is."""
    found = await costbot.says(r"playground is at\s+http://localhost:(\d+)/")
    return f"http://127.0.0.1:{found[1]}"


@asynccontextmanager
async def visiting(url: str) -> AsyncGenerator[aiohttp.ClientSession]:
    """A visitor who keeps cookies, as a browser does."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(url, cookie_jar=jar) as visitor:
        yield visitor


async def page(visitor: aiohttp.ClientSession, path: str = "/") -> str:
    async with visitor.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


def costs_channel(html: str) -> str:
    """The address of #costs, from the page's list."""
    found = re.search(r'<a href="(/c/\w+)"[^>]*><span[^>]*>#</span>costs</a>', html)
    assert found is not None
    return found[1]


async def test_it_says_where_to_click_answers_there_and_forgets_nothing(tmp_path: Path):
    home = tmp_path / "home"
    async with served(home, "--playground", "--port", "0") as first:
        url = await address(first)
        async with visiting(url) as visitor:
            async with visitor.get("/healthz") as health:
                assert (health.status, await health.json()) == (200, {"status": "ok"})
            costs = costs_channel(await page(visitor))
            for line in ("/cost pricing anthropic", "remember me"):
                async with visitor.post(f"{costs}/say", data={"text": line}) as answer:
                    assert answer.status == 200
            assert "claude-3-opus" in await page(visitor, costs)
        assert "/cost today by model" in first.output
        assert await first.terminated() == 0
    async with served(home, "--playground", "--port", "0") as second:
        async with visiting(await address(second)) as visitor:
            after = await page(visitor, costs)
        assert "remember me" in after
        assert "claude-3-opus" in after
        assert await second.terminated() == 0
    assert "Traceback" not in first.output + second.output


async def test_it_ends_in_order_while_a_window_is_open(tmp_path: Path):
    async with served(tmp_path / "home", "--playground", "--port", "0") as running_costbot:
        url = await address(running_costbot)
        async with visiting(url) as visitor, visitor.get("/live") as stream:
            assert stream.content_type == "text/event-stream"
            assert (await stream.content.readline()).startswith(b"retry")
            async with asyncio.timeout(PROMPT_SECONDS):
                assert await running_costbot.terminated() == 0
                await stream.content.read()
    assert "Traceback" not in running_costbot.output
    assert "cancelled at shutdown" not in running_costbot.output
    assert (tmp_path / "home" / "playground.json").exists()


def test_a_taken_port_ends_with_a_hint(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = costbot(tmp_path / "home", "serve", "--playground", "--port", str(port))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"Port {port} of 127.0.0.1 cannot be used" in ended.stderr
    assert f"--port {port + 1}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_tokens_it_ends_with_a_hint(tmp_path: Path):
    ended = costbot(tmp_path / "home", "serve", "--port", "0", COSTBOT_SLACK_BOT_TOKEN="xoxb-1")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Slack's tokens are not set." in ended.stderr
    assert "costbot serve --playground" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_slack_of_its_own_is_heard_by_http_and_socket_and_no_secret_is_logged(
    tmp_path: Path,
):
    app = installed_app()
    app.socket_mode = True
    workspace = begin(SystemClock(), people(), app)
    async with (
        running(workspace) as slack,
        served(tmp_path / "home", "--port", "0", **deployment(app, slack)) as costbot,
    ):
        heard_at = await costbot.says(r"hears Slack at (http://127\.0\.0\.1:\d+/slack/events)")
        await costbot.says("hears Slack through a socket")
        app.request_url = heard_at[1]
        await until(lambda: slack.socket_mode.connections(app.id) == 1)
        by_socket = await everything_is_answered(slack, app, ADA)
        app.socket_mode = False
        by_http = await everything_is_answered(slack, app, OTTO)
        assert by_http == by_socket
        assert await costbot.terminated() == 0
    assert "DEBUG" in costbot.output
    for secret in (app.signing_secret, app.bot_token, app.app_token):
        assert secret not in costbot.output
    assert "Traceback" not in costbot.output


def deployment(app: SlackApp, slack: FakeSlack) -> dict[str, str]:
    """The variables of a costbot that is installed in this Slack."""
    return {
        "COSTBOT_SLACK_BOT_TOKEN": app.bot_token,
        "COSTBOT_SLACK_APP_TOKEN": app.app_token,
        "COSTBOT_SLACK_SIGNING_SECRET": app.signing_secret,
        "COSTBOT_SLACK_API_URL": slack.api_url,
        "COSTBOT_ADMINS": ADA,
        "COSTBOT_LOG_LEVEL": "DEBUG",
    }


async def everything_is_answered(slack: FakeSlack, app: SlackApp, opener: str) -> list[str]:
    """Commands and a file, as Ada sees them, and the first Home tab of `opener`.

    Returns:
        The texts of the answers.
    """
    channel = slack.workspace.find_channel("costs")
    assert channel is not None
    texts: list[str] = []
    for line in ("/cost pricing openai", "/cost today by model csv", "/cost todya"):
        outcome = await slack.delivery.command(ADA, channel.id, line)
        assert (outcome.status, outcome.error) == (200, "")
        texts.append(outcome.ack["text"])
    assert slack.workspace.home_of(opener, app.id) is None
    slack.delivery.open_home(opener, app)
    await until(lambda: slack.workspace.home_of(opener, app.id) is not None)
    return texts
