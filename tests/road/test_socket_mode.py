"""Costbot behind a firewall: no request comes in, everything is heard through a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.assembly import assembled, slack_app
from bot.serving import socket_mode
from bot.settings import Settings
from bot.stage import Stage, access_to, admit, installed_app, people
from bot.supervisor import Supervisor
from playground.beginning import begin
from playground.clock import SystemClock
from playground.model import JsonObject, SlackApp
from playground.server import running
from tests.facts import add
from tests.slack.conftest import FACTS, NOW


@asynccontextmanager
async def heard_through_a_socket(home: Path) -> AsyncGenerator[tuple[Stage, SlackApp]]:
    """Costbot without an address that Slack could send anything to."""
    app = installed_app()
    app.socket_mode = True
    async with assembled(Settings(home=home), lambda: NOW) as parts:
        add(parts.mart, FACTS)
        workspace = begin(SystemClock(), people(), app)
        await admit(parts.store, workspace.team.id)
        supervisor = Supervisor()
        async with running(workspace) as slack:
            access = replace(access_to(app, slack.api_url), signing_secret=None)
            bolt = slack_app(parts, access, supervisor)
            async with socket_mode(bolt, app.app_token):
                await until(lambda: slack.socket_mode.connections(app.id) == 1)
                yield Stage(slack, supervisor), app
                await supervisor.idle()


async def until(happened: Callable[[], bool]) -> None:
    """Waits for what another task brings about, ten seconds at most."""
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - the socket gives no event to wait for
            await asyncio.sleep(0.01)


def table_head(blocks: list[JsonObject]) -> str:
    """The first cell of a message's table."""
    [table] = [block for block in blocks if block["type"] == "table"]
    return table["rows"][0][0]["text"]


async def test_a_command_is_answered_in_the_ack(tmp_path: Path):
    async with heard_through_a_socket(tmp_path) as (stage, app):
        heard = await stage.say("/cost today by model", "ada")
        assert app.request_url == ""
    assert (heard.status, heard.failure, heard.messages) == (200, "", [])
    assert "*$4.90* today so far" in str(heard.ack["blocks"])
    assert table_head(heard.ack["blocks"]) == "Model"


async def test_a_click_is_answered_with_the_next_question(tmp_path: Path):
    async with heard_through_a_socket(tmp_path) as (stage, _):
        delivery, user_id = stage.slack.delivery, stage.user_id("ute")
        channel = stage.slack.workspace.find_channel("costs")
        assert channel is not None
        asked = await delivery.command(user_id, channel.id, "/cost today by model")
        [message] = asked.messages
        [buttons] = [block for block in message.blocks if block["type"] == "actions"]
        [by_day] = [e for e in buttons["elements"] if e["text"]["text"] == "By day"]
        clicked = await delivery.click(
            user_id, message, {**by_day, "block_id": buttons["block_id"]}
        )
        await stage.supervisor.idle()
    assert (clicked.status, clicked.error) == (200, "")
    assert table_head(message.blocks) == "Day"
    assert message.text.startswith("$3.90")


async def test_the_home_tab_is_drawn(tmp_path: Path):
    async with heard_through_a_socket(tmp_path) as (stage, app):
        user_id = stage.user_id("gil")
        stage.slack.delivery.open_home(user_id, app)
        await until(lambda: stage.slack.workspace.home_of(user_id, app.id) is not None)
        home = stage.slack.workspace.home_of(user_id, app.id)
    assert home is not None
    assert "*Today so far*\\n*$1.00*" in str(home.payload)


async def test_a_stranger_and_a_mistake_are_answered_too(tmp_path: Path):
    async with heard_through_a_socket(tmp_path) as (stage, _):
        stranger = await stage.say("/cost today", "sam")
        mistaken = await stage.say("/cost todya", "ada")
    assert "I don't know you yet" in stranger.ack["text"]
    assert "Did you mean `today`" in mistaken.ack["text"]


async def test_costbot_hears_again_after_slack_closed_the_socket(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    async with heard_through_a_socket(tmp_path) as (stage, app):
        sockets = stage.slack.socket_mode
        await sockets.refresh(app.id)
        await until(lambda: sockets.opened == 2 and sockets.connections(app.id) >= 1)
        heard = await stage.say("/cost today", "ada")
    assert heard.ack["text"].startswith("$4.90")
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
